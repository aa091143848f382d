/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Opens physical connections for a pool. Called outside of all locks and, by {@link QueuePool}, on the pool's own threads,
 * by several at once.
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
        return entry -> factory.open();
    }

    /** The form without an argument, for use with {@link #of(WithoutEntry)}: {@code of(dataSource::getConnection)}. */
    @FunctionalInterface
    interface WithoutEntry {
        Connection open() throws SQLException;
    }

    /** A factory that asks another data source, which should not pool itself. */
    static ConnectionFactory of(DataSource dataSource) {
        return entry -> dataSource.getConnection();
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
