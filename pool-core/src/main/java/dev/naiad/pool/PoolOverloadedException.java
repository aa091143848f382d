/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLTransientConnectionException;
import java.time.Duration;

/**
 * No connection was free, and others had waited for longer than {@code shed_after} already. The pool is as usable as before, once
 * there is less to do. The SQLState is {@code HYT00}, as for a timeout.
 */
public final class PoolOverloadedException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    private final transient PoolSnapshot snapshot;

    PoolOverloadedException(PoolSnapshot snapshot, Duration longestWait, Duration shedAfter) {
        super(
                "Pool '" + snapshot.name() + "': one of " + snapshot.waiting()
                        + " threads has waited for a connection for " + longestWait.toMillis() + " ms (shed_after "
                        + shedAfter + ", pool_size " + snapshot.poolSize() + ", max_overflow " + snapshot.maxOverflow()
                        + ").",
                "HYT00");
        this.snapshot = snapshot;
    }

    /** The pool at that moment. */
    public PoolSnapshot snapshot() {
        return snapshot;
    }
}
