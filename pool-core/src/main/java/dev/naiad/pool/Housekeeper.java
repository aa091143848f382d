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
 *
 * <p>On its thread nothing is done that may wait for a listener, so that what is under way is looked after whatever listeners do.
 */
final class Housekeeper {

    static final long INTERVAL_MILLIS = 500;
    private static final long IDLE_SECONDS = 5;

    private final AtomicBoolean scheduled = new AtomicBoolean();

    /** Whether a round's {@link Pool#tend()} is not over. */
    private final AtomicBoolean tending = new AtomicBoolean();

    private final Pool pool;
    private final ScheduledThreadPoolExecutor thread;
    private volatile boolean onlySupervises;

    Housekeeper(Pool pool) {
        this.pool = pool;
        thread = new ScheduledThreadPoolExecutor(1, PoolThreads.named("naiad-" + pool.name() + "-housekeeper-"));
        thread.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        thread.allowCoreThreadTimeOut(true);
        thread.setRemoveOnCancelPolicy(true);
    }

    /** To be called whenever something happens of which the last sweep could not know. */
    void wake() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            if (onlySupervises) {
                // or it would look every millisecond whether it is time for the round
                thread.setKeepAliveTime(2 * INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
            }
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
        if (goRound()) {
            wake();
        } else if (onlySupervises) {
            endSoon();
        }
    }

    private void endSoon() {
        thread.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
    }

    /** False if nothing changes from now on unless {@link #wake()} is called. */
    private boolean goRound() {
        boolean more = safely(pool::supervise);
        if (!pool.listeners().hearOfUpkeep()) {
            more |= safely(pool::tend);
        } else if (tending.compareAndSet(false, true)) {
            pool.inBackground(this::tendAndGoOn);
        }
        return more;
    }

    private void tendAndGoOn() {
        boolean more = true;
        try {
            more = safely(pool::tend);
        } finally {
            tending.set(false);
            if (more) {
                wake();
            }
        }
    }

    private boolean safely(BooleanSupplier part) {
        try {
            return part.getAsBoolean();
        } catch (Throwable e) {
            pool.logSafely(log -> log.error("Pool '{}': the housekeeper failed; it tries again", pool.name(), e));
            return !(pool.hasEnded()
                    && e instanceof LinkageError); // an application that is gone leaves no classes to load
        }
    }

    /** Does, in the course of a round, what may have to be told to listeners. */
    void apart(Runnable task) {
        if (pool.listeners().hearOfUpkeep()) {
            pool.inBackground(task);
        } else {
            task.run();
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
        endSoon();
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
