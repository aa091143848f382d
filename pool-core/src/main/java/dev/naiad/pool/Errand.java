/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a thread of the pool does in place of a caller, because a driver may never come back from it. The caller waits for it as long
 * as it has time.
 */
abstract class Errand implements Runnable {

    final Thread caller = Thread.currentThread();
    private @Nullable Throwable failure;
    private volatile @Nullable Thread runner;
    private volatile boolean over; // publishes the failure, and what was brought

    /** Done once, on another thread. */
    abstract void go() throws SQLException;

    @Override
    public final void run() {
        runner = Thread.currentThread();
        try {
            go();
        } catch (Throwable e) {
            failure = e;
        }
        runner = null;
        over = true;
        LockSupport.unpark(caller);
    }

    /** False if it is not over by the deadline. To be interrupted changes nothing, as with a driver's own waiting. */
    final boolean await(Ticker ticker, long deadline) {
        boolean interrupted = false;
        try {
            while (!over) {
                long left = deadline - ticker.nanos();
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, left);
                interrupted |= Thread.interrupted();
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The same, without limit. */
    final void await() {
        boolean interrupted = false;
        while (!over) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    final boolean isOver() {
        return over;
    }

    /** Throws what it failed with, if it is over and did so. */
    final void check() throws SQLException {
        Throwable present = failure;
        if (present != null) {
            throw Failures.asThrownHere(present);
        }
    }

    /** Who is doing it at the moment; null if nobody is. */
    final @Nullable Thread runner() {
        return runner;
    }
}
