/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

/** A PostgreSQL that was there before, and stays, with a database and a user for the shop; reached through both pools. */
@ActiveProfiles({"postgres", "two-pools"})
class ExternalPostgresTests extends WithPostgres {

    private static EmbeddedPostgres server;

    @Autowired
    ExternalPostgresTests(RestTestClient client, JdbcClient jdbc) {
        super(client, jdbc, "orders", "reporting");
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

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    @Test
    void anOrderIsPlacedAsTheUserThatIsConfigured() {
        placeOrder();
        assertThat(jdbc.sql("select current_user || ' ' || current_database()")
                        .query(String.class)
                        .single())
                .isEqualTo("shop shop");
    }

    @Test
    void aServerThatCannotBeStoppedOnlySeemsToBeGone() {
        bringDownAndUp();
    }

    @Test
    void aUserWhoMayCreateUsersIsEnoughForARotation() {
        assertThat(rolesAfterRotation()).doesNotContain("shop_rotated");
    }
}
