/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.Pool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Has an application start only with a connection that works. Tries again until the time is up, because databases start at the same
 * time as what uses them; but not with credentials that were refused, which would lock the account.
 */
record FirstConnection(String property, Duration patience) {

    static final String NAME = "initialization-fail-timeout";

    private static final Duration OFF = Duration.ofSeconds(-1);
    private static final String REFUSED_CREDENTIALS = "28";
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(500);

    /** What the property asks for; null if nothing. */
    static @Nullable FirstConnection of(String property, @Nullable Duration value) {
        if (value == null || value.equals(OFF)) {
            return null;
        }
        if (value.isNegative()) {
            throw new InvalidConfigurationPropertyValueException(
                    property, value, "It must be 0 (one attempt) or more, or -1 (off)");
        }
        return new FirstConnection(property, value);
    }

    /** Leaves it to the pool. */
    void open(Pool pool) {
        long start = System.nanoTime();
        while (true) {
            try {
                pool.connect().close();
                return;
            } catch (SQLException e) {
                if (System.nanoTime() - start >= patience.toNanos()
                        || isFinal(e)
                        || Thread.currentThread().isInterrupted()) {
                    throw new FirstConnectionException(pool.name(), this, e);
                }
            }
            LockSupport.parkNanos(PAUSE);
        }
    }

    private static boolean isFinal(SQLException e) {
        return e.getSQLState() != null && e.getSQLState().startsWith(REFUSED_CREDENTIALS);
    }
}
