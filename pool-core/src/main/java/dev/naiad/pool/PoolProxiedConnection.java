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

    /** The place this connection comes from. */
    ConnectionPoolEntry entry();

    /** Data of the user's that lives as long as the physical connection. Thread-safe. */
    Map<Object, Object> info();

    /**
     * Closes the physical connection now and frees its place. This proxy is closed afterwards; if it was already, nothing
     * happens.
     *
     * @param cause for the listeners and the log
     */
    void invalidate(@Nullable Throwable cause);
}
