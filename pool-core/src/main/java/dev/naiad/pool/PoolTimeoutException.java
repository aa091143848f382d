/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.math.BigDecimal;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * No connection became available within the pool's {@code timeout}. The pool is as usable as before; trying again later
 * may succeed.
 *
 * <p>The SQLState is {@code HYT00} (timeout expired), not one of class 08: no connection is broken.
 *
 * <p>SQLAlchemy counterpart: {@code TimeoutError}.
 */
public final class PoolTimeoutException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    private final transient PoolSnapshot snapshot;
    private final Duration timeout;

    PoolTimeoutException(PoolSnapshot snapshot, Duration timeout, @Nullable Throwable lastFailure) {
        super(message(snapshot, timeout, lastFailure), "HYT00", lastFailure);
        this.snapshot = snapshot;
        this.timeout = timeout;
    }

    private static String message(PoolSnapshot now, Duration timeout, @Nullable Throwable lastFailure) {
        StringBuilder text = new StringBuilder(256)
                .append("Pool '")
                .append(now.name())
                .append("': ")
                .append(
                        timeout.isZero()
                                ? "no connection was free"
                                : "no connection became free within " + seconds(timeout))
                .append(" (pool_size ")
                .append(now.poolSize())
                .append(", max_overflow ")
                .append(now.maxOverflow())
                .append("; in use ")
                .append(Math.max(0, now.checkedOut() - now.opening()))
                .append(", being opened ")
                .append(now.opening())
                .append(", idle ")
                .append(now.checkedIn())
                .append(", others waiting ")
                .append(now.waiting())
                .append("). ");
        if (lastFailure != null) {
            return text.append("The last attempt to open one failed: ")
                    .append(Failures.messageOf(lastFailure))
                    .toString();
        }
        if (now.opening() > 0) {
            return text.append("The database is slow to accept connections, or timeout is shorter than it takes.")
                    .toString();
        }
        return text.append("Look for connections that are held too long or never closed;")
                .append(" if there are none, raise pool_size or max_overflow.")
                .toString();
    }

    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(PoolConfig.saturatedNanos(duration), 9)
                        .stripTrailingZeros()
                        .toPlainString() + " s";
    }

    /** The pool at the moment of giving up. */
    public PoolSnapshot snapshot() {
        return snapshot;
    }

    /** How long the caller was prepared to wait. */
    public Duration timeout() {
        return timeout;
    }
}
