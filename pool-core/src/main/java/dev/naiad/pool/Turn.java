/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.SlotQueue;
import dev.naiad.pool.queue.Waiter;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The wait of one caller of a {@link QueuePool}, from joining the queue to a connection or an exception. */
final class Turn {

    /** From how many waiters on not everybody looks by himself what is going on. */
    private static final int CROWD = 8;

    private final QueuePool pool;
    private final SlotQueue<ConnectionRecord> queue;
    private final Openings openings;
    private final Returns returns;
    private final NestedCheckouts nested;
    private final long start;
    private final long deadline;
    private long end;
    private boolean looked;
    private @Nullable Throwable stack;
    private NestedCheckouts.@Nullable Wait nestedWait;

    /** What is to be ended by the caller's giving up. */
    private NestedCheckouts.@Nullable Deadlock deadlock;

    Turn(
            QueuePool pool,
            SlotQueue<ConnectionRecord> queue,
            Openings openings,
            Returns returns,
            NestedCheckouts nested,
            long start,
            long deadline) {
        this.pool = pool;
        this.queue = queue;
        this.openings = openings;
        this.returns = returns;
        this.nested = nested;
        this.start = start;
        this.deadline = deadline;
        this.end = start;
    }

    ConnectionRecord take() throws SQLException {
        while (true) {
            ConnectionRecord record = takeOrGiveUp();
            if (record != null) {
                record.setDeadline(deadline);
                if (stack != null) {
                    record.traced(new CheckoutTrace(record.ticket(), stack));
                }
                return record;
            }
            NestedCheckouts.Deadlock seen = deadlock;
            if (seen == null) {
                throw pool.timedOut(Duration.ofNanos(end - start), openings.lastFailure());
            }
            if (nested.persists(seen)) {
                tellWaited(false);
                throw nested.broken();
            }
            deadlock = null; // something has changed in the last moment
        }
    }

    /** Tells that nobody waits any more. */
    void end() {
        nested.end(nestedWait);
        pool.drains().check();
    }

    /** Null if it has waited in vain, or is to give up. */
    private @Nullable ConnectionRecord takeOrGiveUp() throws SQLException {
        Waiter<ConnectionRecord> waiter = queue.join(start);
        InterruptedException interrupted =
                Queueing.stay(queue, waiter, () -> stay(waiter), unwanted -> returns.settle(unwanted, false));
        if (waiter.slot() != null || waiter.failure() != null || deadlock == null) {
            tellWaited(waiter.slot() != null);
        }
        return Queueing.outcome(pool, waiter, interrupted);
    }

    private void stay(Waiter<ConnectionRecord> waiter) throws InterruptedException {
        try {
            openings.grow();
            if (pool.isClosed()) {
                queue.fail(waiter, new PoolClosedException(pool.name()));
            } else if (pool.suspension() == Suspension.FAIL) {
                queue.fail(waiter, new PoolSuspendedException(pool.name()));
            }
            if (!waiter.attended() && !waiter.settled()) {
                pool.watch().glance(start);
                pool.announce(PoolEvent.Kind.WAITING, () -> new PoolEvent.Waiting(pool, queue.waiting()));
            }
            noteStack(waiter);
            await(waiter);
        } finally {
            end = pool.ticker().nanos();
        }
    }

    private void noteStack(Waiter<ConnectionRecord> waiter) {
        if (stack == null && !waiter.settled()) {
            stack = pool.tracing().stackOfWaiter();
        }
    }

    private void tellWaited(boolean served) {
        Duration waited = Duration.ofNanos(end - start);
        pool.counters().waited(waited.toNanos());
        pool.announce(PoolEvent.Kind.WAITED, () -> new PoolEvent.Waited(pool, waited, served));
    }

    /**
     * After how long to look what is going on. In a crowd those in front do; others, unless they hold a connection, would only be in the way
     * of whoever is served meanwhile.
     */
    private long glanceAfter() {
        int waiting = queue.waiting();
        return waiting <= CROWD || nested.holdsOne(Thread.currentThread())
                ? Watch.GLANCE
                : Watch.GLANCE * (1 + waiting / CROWD);
    }

    /** Most waits are short, and have nothing to do with what comes after a glance. */
    private void await(Waiter<ConnectionRecord> waiter) throws InterruptedException {
        long glance = looked ? 0 : glanceAfter();
        if (glance > 0 && deadline - start > glance) {
            waiter.await(pool.ticker()::nanos, start + glance);
            if (waiter.settled()) {
                return;
            }
            looked = true;
            long now = pool.ticker().nanos();
            if (!waiter.attended()) {
                pool.tracing().runningShort(now);
            }
            noteStack(waiter);
            pool.watch().glance(now);
            nestedWait = nested.begin();
        }
        if (nestedWait == null) {
            waiter.await(pool.ticker()::nanos, deadline);
        } else {
            deadlock = nested.await(nestedWait, waiter, pool.ticker()::nanos, deadline);
        }
    }
}
