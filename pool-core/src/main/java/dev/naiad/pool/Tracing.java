/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Decides which checkouts are traced: see {@link Trace}.
 *
 * <p>Only a checkout that is looked at anyway asks here. So that all are, the listeners are made to look as if somebody wanted to
 * hear of checkouts; so that a sample is, the housekeeper marks the record. When neither is the case nothing is spent. Who has to
 * wait has its stack taken meanwhile, so that no connection is kept from use for it when they are scarce.
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
        long ticket = record.ticket();
        if (record.trace(ticket) == null && mayTrace()) {
            record.traced(new CheckoutTrace(ticket, new Throwable()));
        }
    }

    /** The stack of somebody who is about to wait, on its thread; null if its checkout is not to be traced. */
    @Nullable
    Throwable stackOfWaiter() {
        return (busy || pool.config().trace() == Trace.ALWAYS) && mayTrace() ? new Throwable() : null;
    }

    private boolean mayTrace() {
        Trace trace = pool.config().trace();
        if (trace == Trace.ADAPTIVE && (left.get() <= 0 || left.getAndDecrement() <= 0)) {
            pool.listeners().watchCheckouts(false); // until the next sweep
            return false;
        }
        return trace != Trace.OFF;
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
