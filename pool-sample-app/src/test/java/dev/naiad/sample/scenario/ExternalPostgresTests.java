/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.DocumentContext;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

/** A PostgreSQL that was there before, and stays, with a database and a user for the shop; reached through both pools. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
@ActiveProfiles({"postgres", "two-pools"})
@DirtiesContext
class ExternalPostgresTests {

    private static EmbeddedPostgres server;

    private final RestTestClient client;
    private final JdbcClient jdbc;
    private final Stage orders;
    private final Stage reporting;

    @Autowired
    ExternalPostgresTests(RestTestClient client, JdbcClient jdbc) {
        this.client = client;
        this.jdbc = jdbc;
        this.orders = new Stage(client, "orders");
        this.reporting = new Stage(client, "reporting");
    }

    @BeforeAll
    static void startServer() throws IOException, SQLException {
        server = EmbeddedPostgres.start();
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create user shop password 'towel' createrole");
            statement.execute("create database shop owner shop");
        }
    }

    /** By the names of the environment variables. */
    @DynamicPropertySource
    static void pointTo(DynamicPropertyRegistry environment) {
        environment.add("POSTGRES_URL", () -> "jdbc:postgresql://localhost:" + server.getPort() + "/shop");
        environment.add("POSTGRES_USER", () -> "shop");
        environment.add("POSTGRES_PASSWORD", () -> "towel");
    }

    @AfterEach
    void assertPoolsAreWhole() {
        orders.stopAll();
        orders.assertPoolIsWhole();
        reporting.assertPoolIsWhole();
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    @Test
    void anOrderIsPlacedAsTheUserThatIsConfigured() {
        client.post()
                .uri("/orders")
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("customer", "Ada", "lines", List.of(Map.of("sku", "towel", "quantity", 2))))
                .exchange()
                .expectStatus()
                .isCreated();
        assertThat(jdbc.sql("select current_user || ' ' || current_database()")
                        .query(String.class)
                        .single())
                .isEqualTo("shop shop");
    }

    @Test
    void aServerThatCannotBeStoppedOnlySeemsToBeGone() {
        orders.start("database-outage", "seconds=60");
        orders.awaitVerdict("DATABASE_DOWN");
        orders.awaitHistory("CIRCUIT_OPENED");
        DocumentContext stopped = orders.stop("database-outage");

        assertThat(stopped.<String>read("$.run.state")).isEqualTo("STOPPED");
        orders.awaitHistory("CIRCUIT_CLOSED");
    }

    @Test
    void aUserWhoMayCreateUsersIsEnoughForARotation() {
        orders.start("credential-rotation", "seconds=1");
        DocumentContext ended = orders.awaitEnd("credential-rotation");

        assertThat(ended.<String>read("$.run.state"))
                .as("%s", ended.jsonString())
                .isEqualTo("FINISHED");
        assertThat(ended.<Integer>read("$.run.figures.failed")).isZero();
        assertThat(jdbc.sql("select rolname from pg_roles").query(String.class).list())
                .doesNotContain("shop_rotated");
    }
}
