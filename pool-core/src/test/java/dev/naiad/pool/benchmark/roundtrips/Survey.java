/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.roundtrips;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Runs scenarios on a pool of one connection, and looks at what was sent and what the next user would find. */
final class Survey {

    /** Enough for the driver to have prepared what it prepares, and for the pool to have read what it reads once. */
    private static final int WARM_UP = 8;

    private final WireTap tap;
    private final String adminUrl;

    Survey(WireTap tap, String adminUrl) {
        this.tap = tap;
        this.adminUrl = adminUrl;
    }

    /**
     * @param roundTrips from getting the connection to having closed it
     * @param statements what was sent
     * @param leftovers what the next user finds that a new connection would not have; empty if all is clean
     */
    record Finding(int roundTrips, List<String> statements, List<String> leftovers) {}

    static void prepareDatabase(String adminUrl) throws SQLException {
        try (Connection admin = DriverManager.getConnection(adminUrl);
                Statement statement = admin.createStatement()) {
            statement.execute("create table if not exists wire (hits int)");
            statement.execute("delete from wire");
            statement.execute("insert into wire values (0)");
            statement.execute("create schema if not exists other");
        }
    }

    Finding of(DataSource pool, Scenario scenario, boolean autoCommit) throws SQLException {
        for (int i = 0; i < WARM_UP; i++) {
            use(pool, scenario);
        }
        return once(pool, scenario, autoCommit);
    }

    Finding once(DataSource pool, Scenario scenario, boolean autoCommit) throws SQLException {
        tap.reset();
        use(pool, scenario);
        int roundTrips = tap.roundTrips();
        List<String> statements = tap.statements();
        return new Finding(roundTrips, statements, leftovers(pool, autoCommit));
    }

    private static void use(DataSource pool, Scenario scenario) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            scenario.run(connection);
        }
    }

    private List<String> leftovers(DataSource pool, boolean autoCommit) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection admin = DriverManager.getConnection(adminUrl);
                Statement statement = admin.createStatement();
                ResultSet results = statement.executeQuery(
                        "select count(*) from pg_stat_activity where state like 'idle in transaction%'")) {
            results.next();
            note(found, results.getInt(1) > 0, "open transaction");
        }
        try (Connection next = pool.getConnection()) {
            note(found, next.getAutoCommit() != autoCommit, "autocommit");
            note(found, next.isReadOnly(), "read-only");
            note(found, next.getTransactionIsolation() != Connection.TRANSACTION_READ_COMMITTED, "isolation");
            note(found, !"public".equals(next.getSchema()), "schema " + next.getSchema());
            if (!next.getAutoCommit()) {
                next.rollback();
            }
        }
        return found;
    }

    private static void note(List<String> found, boolean dirty, String what) {
        if (dirty) {
            found.add(what);
        }
    }
}
