/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.DocumentContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.web.servlet.client.RestTestClient;

/** What is different on a real server. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
@ActiveProfiles("postgres-embedded")
@DirtiesContext
class EmbeddedPostgresTests {

    private final RestTestClient client;
    private final JdbcClient jdbc;
    private final Stage stage;

    @Autowired
    EmbeddedPostgresTests(RestTestClient client, JdbcClient jdbc) {
        this.client = client;
        this.jdbc = jdbc;
        this.stage = new Stage(client, "dataSource");
    }

    @AfterEach
    void assertPoolIsWhole() {
        stage.stopAll();
        stage.assertPoolIsWhole();
    }

    @Test
    void anOrderIsPlacedOnARealServer() {
        Map<String, ?> order = Map.of("customer", "Ada", "lines", List.of(Map.of("sku", "towel", "quantity", 2)));

        client.post()
                .uri("/orders")
                .contentType(MediaType.APPLICATION_JSON)
                .body(order)
                .exchange()
                .expectStatus()
                .isCreated()
                .expectBody()
                .jsonPath("$.total")
                .isEqualTo(30.0);
        assertThat(jdbc.sql("select version()").query(String.class).single()).startsWith("PostgreSQL 18");
    }

    @Test
    void theServerIsStoppedAndStartedAndHasLostNothing() {
        long orders = jdbc.sql("select count(*) from orders").query(Long.class).single();

        stage.start("database-outage", "seconds=60");
        stage.awaitVerdict("DATABASE_DOWN");
        stage.awaitHistory("CIRCUIT_OPENED");
        DocumentContext stopped = stage.stop("database-outage");

        assertThat(stopped.<String>read("$.run.state")).isEqualTo("STOPPED");
        assertThat(stage.history()).contains("OPEN_FAILED", "CIRCUIT_CLOSED");
        assertThat(jdbc.sql("select count(*) from orders").query(Long.class).single())
                .isGreaterThan(orders);
    }

    @Test
    void statementsThatRunOnTheServerAreCancelled() {
        stage.start("slow-query", "seconds=60");
        stage.awaitVerdict("SLOW_QUERY");

        assertThat(stage.stop("slow-query").<String>read("$.run.state")).isEqualTo("STOPPED");
        assertThat(jdbc.sql(
                                "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(0%' and pid <> pg_backend_pid()")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void theUserOfARotationIsDroppedAgain() {
        stage.start("credential-rotation", "seconds=1");
        DocumentContext ended = stage.awaitEnd("credential-rotation");

        assertThat(ended.<String>read("$.run.state")).isEqualTo("FINISHED");
        assertThat(ended.<Integer>read("$.run.figures.failed")).isZero();
        assertThat(jdbc.sql("select rolname from pg_roles").query(String.class).list())
                .contains("postgres")
                .doesNotContain("shop_rotated");
    }
}
