/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.DocumentContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.web.servlet.client.RestTestClient;

/** The application on a real server, whose pools are whole after each test. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
@DirtiesContext
abstract class WithPostgres {

    final JdbcClient jdbc;

    /** Where scenarios are played. */
    final Stage stage;

    private final RestTestClient client;
    private final List<Stage> stages;

    /** @param pools of which the first is that of the scenarios */
    WithPostgres(RestTestClient client, JdbcClient jdbc, String... pools) {
        this.client = client;
        this.jdbc = jdbc;
        this.stages =
                List.of(pools).stream().map(pool -> new Stage(client, pool)).toList();
        this.stage = stages.get(0);
    }

    @AfterEach
    void assertPoolsAreWhole() {
        stage.stopAll();
        stages.forEach(Stage::assertPoolIsWhole);
    }

    final RestTestClient.ResponseSpec placeOrder() {
        Map<String, ?> order = Map.of("customer", "Ada", "lines", List.of(Map.of("sku", "towel", "quantity", 2)));
        RestTestClient.ResponseSpec placed = client.post()
                .uri("/orders")
                .contentType(MediaType.APPLICATION_JSON)
                .body(order)
                .exchange();
        return placed.expectStatus().isCreated();
    }

    /** Brings the database down, and up again when it has been noticed. */
    final void bringDownAndUp() {
        stage.start("database-outage", "seconds=60");
        stage.awaitVerdict("DATABASE_DOWN");
        stage.awaitHistory("CIRCUIT_OPENED");
        DocumentContext stopped = stage.stop("database-outage");

        assertThat(stopped.<String>read("$.run.state")).isEqualTo("STOPPED");
        stage.awaitHistory("CIRCUIT_CLOSED");
    }

    /** Has other credentials used for a while, and sees the roles that are left then. */
    final List<String> rolesAfterRotation() {
        stage.start("credential-rotation", "seconds=1");
        DocumentContext ended = stage.awaitEnd("credential-rotation");

        assertThat(ended.<String>read("$.run.state"))
                .as("%s", ended.jsonString())
                .isEqualTo("FINISHED");
        assertThat(ended.<Integer>read("$.run.figures.failed")).isZero();
        return jdbc.sql("select rolname from pg_roles").query(String.class).list();
    }
}
