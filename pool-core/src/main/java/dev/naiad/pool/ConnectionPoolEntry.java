/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
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

    /** The driver's connection; null while there is none. */
    @Nullable
    Connection connection();

    /** Whether it is lent out. */
    boolean inUse();

    /** Time since the opening of the present connection began; zero while there is none. */
    Duration age();

    /** Data of the user's, emptied when a new physical connection is opened. Thread-safe. */
    Map<Object, Object> info();

    /** Data of the user's that stays as long as the place. Thread-safe. */
    Map<Object, Object> recordInfo();
}
