/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Opens physical connections for a pool. Called outside of all locks, on the pool's own threads, by several at once; so it finds nothing
 * that is bound to the thread of whoever wants the connection. Only without {@code timeout} and {@code connect_timeout} the classes other
 * than {@link QueuePool} call it on the thread of the borrower.
 *
 * <p>Whatever it throws goes unchanged to the caller that asked for a connection. Returning null is an error.
 *
 * <p>SQLAlchemy counterpart: {@code creator}.
 */
@FunctionalInterface
public interface ConnectionFactory {

    /**
     * Opens a connection.
     *
     * @param entry the place it is for; its {@code info} is empty and may be filled
     */
    Connection open(ConnectionPoolEntry entry) throws SQLException;

    /** A factory that does not care which place a connection is for. */
    static ConnectionFactory of(WithoutEntry factory) {
        check(factory, "a function that opens connections");
        return entry -> factory.open();
    }

    /** The form without an argument, for use with {@link #of(WithoutEntry)}: {@code of(dataSource::getConnection)}. */
    @FunctionalInterface
    interface WithoutEntry {
        /** A new connection. */
        Connection open() throws SQLException;
    }

    /** A factory that asks another data source, which should not pool itself. */
    static ConnectionFactory of(DataSource dataSource) {
        check(dataSource, "a data source");
        return entry -> dataSource.getConnection();
    }

    private static void check(@Nullable Object source, String allowed) {
        if (source == null) {
            throw new InvalidSettingException("connection_factory", null, allowed);
        }
    }

    /**
     * The factory a pool with these settings has: its own, or one that uses the JDBC driver. For wrapping it.
     *
     * @throws InvalidSettingException if the settings name neither a factory nor a driver that can be found
     */
    static ConnectionFactory of(PoolConfig config) {
        return config.effectiveConnectionFactory();
    }
}
