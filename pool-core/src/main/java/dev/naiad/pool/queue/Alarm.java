/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Wakes those waiters in time that sleep without a limit: virtual threads. For a platform thread a limit costs nothing. For a virtual
 * one the JDK makes an entry in a list of timers and takes it out again, and has to wake a thread of its own for either, which for
 * short waits is more work than all the rest. But limits are far away, and few are reached. So one timer, for the first of them, does for all.
 *
 * <p>Nobody oversleeps, because each side announces itself before it looks for the other: a sleeper notes its limit and then looks
 * what the alarm is set to; the alarm that rings is taken off first, and then all sleepers are looked at. Who finds the alarm set to its
 * own limit or earlier is looked at when that rings, and whoever is not due then is what it is set to next. Without a timer, or if
 * anything goes wrong here, all are woken, and find another way.
 */
final class Alarm {

    /** What it may be late in order not to ring for each of many sleepers. */
    static final long GRAIN = TimeUnit.MILLISECONDS.toNanos(1);

    private final Iterable<? extends Waiter<?>> waiters;
    private final LongSupplier ticker;
    private final @Nullable Timer timer;
    private final AtomicReference<@Nullable Setting> setting = new AtomicReference<>();

    private final class Setting implements Runnable {

        final long at;
        private volatile @Nullable Future<?> planned;

        Setting(long at) {
            this.at = at;
        }

        /** False if it will not ring. */
        boolean plan(Timer timer) {
            planned = timer.after(Math.max(0, at - ticker.getAsLong()), this);
            return planned != null;
        }

        /** So that it does not ring for nothing, if that can be prevented. */
        void cancel() {
            Future<?> present = planned;
            if (present != null) {
                present.cancel(false);
            }
        }

        @Override
        public void run() {
            if (setting.compareAndSet(this, null)) {
                ring();
            }
        }
    }

    Alarm(Iterable<? extends Waiter<?>> waiters, LongSupplier ticker, @Nullable Timer timer) {
        this.waiters = waiters;
        this.ticker = ticker;
        this.timer = timer;
    }

    /**
     * Has all be looked at no later than at this time, of which those who rely on it have to have taken note.
     *
     * @return false if there is no timer to be had
     */
    boolean set(long at) {
        if (timer == null) {
            return false;
        }
        Setting present = setting.get();
        if (isEarlyEnough(present, at)) {
            return true;
        }
        Setting mine = new Setting(at);
        while (!setting.compareAndSet(present, mine)) {
            present = setting.get();
            if (isEarlyEnough(present, at)) {
                return true;
            }
        }
        if (present != null) {
            present.cancel();
        }
        boolean planned = false;
        try {
            planned = mine.plan(timer);
        } finally {
            if (!planned) {
                stop();
            }
        }
        return planned;
    }

    private boolean isEarlyEnough(@Nullable Setting present, long at) {
        return present != null && present.at - at <= 0;
    }

    private void ring() {
        boolean done = false;
        try {
            long now = ticker.getAsLong();
            long first = Long.MAX_VALUE;
            for (Waiter<?> waiter : waiters) {
                long left = waiter.leftUntilAlarm(now);
                if (left <= 0) {
                    waiter.wake();
                } else {
                    first = Math.min(first, left);
                }
            }
            if (first < Long.MAX_VALUE) {
                set(now + Math.max(first, GRAIN));
            }
            done = true;
        } finally {
            if (!done) {
                stop();
            }
        }
    }

    /** Takes it off; whoever relied on it looks for itself. */
    void stop() {
        Setting present = setting.getAndSet(null);
        if (present != null) {
            present.cancel();
        }
        for (Waiter<?> waiter : waiters) {
            if (waiter.reliesOnAlarm()) {
                waiter.wake();
            }
        }
    }
}
