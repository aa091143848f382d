/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.SlotQueue;
import dev.naiad.pool.queue.Waiter;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The records of a {@link QueuePool} that count against its limit, and the openings under way. Decides, under a lock that is
 * never held while something is opened or closed or a listener runs, who may open and what is one too many.
 *
 * <ul>
 *   <li><em>Live</em> is every record that is idle, vacant, lent, returning, being opened or being closed. The count rises
 *       before an opening starts and falls after a closing has ended, so it bounds the physical connections.
 *   <li>An opening is made for one waiter. That one gets the connection if it still waits, else the oldest waiter does; a
 *       failure is told to nobody else. So an opening that hangs delays only those who chose to rely on it.
 *   <li>An opening whose waiter was served by a returned connection is a <em>stray</em>. Whoever comes then relies on it for a
 *       second, instead of opening yet another connection; after that it is taken to hang.
 *   <li>Whatever frees capacity or ends an opening must be followed by a look for the {@link #next()} opening, so that nobody
 *       waits for what could be opened.
 * </ul>
 */
final class Population {

    static final long STRAY_PATIENCE = TimeUnit.SECONDS.toNanos(1);

    /** What becomes of a record that is free while more than {@code pool_size} are live. */
    enum Verdict {
        /** Somebody waits for it. */
        WANTED,
        /** Nobody waits, and it has been put to rest. */
        RESTS,
        /** Nobody waits, and {@code pool_size} others rest. */
        SURPLUS
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition emptied = lock.newCondition();
    private final Set<Opening> openings = new HashSet<>();
    private final Pool pool;
    private final SlotQueue<ConnectionRecord> queue;
    private final int concurrency;
    private final int keep;
    private final int limit;
    private volatile int live;
    private volatile int opening;
    private boolean reliedOn;

    Population(Pool pool, SlotQueue<ConnectionRecord> queue) {
        PoolConfig config = pool.config();
        this.pool = pool;
        this.queue = queue;
        this.concurrency = config.connectConcurrency();
        this.keep = config.poolSize() == 0 ? Integer.MAX_VALUE : config.poolSize();
        this.limit = config.poolSize() == 0 || config.maxOverflow() < 0
                ? Integer.MAX_VALUE
                : (int) Math.min(Integer.MAX_VALUE, (long) config.poolSize() + config.maxOverflow());
    }

    /** The opening that ought to start now: for the oldest waiter that has none, within the limits. Null if there is none. */
    @Nullable
    Opening next() {
        if (!queue.hasWaiters() || live >= limit && !queue.hasVacant()) {
            return null; // the usual case in a full pool, without the lock
        }
        long now = pool.ticker().nanos();
        lock.lock();
        try {
            if (opening >= concurrency || !isGrowthWanted(now)) {
                return null;
            }
            Waiter<ConnectionRecord> asker = queue.oldestUnattended();
            return asker == null ? null : reserve(asker, now);
        } finally {
            lock.unlock();
        }
    }

    /** Whether more wait without an opening of their own than there are strays that will serve them soon. */
    private boolean isGrowthWanted(long now) {
        int own = 0;
        int promising = 0;
        for (Opening task : openings) {
            if (!task.isStray()) {
                own++;
            } else if (now - task.since < STRAY_PATIENCE) {
                promising++;
            }
        }
        int unattended = queue.waiting() - own;
        reliedOn |= unattended > 0 && unattended <= promising;
        return unattended > promising;
    }

    /** Whether somebody was left to rely on a stray since this was last asked: {@link #next()} has to be tried again later. */
    boolean takeReliedOn() {
        lock.lock();
        try {
            boolean answer = reliedOn;
            reliedOn = false;
            return answer;
        } finally {
            lock.unlock();
        }
    }

    /** An opening for a vacant record, or for a new one if the limit allows; else null. */
    @Nullable
    Opening reserve() {
        return reserve(null, pool.ticker().nanos());
    }

    private @Nullable Opening reserve(@Nullable Waiter<ConnectionRecord> asker, long now) {
        lock.lock();
        try {
            ConnectionRecord vacant = queue.tryReserve();
            if (vacant != null) {
                return begun(vacant, false, asker, now);
            }
            if (live >= limit) {
                return null;
            }
            Opening first = begun(pool.newRecord(), true, asker, now);
            changeLive(1);
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** An opening that replaces the stale connection of a record the caller owns. */
    Opening refresh(ConnectionRecord stale) {
        stale.moveTo(Slot.Mode.OPENING);
        long now = pool.ticker().nanos();
        lock.lock();
        try {
            return begun(stale, false, null, now);
        } finally {
            lock.unlock();
        }
    }

    private Opening begun(ConnectionRecord record, boolean first, @Nullable Waiter<ConnectionRecord> asker, long now) {
        try {
            Opening begun = new Opening(record, first, asker, now);
            openings.add(begun);
            opening = openings.size();
            if (asker != null) {
                asker.attend();
            }
            return begun;
        } catch (Throwable e) { // no memory
            record.moveTo(Slot.Mode.VACANT);
            throw e;
        }
    }

    /** Settles the accounts of an opening; the record is still the caller's. */
    void succeeded(Opening opening) {
        lock.lock();
        try {
            ended(opening);
            if (opening.first) {
                queue.add(opening.record);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Settles the accounts of an opening and lets go of the record. */
    void failed(Opening opening) {
        lock.lock();
        try {
            ended(opening);
            if (opening.first) {
                changeLive(-1);
            }
        } finally {
            lock.unlock();
        }
        opening.record.moveTo(opening.first ? Slot.Mode.RETIRED : Slot.Mode.VACANT);
    }

    private void ended(Opening task) {
        openings.remove(task);
        opening = openings.size();
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
            if (queue.hasWaiters()) {
                return Verdict.WANTED;
            }
            if (queue.resting() >= keep) {
                return Verdict.SURPLUS;
            }
            free.moveTo(free.connection() == null ? Slot.Mode.VACANT : Slot.Mode.IDLE);
            return Verdict.RESTS;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out an idle record if, through returns at the same time, more than {@code pool_size} rest; else null. */
    @Nullable
    ConnectionRecord takeSurplus() {
        lock.lock();
        try {
            return live > keep && !queue.hasWaiters() && queue.resting() > keep ? queue.tryTake() : null;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets a record whose connection has been closed. */
    void remove(ConnectionRecord retired) {
        lock.lock();
        try {
            queue.remove(retired);
            changeLive(-1);
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock; volatile for those who only look
    private void changeLive(int by) {
        live += by;
        if (live == 0) {
            emptied.signalAll();
        }
    }

    int live() {
        return live;
    }

    int opening() {
        return opening;
    }

    /** Waits until nothing is live; false if that did not come about in time, or the thread was interrupted. */
    boolean awaitEmpty(Duration patience) {
        long left = PoolConfig.saturatedNanos(patience);
        lock.lock();
        try {
            while (live > 0 && left > 0) {
                left = emptied.awaitNanos(left);
            }
            return live == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
