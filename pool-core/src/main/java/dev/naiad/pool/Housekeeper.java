/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Sweeps a pool every half second as long as something is lent or to be marked, so that borrowers need not look at the clock.
 * Has a thread only meanwhile. Also does what is to be done a little later.
 */
final class Housekeeper {

    static final long INTERVAL_MILLIS = 500;
    private static final long IDLE_SECONDS = 5;

    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final BooleanSupplier sweep;
    private final ScheduledThreadPoolExecutor thread;
    private volatile boolean onlySupervises;

    /**
     * @param sweep does a round; false if nothing changes from now on unless {@link #wake()} is called
     */
    Housekeeper(PoolConfig config, BooleanSupplier sweep) {
        this.sweep = sweep;
        thread = new ScheduledThreadPoolExecutor(1, PoolThreads.named("naiad-" + config.name() + "-housekeeper-"));
        thread.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        thread.allowCoreThreadTimeOut(true);
        thread.setRemoveOnCancelPolicy(true);
    }

    /** To be called whenever something happens of which the last sweep could not know. */
    void wake() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            try {
                thread.schedule(this::run, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException | OutOfMemoryError e) {
                scheduled.set(false); // there is no thread to be had before the next call
            }
        }
    }

    /** Whether a sweep is to come. */
    boolean isAwake() {
        return scheduled.get();
    }

    private void run() {
        scheduled.set(false);
        if (sweep.getAsBoolean()) {
            wake();
        }
    }

    /** Does something once, in a while. */
    void later(Runnable task, long nanos) {
        try {
            Future<?> later = thread.schedule(task, nanos, TimeUnit.NANOSECONDS);
            if (onlySupervises) {
                later.cancel(false);
            }
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            return; // there is no thread to be had; a sweep does as much
        }
    }

    /**
     * For a pool that has been closed: nothing is done later, and the thread is gone as soon as nothing is under way that has to be
     * seen to its end.
     *
     * @param isUnderWay whether something is; asked afterwards, since what begins from then on wakes this
     */
    void superviseOnly(BooleanSupplier isUnderWay) {
        onlySupervises = true;
        thread.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
        thread.getQueue().clear();
        scheduled.set(false);
        if (isUnderWay.getAsBoolean()) {
            wake();
        }
    }

    /** For tests that do the rounds themselves. */
    void stop() {
        thread.shutdownNow();
    }
}
