/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLTransientConnectionException;

/**
 * No connection was free and {@code max_waiters} threads were waiting already. The pool is as usable as before. The SQLState is
 * {@code HYT00}, as for a timeout.
 */
public final class TooManyWaitersException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    private final transient PoolSnapshot snapshot;

    TooManyWaitersException(PoolSnapshot snapshot, int maxWaiters) {
        super(
                "Pool '" + snapshot.name() + "': " + snapshot.waiting()
                        + " threads wait for a connection already (max_waiters "
                        + maxWaiters + ", pool_size " + snapshot.poolSize() + ", max_overflow " + snapshot.maxOverflow()
                        + ").",
                "HYT00");
        this.snapshot = snapshot;
    }

    /** The pool at that moment. */
    public PoolSnapshot snapshot() {
        return snapshot;
    }
}
