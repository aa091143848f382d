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

    private final Thread thread = Thread.currentThread();
    private volatile @Nullable Object outcome;
    private volatile boolean attended;

    Waiter() {}

    /** Whether a slot is, or was, prepared on behalf of this waiter. */
    public boolean attended() {
        return attended;
    }

    /** Notes that a slot is being prepared on behalf of this waiter. */
    public void attend() {
        attended = true;
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

    void wake() {
        LockSupport.unpark(thread);
    }

    /**
     * Parks until settled, until {@code ticker} has passed {@code deadline}, or until interrupted. Returns without a
     * verdict: the caller looks at the outcome, after {@link SlotQueue#leave} has made it final.
     */
    public void await(LongSupplier ticker, long deadline) throws InterruptedException {
        while (outcome == null) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long remaining = deadline - ticker.getAsLong();
            if (remaining <= 0) {
                return;
            }
            LockSupport.parkNanos(this, remaining);
        }
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
