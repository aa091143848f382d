/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.OpeningInFlight;
import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.SlotQueue;
import dev.naiad.pool.queue.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The records of a {@link QueuePool} that count against its limit, and the openings under way. Decides, under a lock that is
 * never held while something is opened or closed or a listener runs, who may open and what is one too many.
 *
 * <ul>
 *   <li><em>Live</em> is every record that is idle, vacant, lent, returning or being opened; <em>closing</em> are connections
 *       on their way out, whose records may be gone or vacant. What is live and not vacant rises before an opening starts, and
 *       what is closing falls after the connection is gone, so their sum bounds the physical connections.
 *   <li>An opening is made for one waiter. That one gets the connection if it still waits, else the oldest waiter does; a
 *       failure is told to nobody else. So an opening that hangs delays only those who chose to rely on it.
 *   <li>None is made for somebody who will soon be served otherwise: see {@link Growth}.
 *   <li>One that takes longer than {@link OpeningsInFlight#DOUBT} is relied on by nobody, one that takes longer than {@code
 *       connect_timeout} is abandoned: it counts no longer, and a connection it yields after all is closed at once.
 *   <li>Whatever frees capacity or ends an opening must be followed by a look for the {@link #next()} opening, so that nobody
 *       waits for what could be opened.
 * </ul>
 */
final class Population {

    /** What becomes of a record that is free while more than {@code pool_size} are live. */
    enum Verdict {
        /** Somebody waits for it. */
        WANTED,
        /** Nobody waits, and it has been put to rest. */
        RESTS,
        /** Nobody waits, and {@code pool_size} others rest; or there are more than the limit allows. */
        SURPLUS
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition emptied = lock.newCondition();
    private final Condition opened = lock.newCondition();
    private final OpeningsInFlight openings = new OpeningsInFlight();
    private final Pool pool;
    private final SlotQueue<ConnectionRecord> queue;
    private volatile int keep;
    private volatile int limit;
    private volatile int live;
    private volatile int closing;
    private final Circuit circuit;
    private final SteadyTime time;
    private final Modesty modesty;
    private final Growth growth;
    private int highWater;

    /**
     * @param comingBack how many idle records are kept from being lent only for a moment
     */
    Population(Pool pool, SlotQueue<ConnectionRecord> queue, IntSupplier comingBack) {
        this.pool = pool;
        this.queue = queue;
        this.circuit = new Circuit(pool.ticker());
        this.time = new SteadyTime(pool.ticker());
        this.modesty = new Modesty(pool.ticker());
        this.growth = new Growth(queue, comingBack, pool.ticker());
        apply(pool.config());
    }

    /** The settings have changed. */
    void apply(PoolConfig config) {
        lock.lock();
        try {
            openings.apply(config);
            keep = config.poolSize() == 0 ? Integer.MAX_VALUE : config.poolSize();
            limit = config.poolSize() == 0 || config.maxOverflow() < 0
                    ? Integer.MAX_VALUE
                    : (int) Math.min(Integer.MAX_VALUE, (long) config.poolSize() + config.maxOverflow());
            circuit.tolerate(config.failFastAfter());
        } finally {
            lock.unlock();
        }
    }

    /** The opening that ought to start now: for the oldest waiter that has none, within the limits. Null if there is none. */
    @Nullable
    Opening next() {
        if (!queue.hasWaiters() || live + closing >= limit && !queue.hasVacant()) {
            return null; // the usual case in a full pool, without the lock
        }
        lock.lock();
        try {
            long now = time.nanos();
            if (openings.isBusy() || !growth.isWanted(openings, live - openings.count(), now)) {
                return null;
            }
            Waiter<ConnectionRecord> asker = queue.oldestUnattended();
            return asker == null ? null : reserve(asker, null, now);
        } finally {
            lock.unlock();
        }
    }

    /**
     * In how many nanoseconds {@link #next()} has to be tried again, because somebody was left to rely on what is under way since this
     * was last asked; 0 if nobody was.
     */
    long takeLookAgain() {
        lock.lock();
        try {
            return growth.takeLookAgain();
        } finally {
            lock.unlock();
        }
    }

    /** An opening for a vacant record, or for a new one if the limit allows; else null. */
    @Nullable
    Opening reserve() {
        lock.lock();
        try {
            return reserve(null, null, time.nanos());
        } finally {
            lock.unlock();
        }
    }

    /**
     * An opening that nobody waits for; null if there is no room for it, or now is not the time.
     *
     * @param predecessor the idle record that it is to take the place of; else only {@code pool_size} may be open in all
     */
    @Nullable
    Opening reserveSpare(@Nullable ConnectionRecord predecessor) {
        lock.lock();
        try {
            return predecessor == null && !hasRoom() || openings.isBusy()
                    ? null
                    : reserve(null, predecessor, time.nanos());
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Opening reserve(
            @Nullable Waiter<ConnectionRecord> asker, @Nullable ConnectionRecord predecessor, long now) {
        if (isFull() || !circuit.tryPass()) {
            return null;
        }
        if (asker != null) {
            highWater = Math.max(highWater, occupied() + 1);
        }
        ConnectionRecord vacant = queue.tryReserve();
        if (vacant != null) {
            return begun(vacant, false, asker, predecessor, now);
        }
        Opening first = begun(pool.newRecord(), true, asker, predecessor, now);
        changeLive(1);
        return first;
    }

    /** How many were in use, or being opened for somebody, when the pool had to grow most since this was last asked. */
    int takeHighWater() {
        lock.lock();
        try {
            int highest = highWater;
            highWater = 0;
            return highest;
        } finally {
            lock.unlock();
        }
    }

    /** Openings under way that replace nothing and that nobody asked for. */
    int spares() {
        lock.lock();
        try {
            return openings.spares();
        } finally {
            lock.unlock();
        }
    }

    /** Whether something is being opened in the place of this one. */
    boolean isBeingReplaced(ConnectionRecord record) {
        lock.lock();
        try {
            return openings.replaces(record);
        } finally {
            lock.unlock();
        }
    }

    /** Records that have a connection, or may have one. */
    private int connected() {
        return occupied() - openings.count();
    }

    /** Those for which something is being opened included. */
    private int occupied() {
        return live - queue.vacant();
    }

    /**
     * Makes do, for a while, with the connections there are, because the database does not accept more. To be called while the
     * opening refused still counts.
     *
     * @return false if there are none
     */
    boolean makeDo() {
        lock.lock();
        try {
            int present = connected();
            if (present <= 0) {
                present = openings.count() - 1; // the others under way may do better than the one refused
            }
            if (present <= 0) {
                return false;
            }
            modesty.begin(present);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * An opening that replaces the stale connection of a record the caller owns; null if the limit has been lowered and leaves no
     * room for it.
     */
    @Nullable
    Opening refresh(ConnectionRecord stale) {
        lock.lock();
        try {
            long now = time.nanos();
            if (occupied() + closing > modesty.limit(limit)) {
                return null;
            }
            stale.moveTo(Slot.Mode.OPENING);
            return begun(stale, false, null, null, now);
        } finally {
            lock.unlock();
        }
    }

    private Opening begun(
            ConnectionRecord record,
            boolean first,
            @Nullable Waiter<ConnectionRecord> asker,
            @Nullable ConnectionRecord predecessor,
            long now) {
        try {
            Opening begun = new Opening(record, first, asker, predecessor, now);
            openings.add(begun);
            if (asker != null) {
                asker.attend();
            }
            return begun;
        } catch (Throwable e) { // no memory
            record.moveTo(Slot.Mode.VACANT);
            noteCircuit(() -> circuit.failed(now));
            throw e;
        }
    }

    /**
     * Settles the accounts of an opening; the record is still the caller's.
     *
     * @return false if it had been abandoned, so that the record does not belong to the pool
     */
    boolean succeeded(Opening opening) {
        lock.lock();
        try {
            noteCircuit(circuit::succeeded);
            if (!openings.end(opening)) {
                return false;
            }
            growth.opened(time.nanos() - opening.since);
            if (opening.first) {
                queue.add(opening.record);
            }
            opened.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Settles the accounts of an opening; the record is still the caller's. False if it had been abandoned. */
    boolean failed(Opening opening) {
        lock.lock();
        try {
            if (!openings.end(opening)) {
                return false;
            }
            noteCircuit(() -> circuit.failed(time.nanos()));
            if (opening.first) {
                changeLive(-1);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void noteCircuit(Runnable outcome) {
        boolean was = circuit.state() != Circuit.State.CLOSED;
        outcome.run();
        boolean is = circuit.state() != Circuit.State.CLOSED;
        if (was != is) {
            pool.chronicle().note(is ? Transition.Kind.CIRCUIT_OPENED : Transition.Kind.CIRCUIT_CLOSED);
        }
    }

    /** Strikes off the openings that take too long, and lets the waiters of doubtful ones look for another. */
    List<Opening> abandonOverdue() {
        lock.lock();
        try {
            long now = time.nanos();
            List<Opening> overdue = openings.overdue(now);
            for (Opening task : overdue) {
                noteCircuit(() -> circuit.failed(now));
                if (!task.first) {
                    queue.remove(task.record);
                }
                changeLive(-1);
                openings.abandon(task);
            }
            return overdue;
        } finally {
            lock.unlock();
        }
    }

    /**
     * For how long every attempt to open a connection has failed, if there is no other hope: nothing is idle or lent that could
     * come back, and it is not yet time for the next attempt. Else null.
     */
    @Nullable
    Duration hopeless() {
        lock.lock();
        try {
            long now = time.nanos();
            boolean hopeless = circuit.state() != Circuit.State.CLOSED && connected() <= 0;
            return hopeless ? Duration.ofNanos(now - circuit.failingSince()) : null;
        } finally {
            lock.unlock();
        }
    }

    /** A connection is on its way out; a record that goes with it counts no longer. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    void closingBegins(ConnectionRecord record) {
        lock.lock();
        try {
            closing++;
            if (record.mode() == Slot.Mode.RETIRED) {
                remove(record);
            }
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    void closingEnded() {
        lock.lock();
        try {
            closing--;
            signalIfEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Whether fewer than {@code pool_size} are open or being opened. */
    boolean hasRoom() {
        lock.lock();
        try {
            return occupied() < keep;
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing can be opened unless something is closed. */
    boolean isFull() {
        lock.lock();
        try {
            return occupied() + closing >= modesty.limit(limit);
        } finally {
            lock.unlock();
        }
    }

    boolean isCrowded() {
        return live > keep;
    }

    /**
     * Decides on a record that is free. One that may rest is put to rest here and now, because the next decision has to count
     * it; it is no longer the caller's then.
     */
    Verdict judge(ConnectionRecord free) {
        lock.lock();
        try {
            if (occupied() > limit) {
                return Verdict.SURPLUS; // the limit has been lowered
            }
            if (queue.hasWaiters()) {
                return Verdict.WANTED;
            }
            if (queue.resting() >= keep) {
                return Verdict.SURPLUS;
            }
            if (free.connection() == null) {
                free.moveTo(Slot.Mode.VACANT);
            } else {
                queue.rest(free);
            }
            return Verdict.RESTS;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes out a record, one without a connection if there is one, if more than {@code pool_size} rest, through returns at the same
     * time or because one was being looked at; else null.
     */
    @Nullable
    ConnectionRecord takeSurplus() {
        lock.lock();
        try {
            if (live <= keep || queue.hasWaiters() || queue.resting() <= keep) {
                return null;
            }
            ConnectionRecord vacant = queue.tryReserve();
            return vacant != null ? vacant : queue.tryTake();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets a record that is retired, unless that was done before. */
    void remove(ConnectionRecord retired) {
        lock.lock();
        try {
            if (queue.remove(retired)) {
                changeLive(-1);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets a record whose return was broken off. */
    void writeOff(ConnectionRecord stuck, long word) {
        lock.lock();
        try {
            if (stuck.ticket() == word) {
                remove(stuck);
            }
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock; volatile for those who only look
    private void changeLive(int by) {
        live += by;
        signalIfEmpty();
    }

    private void signalIfEmpty() {
        if (live == 0 && closing == 0) {
            emptied.signalAll();
        }
    }

    /** Records with a connection; in the middle of a change it may be off by what changes. */
    int connections() {
        lock.lock();
        try {
            return connected();
        } finally {
            lock.unlock();
        }
    }

    int live() {
        return live;
    }

    /** Most records there may be; {@link Integer#MAX_VALUE} if there is no limit. */
    int limit() {
        return limit;
    }

    /** What is being opened, the oldest first. */
    List<OpeningInFlight> inFlight(long now) {
        lock.lock();
        try {
            return openings.report(now);
        } finally {
            lock.unlock();
        }
    }

    int opening() {
        return openings.count();
    }

    /** Those under way that are not abandoned. */
    List<Opening> openings() {
        lock.lock();
        try {
            List<Opening> underWay = new ArrayList<>();
            openings.forEach(underWay::add);
            return underWay;
        } finally {
            lock.unlock();
        }
    }

    int closing() {
        return closing;
    }

    /** How many are open when so many were wanted, after they are or the patience is over, or when the thread is interrupted. */
    int awaitConnections(int wanted, Duration patience) {
        long left = PoolConfig.saturatedNanos(patience);
        lock.lock();
        try {
            while (connected() < Math.min(wanted, keep) && left > 0) {
                left = opened.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return connections();
    }

    /** Waits until nothing is live or being closed; false if that did not come about in time, or the thread was interrupted. */
    boolean awaitEmpty(Duration patience) {
        long left = PoolConfig.saturatedNanos(patience);
        lock.lock();
        try {
            while ((live > 0 || closing > 0) && left > 0) {
                left = emptied.awaitNanos(left);
            }
            return live == 0 && closing == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
