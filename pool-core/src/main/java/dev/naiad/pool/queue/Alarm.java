/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Wakes those waiters in time that sleep without a limit: virtual threads. A platform thread gets its limit from the operating system.
 * For a virtual one the JDK makes an entry in a list of timers and takes it out again, which shows where waits
 * are short. But limits are far away, and few are reached. So one thread, which is there only while somebody relies on it, keeps an
 * eye on all of them.
 *
 * <p>Nobody oversleeps, because each side announces itself before it looks for the other: a sleeper notes its limit and then looks
 * when the keeper will look at the latest, and hastens it if that is too late; the keeper takes that time back before it looks at
 * all sleepers. When the keeper goes, or cannot be had, or fails, it steps down first and then wakes all, who ask for another one or sleep
 * as the JDK has it. Nothing here takes a lock, so that a thread that holds its carrier cannot keep others from being woken.
 */
class Alarm {

    /** What it may be late in order not to look for each of many sleepers, and more by as much for each crowd. */
    static final long GRAIN = TimeUnit.MILLISECONDS.toNanos(1);

    private static final int CROWD = 1000;

    /** How often it looks at least while somebody sleeps, should the ticker have leapt. */
    private static final long NAP = TimeUnit.SECONDS.toNanos(1);

    /** For how long it stays when nobody sleeps. */
    private static final long LINGER = TimeUnit.SECONDS.toNanos(5);

    /** After how long it is tried again whether there is a thread to be had. */
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

    private static final long NEVER = Long.MAX_VALUE;

    private final Iterable<? extends Waiter<?>> waiters;
    private final LongSupplier ticker;
    private final @Nullable ThreadFactory threads;
    private final long nap;
    private final long linger;
    private final AtomicReference<@Nullable Keeper> keeper = new AtomicReference<>();
    private volatile boolean ended;

    /** In the system's time; 0 if there always was one. */
    private volatile long noThreadUntil;

    Alarm(Iterable<? extends Waiter<?>> waiters, LongSupplier ticker, @Nullable ThreadFactory threads) {
        this(waiters, ticker, threads, NAP, LINGER);
    }

    Alarm(
            Iterable<? extends Waiter<?>> waiters,
            LongSupplier ticker,
            @Nullable ThreadFactory threads,
            long nap,
            long linger) {
        this.waiters = waiters;
        this.ticker = ticker;
        this.threads = threads;
        this.nap = nap;
        this.linger = linger;
    }

    private final class Keeper implements Runnable {

        private final Thread thread;

        /** When it looks at the latest, in the ticker's time. */
        private final AtomicLong next;

        Keeper(ThreadFactory threads, long next) {
            this.thread = threads.newThread(this);
            this.next = new AtomicLong(next);
        }

        /** False if there is no thread to be had. */
        boolean start() {
            boolean started = false;
            try {
                thread.start();
                started = true;
            } catch (OutOfMemoryError e) { // which says that there are too many threads
                noThreadUntil = System.nanoTime() + PAUSE | 1;
            } finally {
                if (!started) {
                    stepDown();
                }
            }
            return started;
        }

        void lookBy(long at) {
            if (hasten(at)) {
                LockSupport.unpark(thread);
            }
        }

        /** False if it looks by then anyway. */
        private boolean hasten(long at) {
            long present = next.get();
            while (at - present < 0) {
                if (next.compareAndSet(present, at)) {
                    return true;
                }
                present = next.get();
            }
            return false;
        }

        @Override
        public void run() {
            try {
                boolean wanted = true;
                while (wanted && !ended) {
                    wanted = keep();
                }
            } finally {
                stepDown();
            }
        }

        /** False if nobody has wanted it for a while. */
        private boolean keep() {
            long now = ticker.getAsLong();
            long unsaid = now + NEVER / 2;
            next.set(unsaid);
            long left = look(now);
            if (left == NEVER) {
                LockSupport.parkNanos(this, linger);
                return next.get() != unsaid;
            }
            hasten(now + left);
            LockSupport.parkNanos(this, Math.min(next.get() - now, nap));
            return true;
        }

        private void stepDown() {
            keeper.compareAndSet(this, null);
            for (Waiter<?> waiter : waiters) {
                if (waiter.reliesOnAlarm()) {
                    wake(waiter);
                }
            }
        }
    }

    /**
     * Has all be looked at no later than at this time. Who relies on it has to have taken note of its limit before.
     *
     * @return false if there is nobody to look
     */
    boolean set(long at) {
        while (threads != null && !ended) {
            Keeper present = keeper.get();
            if (present != null) {
                present.lookBy(at);
                return true;
            }
            long pause = noThreadUntil;
            if (pause != 0 && pause - System.nanoTime() > 0) {
                return false;
            }
            Keeper mine = new Keeper(threads, at);
            if (keeper.compareAndSet(null, mine)) {
                return mine.start();
            }
        }
        return false;
    }

    /** Wakes those who are due; returns for how long there is nothing to do, {@link #NEVER} if nobody is left to be woken. */
    long look(long now) {
        long first = NEVER;
        int sleepers = 0;
        for (Waiter<?> waiter : waiters) {
            long left = waiter.leftUntilAlarm(now);
            if (left <= 0) {
                wake(waiter);
            } else if (left < NEVER) {
                sleepers++;
                first = Math.min(first, left);
            }
        }
        return first == NEVER ? NEVER : Math.max(first, GRAIN * (1 + sleepers / CROWD));
    }

    /** For good: from now on everybody looks at the clock. */
    void end() {
        ended = true;
        Keeper present = keeper.get();
        if (present != null) {
            LockSupport.unpark(present.thread);
        }
    }

    void wake(Waiter<?> waiter) {
        try {
            waiter.wake();
        } catch (RejectedExecutionException e) {
            return; // what would have to run the thread is gone
        }
    }
}
