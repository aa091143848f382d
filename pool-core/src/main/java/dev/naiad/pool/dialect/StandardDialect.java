/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Classifies by SQLState first, because it is what drivers agree on most, and by exception type where it is missing. */
enum StandardDialect implements Dialect {
    INSTANCE;

    /** Chains are normally one or two long; the limit ends the cyclic ones. */
    private static final int LONGEST_CHAIN = 32;

    /** Outside class 08: PostgreSQL's shutdowns, H2's broken or closed database, SQL Server's and Sybase's dead link. */
    private static final Set<String> DISCONNECTED =
            Set.of("57P01", "57P02", "57P03", "57P05", "90067", "90098", "90121", "HY010", "JZ0C0", "JZ0C1", "01002");

    /**
     * Said of a closed connection, but of other things too: H2 says 90007 of a closed result set, MySQL 08003 of a commit
     * while autocommit is on. The connection itself knows.
     */
    private static final Set<String> AMBIGUOUS = Set.of("90007", "08003");

    @Override
    public boolean isDisconnect(SQLException exception, @Nullable Connection connection) {
        SQLException link = exception;
        for (int i = 0; link != null && i < LONGEST_CHAIN; i++) {
            if (saysDisconnected(link, connection)
                    || link.getCause() instanceof SQLException cause && saysDisconnected(cause, connection)) {
                return true;
            }
            link = link.getNextException();
        }
        return false;
    }

    private static boolean saysDisconnected(SQLException exception, @Nullable Connection connection) {
        if (exception instanceof SQLTimeoutException) {
            return false;
        }
        String state = exception.getSQLState();
        if (state != null) {
            if (AMBIGUOUS.contains(state)) {
                return isClosed(connection);
            }
            if (state.startsWith("08") || DISCONNECTED.contains(state)) {
                return true;
            }
        } else if (connection != null && isClosed(connection)) {
            return true; // SQLite gives no states
        }
        return exception instanceof SQLRecoverableException || exception instanceof SQLNonTransientConnectionException;
    }

    private static boolean isClosed(@Nullable Connection connection) {
        try {
            return connection == null || connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }
}
