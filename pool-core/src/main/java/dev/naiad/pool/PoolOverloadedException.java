/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.ExhaustionReport;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;

/**
 * No connection was free, and others had waited for longer than {@code shed_after} already. The pool is as usable as before, once
 * there is less to do. The message says why in one word, on what evidence, and what to do; see {@link
 * dev.naiad.pool.diagnose.Verdict}. The SQLState is {@code HYT00}, as for a timeout.
 */
public final class PoolOverloadedException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    private final transient ExhaustionReport report;
    private final transient PoolSnapshot snapshot;

    PoolOverloadedException(BriefReport brief, PoolSnapshot snapshot, Duration longestWait, Duration shedAfter) {
        super(
                "Pool '" + snapshot.name() + "': one of " + snapshot.waiting()
                        + " threads has waited for a connection for " + longestWait.toMillis() + " ms (shed_after "
                        + shedAfter + ", pool_size " + snapshot.poolSize() + ", max_overflow " + snapshot.maxOverflow()
                        + "). " + brief.verdict,
                "HYT00");
        this.report = brief.report;
        this.snapshot = snapshot;
    }

    /** Who held the connections and who waited, at most a tenth of a second before; without the stacks of threads. */
    public ExhaustionReport report() {
        return report;
    }

    /** The pool at that moment. */
    public PoolSnapshot snapshot() {
        return snapshot;
    }
}
