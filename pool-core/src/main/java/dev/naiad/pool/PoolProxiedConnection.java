/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A borrowed connection: what {@link Pool#connect()} returns and {@code close()} gives back. Every checkout makes a new one,
 * which is dead for good once closed. Code that holds a plain {@link Connection} gets here by
 * {@code connection.unwrap(PoolProxiedConnection.class)}.
 *
 * <p>Closing is safe from any thread and any number of times: the first call gives the connection back, the others do
 * nothing. Apart from {@code close}, {@code isClosed}, {@code isValid} and {@code abort}, a closed one answers everything
 * with an {@link java.sql.SQLException} of SQLState 08003.
 *
 * <p>SQLAlchemy counterpart: {@code PoolProxiedConnection} / {@code _ConnectionFairy}.
 */
public interface PoolProxiedConnection extends Connection {

    /** The place this connection comes from; null if it was detached. */
    @Nullable
    ConnectionPoolEntry entry();

    /** Data of the user's that lives as long as the physical connection. Thread-safe. */
    Map<Object, Object> info();

    /** Whether it can be used: not closed, not invalidated. Does not ask the database. */
    boolean isValid();

    /**
     * Closes the physical connection now and frees its place. This proxy is closed afterwards; if it was already, nothing
     * happens.
     *
     * @param cause for the listeners and the log
     */
    void invalidate(@Nullable Throwable cause);

    /**
     * Has the physical connection replaced after it has been given back. Until then it can be used as before.
     *
     * @param cause for the listeners and the log
     */
    void invalidateSoftly(@Nullable Throwable cause);

    /**
     * Takes the connection out of the pool: its place is free at once, without a reset, and this proxy is the connection's only
     * user. It must still be closed, which then closes the physical connection; it does not count against the pool's limit.
     * Detaching twice, or after closing, does nothing.
     */
    void detach();

    /** Whether it was detached. */
    boolean isDetached();

    /**
     * Tells the pool that the transaction has just been rolled back by other means, so that it need not do it again on return.
     * Whatever is done through the connection afterwards makes this void. A commit on return is not left out.
     */
    void transactionWasReset();
}
