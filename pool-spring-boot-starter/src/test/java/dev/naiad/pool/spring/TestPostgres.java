/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The one PostgreSQL of this JVM; it ends with it. User {@code postgres} needs no password, user {@code naiad} has the password
 * {@code naiad}.
 */
public final class TestPostgres {

    private static final EmbeddedPostgres SERVER = start();

    private TestPostgres() {}

    private static EmbeddedPostgres start() {
        try {
            Path rules = Files.createTempFile("pg_hba", ".conf");
            rules.toFile().deleteOnExit();
            Files.writeString(rules, """
                    local all all trust
                    host all postgres all trust
                    host all all all scram-sha-256
                    """);
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("hba_file", rules.toString())
                    .start();
            try (Connection connection = server.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create role naiad login password 'naiad'");
            }
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String url() {
        return "jdbc:postgresql://localhost:" + SERVER.getPort() + "/postgres";
    }

    /** A connection that has nothing to do with any pool. */
    public static Connection connect() throws SQLException {
        return SERVER.getPostgresDatabase().getConnection();
    }
}
