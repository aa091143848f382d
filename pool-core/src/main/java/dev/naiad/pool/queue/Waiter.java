/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread waiting for a slot. Its outcome is set once: a slot, a failure, or that it gave up.
 *
 * @param <S> the kind of slot
 */
public final class Waiter<S extends Slot> {

    private static final Object GAVE_UP = new Object();
    private static final VarHandle OUTCOME;

    static {
        try {
            OUTCOME = MethodHandles.lookup().findVarHandle(Waiter.class, "outcome", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private record Failure(Throwable cause) {}

    final long since;

    private final SlotQueue<S> queue;
    private final Thread thread = Thread.currentThread();
    private volatile @Nullable Object outcome;
    private volatile boolean attended;
    private volatile boolean called;

    /** Until when it sleeps, in the ticker's time, if it relies on the queue's alarm. */
    private volatile long limit;

    private volatile boolean reliesOnAlarm;

    Waiter(SlotQueue<S> queue, long since) {
        this.queue = queue;
        this.since = since;
    }

    /** Who waits. */
    public Thread thread() {
        return thread;
    }

    /** When it came, in the queue's time. */
    public long since() {
        return since;
    }

    /** Whether a slot is, or was, prepared on behalf of this waiter. */
    public boolean attended() {
        return attended;
    }

    /** Notes that a slot is being prepared on behalf of this waiter. */
    public void attend() {
        attended = true;
    }

    /** Notes that the slot prepared for this waiter is not to be relied on: another one may be prepared. */
    public void neglect() {
        attended = false;
    }

    boolean offer(S slot) {
        return OUTCOME.compareAndSet(this, null, slot);
    }

    boolean fail(Throwable cause) {
        return OUTCOME.compareAndSet(this, null, new Failure(cause));
    }

    boolean giveUp() {
        return OUTCOME.compareAndSet(this, null, GAVE_UP);
    }

    /** Whether the outcome is known. */
    public boolean settled() {
        return outcome != null;
    }

    /** Wakes the thread for a look at the idle slots, unless it has been called and not yet looked. */
    void call() {
        if (!called) {
            called = true;
            wake();
        }
    }

    void wake() {
        LockSupport.unpark(thread);
    }

    /**
     * Parks, but for a look at the idle slots whenever called, until settled, until {@code ticker} has passed {@code deadline}, or until interrupted. Returns without a
     * verdict: the caller looks at the outcome, after {@link SlotQueue#leave} has made it final.
     */
    public void await(LongSupplier ticker, long deadline) throws InterruptedException {
        while (outcome == null) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (called) {
                called = false;
                queue.lookFor(this);
                continue;
            }
            long remaining = deadline - ticker.getAsLong();
            if (remaining <= 0) {
                return;
            }
            if (VirtualThreads.isVirtual(thread) && relyOn(queue.alarm(), deadline)) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, remaining);
            }
        }
    }

    /** False if there is none: it has to look at the clock itself. */
    boolean relyOn(Alarm alarm, long deadline) {
        limit = deadline;
        reliesOnAlarm = true;
        boolean set = alarm.set(deadline);
        if (!set) {
            reliesOnAlarm = false;
        }
        return set;
    }

    boolean reliesOnAlarm() {
        return reliesOnAlarm;
    }

    /** What is left until it has to be woken; {@link Long#MAX_VALUE} if it need not be. */
    long leftUntilAlarm(long now) {
        return reliesOnAlarm && !settled() ? limit - now : Long.MAX_VALUE;
    }

    /** The slot handed over, or null. */
    @SuppressWarnings("unchecked")
    public @Nullable S slot() {
        Object settled = outcome;
        return settled instanceof Slot ? (S) settled : null;
    }

    /** Why this waiter will not be served, or null. */
    public @Nullable Throwable failure() {
        return outcome instanceof Failure failure ? failure.cause() : null;
    }
}
