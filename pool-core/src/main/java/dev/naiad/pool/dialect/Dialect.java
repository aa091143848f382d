/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The operations on a physical connection in which databases differ. All methods receive the driver's own connection.
 *
 * <p>Implementations are shared by all threads and keep no state per connection. Whatever a method throws, the pool keeps
 * its accounts: the connection in question is discarded.
 *
 * <p>SQLAlchemy counterpart: the pool's {@code dialect} hook ({@code do_rollback}, {@code do_commit}, {@code do_close},
 * {@code do_terminate}, {@code do_ping}, {@code is_disconnect}).
 */
public interface Dialect {

    /** Plain JDBC, with the disconnect states of the common databases. */
    static Dialect standard() {
        return StandardDialect.INSTANCE;
    }

    /** Ends the open transaction without its effects. Called only while autocommit is off. */
    default void rollback(Connection connection) throws SQLException {
        connection.rollback();
    }

    /** Ends the open transaction with its effects. Called only while autocommit is off. */
    default void commit(Connection connection) throws SQLException {
        connection.commit();
    }

    /** Closes a healthy connection. */
    default void close(Connection connection) throws SQLException {
        connection.close();
    }

    /**
     * Closes a connection that is, or may be, broken. Unlike {@link #close(Connection)} this should not wait for an answer
     * of the server.
     */
    default void terminate(Connection connection) throws SQLException {
        try {
            connection.abort(Runnable::run);
        } finally {
            connection.close(); // some drivers cannot abort, or do nothing
        }
    }

    /**
     * Whether the connection is alive. Must leave its transaction as it is.
     *
     * @param timeout in seconds, at least 1, after which the answer is no
     */
    default boolean ping(Connection connection, int timeout) throws SQLException {
        return connection.isValid(timeout);
    }

    /**
     * Whether the exception says that its connection can no longer be used.
     *
     * @param connection the connection it came from, or null where there is none
     */
    boolean isDisconnect(SQLException exception, @Nullable Connection connection);
}
