/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A place in a pool. It holds one physical connection at a time and outlives it: when a connection is recycled or
 * invalidated, the next one goes to the same place.
 *
 * <p>SQLAlchemy counterpart: {@code ConnectionPoolEntry} / {@code _ConnectionRecord}.
 */
public sealed interface ConnectionPoolEntry permits ConnectionRecord {

    /** A number that is unique within the pool. */
    long id();

    /**
     * The driver's connection; null while there is none. What is done to it the pool neither sees nor undoes, except in listeners; who has
     * borrowed it reaches it by {@link Connection#unwrap}, of which the pool takes note.
     */
    @Nullable
    Connection connection();

    /** Whether it is lent out. */
    boolean inUse();

    /** Time since the opening of the present connection began; zero while there is none. */
    Duration age();

    /**
     * Closes the connection now, without asking whoever has borrowed it; the next borrower gets a new one. Does nothing if there
     * is none. The better way is {@link PoolProxiedConnection#invalidate}, if one has the proxy.
     *
     * @param cause for the listeners and the log
     */
    void invalidate(@Nullable Throwable cause);

    /**
     * Has the connection replaced when it is next asked for. Whoever has borrowed it goes on undisturbed.
     *
     * @param cause for the listeners and the log
     */
    void invalidateSoftly(@Nullable Throwable cause);

    /**
     * Does something to the connection when it is next given back: after its reset, newest action first. Forgotten if the
     * connection is closed before that. An action that throws costs the connection.
     */
    void addFinalizer(ConnectionAction action);

    /** Something to be done to a connection. */
    @FunctionalInterface
    interface ConnectionAction {

        /** Does it. */
        void accept(Connection connection) throws SQLException;
    }

    /** Data of the user's, emptied when a new physical connection is opened. Thread-safe. */
    Map<Object, Object> info();

    /** Data of the user's that stays as long as the place. Thread-safe. */
    Map<Object, Object> recordInfo();
}
