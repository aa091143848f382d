/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.ExhaustionReport;
import java.sql.SQLTransientConnectionException;

/**
 * No connection was free and {@code max_waiters} threads were waiting already. The pool is as usable as before. The message
 * says why in one word, on what evidence, and what to do; see {@link dev.naiad.pool.diagnose.Verdict}. The SQLState is {@code
 * HYT00}, as for a timeout.
 */
public final class TooManyWaitersException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    private final transient ExhaustionReport report;
    private final transient PoolSnapshot snapshot;

    TooManyWaitersException(BriefReport brief, PoolSnapshot snapshot, int maxWaiters) {
        super(
                "Pool '" + snapshot.name() + "': " + snapshot.waiting()
                        + " threads wait for a connection already (max_waiters "
                        + maxWaiters + ", pool_size " + snapshot.poolSize() + ", max_overflow " + snapshot.maxOverflow()
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
