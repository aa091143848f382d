/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.jdbc.SessionState;
import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.SlotQueue;
import dev.naiad.pool.queue.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out when all connections of a {@link QueuePool} are held by threads that wait for another one of it.
 *
 * <p>Only those pay for it who have waited for {@link Watch#GLANCE} and hold a connection already; they look again every {@link
 * #INTERVAL}. A deadlock is one that nothing has changed about from look to look:
 *
 * <ul>
 *   <li>The pool is at its limit, all its places are lent, none is being opened or closed, and it is not suspended: so nothing can
 *       be had but by a return.
 *   <li>Each place is lent under the same ticket as before, so none has come back meanwhile, or is about to.
 *   <li>Each borrower is in the queue, since before the first look, so it cannot be the one to return anything.
 *   <li>No call is running on any of the connections, none has been made from look to look, none was ever made by another thread
 *       than the borrower during this loan, and no driver's object was unwrapped. So no sign of life has come from a thread to which
 *       a connection may have been handed. If every borrower has used its connection itself, one interval without change will do; if
 *       not, the connection may have been fetched for somebody who has yet to begin, and it takes {@link #LOOKS}.
 *   <li>The one to fail gives up its place in the queue first and looks once more afterwards. If anything has changed it queues
 *       again, so that it does not fail because of what was true a moment ago.
 * </ul>
 *
 * <p>What no pool can see is a thread that was handed a connection and leaves it alone for all that time, while its borrower, and
 * those of all others, wait. Programs that do so set {@code nested} to warn or off.
 */
final class NestedCheckouts {

    static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(250);
    static final int LOOKS = 3;

    /** A thread that waits while it holds a connection. */
    static final class Wait {

        private final Thread thread;
        private final long number;

        private Wait(Thread thread, long number) {
            this.thread = thread;
            this.number = number;
        }
    }

    private record Hold(ConnectionRecord record, long ticket, int calls, Wait waiting) {}

    /** What was seen in one look. Equal to another if nothing has changed. */
    record Deadlock(List<Hold> holds) {

        private int looksNeeded() {
            return holds.stream().allMatch(hold -> hold.calls() > 0) ? 1 : LOOKS;
        }

        @SuppressWarnings("ReferenceEquality") // waits have no other
        private boolean isNewest(Wait mine) {
            return holds.stream().noneMatch(hold -> hold.waiting() != mine && hold.waiting().number > mine.number);
        }
    }

    private final QueuePool pool;
    private final SlotQueue<ConnectionRecord> queue;
    private final Population population;
    private final Map<Thread, Wait> waits = new ConcurrentHashMap<>();
    private final AtomicLong lastNumber = new AtomicLong();

    NestedCheckouts(QueuePool pool, SlotQueue<ConnectionRecord> queue, Population population) {
        this.pool = pool;
        this.queue = queue;
        this.population = population;
    }

    boolean isWaiting(Thread thread) {
        return waits.containsKey(thread);
    }

    /** Counts the caller among those that wait while they hold a connection, if it does; else null. */
    @Nullable
    Wait begin() {
        Thread self = Thread.currentThread();
        if (!holdsOne(self)) {
            return null;
        }
        Wait wait = new Wait(self, lastNumber.incrementAndGet());
        waits.put(self, wait);
        pool.counters().nested.incrementAndGet();
        pool.announce(PoolEvent.Kind.NESTED, () -> new PoolEvent.Nested(pool, ThreadIdentities.of(self)));
        return wait;
    }

    void end(@Nullable Wait wait) {
        if (wait != null) {
            waits.remove(wait.thread, wait);
        }
    }

    @SuppressWarnings("ReferenceEquality") // threads have no other
    boolean holdsOne(Thread thread) {
        for (ConnectionRecord record : pool.lostConnections().records()) {
            long word = record.ticket();
            SessionState session = record.isLentUnder(word) ? record.session() : null;
            if (session != null && session.borrower() == thread && record.ticket() == word) {
                return true;
            }
        }
        return false;
    }

    /**
     * Waits, and looks now and then.
     *
     * @return a deadlock that the caller is to end; null if it was served, has failed, or its time is over
     */
    @Nullable
    Deadlock await(Wait mine, Waiter<ConnectionRecord> waiter, LongSupplier ticker, long deadline)
            throws InterruptedException {
        Deadlock seen = look();
        int looks = 0;
        boolean told = false;
        while (true) {
            long now = ticker.getAsLong();
            if (deadline - now <= INTERVAL) {
                waiter.await(ticker, deadline);
                return null;
            }
            waiter.await(ticker, now + INTERVAL);
            if (waiter.settled()) {
                return null;
            }
            Deadlock present = look();
            looks = present != null && present.equals(seen) ? looks + 1 : 0;
            seen = present;
            if (present == null || looks < present.looksNeeded() || !present.isNewest(mine)) {
                continue;
            }
            if (pool.config().nested() == Nested.FAIL) {
                return present;
            }
            if (!told) {
                told = true;
                report(false);
            }
        }
    }

    /** Whether it is still so, after the caller has left the queue. */
    boolean persists(Deadlock deadlock) {
        return deadlock.equals(look());
    }

    /** What is to be thrown by the one who ends the deadlock. */
    NestedCheckoutException broken() {
        NestedCheckoutException exception = new NestedCheckoutException(pool.report());
        report(true);
        return exception;
    }

    private void report(boolean broken) {
        pool.counters().deadlocks.incrementAndGet();
        pool.chronicle().note(Transition.Kind.DEADLOCK);
        String thread = ThreadIdentities.of(Thread.currentThread()).toString();
        pool.logSafely(log -> log.warn(
                "Pool '{}': all connections are held by threads that wait for another one; {}",
                pool.name(),
                broken ? thread + ", the last to begin, gets an exception" : "nothing is done about it"));
        pool.announce(
                PoolEvent.Kind.DEADLOCK,
                () -> new PoolEvent.Deadlock(
                        pool, pool.watch().holders(pool.ticker().nanos(), false), broken));
    }

    /** Null if somebody may return a connection, or one can be opened, as far as can be seen. */
    private @Nullable Deadlock look() {
        int limit = population.limit();
        if (pool.config().nested() == Nested.OFF
                || limit == Integer.MAX_VALUE
                || population.live() < limit
                || population.opening() > 0
                || population.closing() > 0
                || pool.isSuspended()
                || pool.isClosed()) {
            return null;
        }
        List<@Nullable Hold> holds = new ArrayList<>();
        queue.forEach(record -> holds.add(hold(record)));
        return holds.size() < limit || holds.contains(null)
                ? null
                : new Deadlock(holds.stream().map(Objects::requireNonNull).toList());
    }

    private @Nullable Hold hold(ConnectionRecord record) {
        long ticket = record.ticket();
        SessionState session =
                record.mode() == Slot.Mode.IN_USE && record.isLentUnder(ticket) ? record.session() : null;
        Thread borrower = session == null ? null : session.borrower();
        Wait wait = borrower == null ? null : waits.get(borrower);
        if (session == null || wait == null || session.isShared() || record.isExposedUnder(ticket)) {
            return null;
        }
        int calls = session.calls();
        return SessionState.isRunning(calls) || record.ticket() != ticket
                ? null
                : new Hold(record, ticket, calls, wait);
    }
}
