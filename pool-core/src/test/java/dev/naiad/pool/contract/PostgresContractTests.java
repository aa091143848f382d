/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.contract;

import dev.naiad.pool.contract.Property.Support;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.postgresql.PGConnection;

class PostgresContractTests extends JdbcContractTests {

    private EmbeddedPostgres postgres;

    @BeforeAll
    void start() throws IOException {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    void stop() throws IOException {
        postgres.close();
    }

    @Override
    String url() {
        return postgres.getJdbcUrl("postgres", "postgres");
    }

    @Override
    Class<?> driverType() {
        return PGConnection.class;
    }

    @Override
    String binary() {
        return "bytea";
    }

    @Override
    String text() {
        return "text";
    }

    @Override
    String call() {
        return "{? = call abs(?)}";
    }

    @Override
    List<String> setup() {
        return List.of("create schema other");
    }

    @Override
    Support lobs() {
        return Support.REFUSED;
    }

    @Override
    boolean takesSeveralStatements() {
        return true;
    }

    @Override
    Map<Property, Support> differences() {
        return Map.of(Property.CATALOG, Support.IGNORED);
    }

    @Override
    int openTransactions(Connection admin) throws SQLException {
        try (Statement statement = admin.createStatement();
                ResultSet results = statement.executeQuery(
                        "select count(*) from pg_stat_activity where state like 'idle in transaction%'")) {
            results.next();
            return results.getInt(1);
        }
    }

    @Override
    void kill(Connection connection, Connection admin) throws SQLException {
        try (ResultSet results = connection.createStatement().executeQuery("select pg_backend_pid()")) {
            results.next();
            admin.createStatement().execute("select pg_terminate_backend(" + results.getInt(1) + ")");
        }
    }
}
