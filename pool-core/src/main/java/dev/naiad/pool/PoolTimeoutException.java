/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.ExhaustionReport;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * No connection became available within the pool's {@code timeout}. The pool is as usable as before; trying again later
 * may succeed.
 *
 * <p>The first line of the message names the pool, its figures, {@code pool_size}, {@code max_overflow} and {@code timeout}, and
 * says in one word why, on what evidence, and what to do; see {@link dev.naiad.pool.diagnose.Verdict}. The lines below it have the
 * holders of the connections, those who wait, and what is being opened. Its length is bounded, and SQL is shown without literals.
 *
 * <p>The SQLState is {@code HYT00} (timeout expired), not one of class 08: no connection is broken.
 *
 * <p>SQLAlchemy counterpart: {@code TimeoutError}.
 */
public final class PoolTimeoutException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    private final transient ExhaustionReport report;
    private final transient PoolSnapshot snapshot;
    private final Duration timeout;

    PoolTimeoutException(
            ExhaustionReport report, PoolSnapshot snapshot, Duration timeout, @Nullable Throwable lastFailure) {
        super(report.toString(), "HYT00", lastFailure);
        this.report = report;
        this.snapshot = snapshot;
        this.timeout = timeout;
    }

    /** Who held the connections, who waited, and the verdict on it. */
    public ExhaustionReport report() {
        return report;
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
