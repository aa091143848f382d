/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides which checkouts are traced: see {@link Trace}.
 *
 * <p>Only a checkout that is looked at anyway asks here. So that all are, the listeners are made to look as if somebody wanted to
 * hear of checkouts; so that a sample is, the housekeeper marks the record. When neither is the case nothing is spent.
 */
final class Tracing {

    private static final int MOST_PER_SWEEP = 500;
    private static final long LINGER = TimeUnit.SECONDS.toNanos(10);

    private final Pool pool;
    private final AtomicInteger left = new AtomicInteger(MOST_PER_SWEEP);
    private volatile boolean busy;
    private volatile long busySince;

    Tracing(Pool pool) {
        this.pool = pool;
        pool.listeners().watchCheckouts(pool.config().trace() == Trace.ALWAYS);
    }

    /** A checkout is being looked at, on its borrower's thread. */
    void checkedOut(ConnectionRecord record) {
        Trace trace = pool.config().trace();
        if (trace == Trace.ALWAYS || trace == Trace.ADAPTIVE && left.get() > 0 && left.getAndDecrement() > 0) {
            record.traced(new CheckoutTrace(record.ticket()));
        } else if (trace == Trace.ADAPTIVE) {
            pool.listeners().watchCheckouts(false); // until the next sweep
        }
    }

    /** Connections run short. */
    void runningShort(long now) {
        busySince = now;
        if (!busy) {
            busy = true;
            follow();
        }
    }

    /** Whether the next checkout of each record that is in use is to be a sample. */
    boolean samples() {
        return pool.config().trace() == Trace.ADAPTIVE;
    }

    void sweep(long now, boolean runningShort) {
        left.set(MOST_PER_SWEEP);
        if (runningShort) {
            busySince = now;
            busy = true;
        } else if (busy && now - busySince > LINGER) {
            busy = false;
        }
        follow();
    }

    private void follow() {
        Trace trace = pool.config().trace();
        pool.listeners().watchCheckouts(trace == Trace.ALWAYS || trace == Trace.ADAPTIVE && busy);
    }
}
