/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;

/** Which goods are ordered with which others, by way of all combinations: nobody has ever seen the end of it. Thread-safe. */
final class SlowReport {

    /** It takes its time for each of the combinations. */
    private static final String QUERY = """
            select count(pg_sleep(0.005)) from products a
            cross join products b cross join products c cross join products d cross join products e""";

    private final Collection<Statement> running = new ConcurrentLinkedQueue<>();
    private final DataSource dataSource;
    private volatile boolean cancelled;

    SlowReport(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Does not return until it is cancelled. */
    void print() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(QUERY)) {
            running.add(statement);
            while (!cancelled) {
                execute(statement);
            }
        }
    }

    private void execute(PreparedStatement statement) throws SQLException {
        try {
            statement.execute();
        } catch (SQLException e) {
            if (!cancelled) {
                throw e;
            }
        }
    }

    /** Ends all that are running, and those that begin later. */
    void cancel() throws SQLException {
        cancelled = true;
        for (Statement each : running) {
            if (!each.isClosed()) {
                each.cancel();
            }
        }
    }
}
