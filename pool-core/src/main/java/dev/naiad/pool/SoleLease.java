/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one place of a {@link StaticPool} and the lease on it that everybody joins.
 *
 * <ul>
 *   <li>The lock guards the fields only; opening, pinging, resetting and closing are done without it.
 *   <li>One borrower at a time begins a lease; who comes meanwhile, or while the last handle's connection is being reset, waits.
 *   <li>A place whose connection is no longer fit for newcomers is forgotten: they get another, and its users keep it to the
 *       end. When it comes back it is nobody's, and is discarded.
 * </ul>
 */
final class SoleLease implements Sharing {

    private enum Phase {
        /** Nobody has the place, if there is one. */
        RESTING,
        /** Somebody is beginning a lease. */
        OPENING,
        /** A lease is under way, or its connection on the way back. */
        LENT
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Phase phase = Phase.RESTING;
    private @Nullable ConnectionRecord place;
    private @Nullable Lease lease;

    /** Whether the place came back while the lease on it was still beginning: a listener may have closed it. */
    private boolean cameBack;

    /** Places lent, forgotten ones included. */
    private int lent;

    private int waiting;

    /** Until when who is beginning a lease has time, if it had to wait before. Its own, as nobody else begins one meanwhile. */
    private @Nullable Long deadline;

    private volatile boolean closed;

    @Override
    public boolean isOptional() {
        return false;
    }

    @Override
    public PoolProxiedConnection connect(Pool pool) throws SQLException {
        LeasedConnection joined = joinOrClaim(pool);
        return joined != null ? joined : begin(pool);
    }

    /** A handle on the lease under way; null if it is up to the caller to begin one. */
    private @Nullable LeasedConnection joinOrClaim(Pool pool) throws SQLException {
        boolean waited = false;
        long start = 0;
        lock.lock();
        try {
            while (true) {
                if (closed) {
                    throw new PoolClosedException(pool.name());
                }
                LeasedConnection joined = phase == Phase.LENT ? join() : null;
                if (joined != null) {
                    return joined;
                }
                if (phase == Phase.RESTING) {
                    phase = Phase.OPENING;
                    cameBack = false;
                    deadline = waited ? start + pool.timeoutNanos() : null;
                    return null;
                }
                if (!waited) {
                    waited = true;
                    pool.counters().waits.increment();
                    start = pool.ticker().nanos();
                    beginToWait(pool);
                    continue;
                }
                if (!await(pool, start)) {
                    break;
                }
            }
        } finally {
            lock.unlock();
        }
        throw pool.timedOut(Duration.ofNanos(pool.ticker().nanos() - start));
    }

    /** Without the lock, for listeners are told; so the caller has to look again. */
    private void beginToWait(Pool pool) {
        int present = ++waiting;
        lock.unlock();
        try {
            pool.lostConnections().reclaim();
            pool.announce(PoolEvent.Kind.WAITING, () -> new PoolEvent.Waiting(pool, present));
        } finally {
            lock.lock();
            waiting--;
        }
    }

    private @Nullable LeasedConnection join() {
        Lease present = lease;
        ConnectionRecord lentPlace = place;
        if (present == null || lentPlace == null) {
            return null;
        }
        if (present.isFit() && lentPlace.usable()) {
            return present.join();
        }
        place = null;
        lease = null;
        phase = Phase.RESTING;
        return null;
    }

    @SuppressWarnings("WaitNotInLoop") // it is called in one
    private boolean await(Pool pool, long start) throws SQLException {
        long now = pool.ticker().nanos();
        long left = pool.timeoutNanos() - (now - start);
        if (left <= 0) {
            return false;
        }
        waiting++;
        try {
            changed.await(left, TimeUnit.NANOSECONDS);
            pool.counters().waitNanos.add(pool.ticker().nanos() - now);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException(
                    "Pool '" + pool.name() + "': interrupted while waiting for the connection.", "HY008", e);
        } finally {
            waiting--;
        }
    }

    private LeasedConnection begin(Pool pool) throws SQLException {
        Lease[] begun = new Lease[1];
        LeasedConnection first = null;
        try {
            first = Lease.begin(pool.checkout(), mine -> begun[0] = mine, over -> {});
            return first;
        } finally {
            lock.lock();
            try {
                boolean underWay = first != null && !cameBack;
                phase = underWay ? Phase.LENT : Phase.RESTING;
                lease = underWay ? begun[0] : null;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    // For the pool

    /** Counts a place as lent; null if there is none yet. */
    @Nullable
    ConnectionRecord take() {
        lock.lock();
        try {
            lent++;
            return place;
        } finally {
            lock.unlock();
        }
    }

    /** Has a checkout end when the time of who has waited for its turn is over. */
    void limit(ConnectionRecord beginning) {
        Long present = deadline;
        if (present != null) {
            beginning.setDeadline(present);
        }
    }

    void opened(ConnectionRecord first) {
        lock.lock();
        try {
            place = first;
        } finally {
            lock.unlock();
        }
    }

    /** Takes back a place that is to be kept; false if it was forgotten meanwhile. */
    @SuppressWarnings("ReferenceEquality") // records have no other
    boolean keep(ConnectionRecord back) {
        lock.lock();
        try {
            if (place != back) {
                return false;
            }
            settle();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Does without a place that does not come back. It is still counted as lent until it does. */
    @SuppressWarnings("ReferenceEquality")
    void forget(ConnectionRecord stuck, long word) {
        lock.lock();
        try {
            if (place == stuck && stuck.ticket() == word) {
                place = null;
                lease = null;
                phase = Phase.RESTING;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes note that a place is gone, its connection closed; null if it never came about. */
    @SuppressWarnings("ReferenceEquality")
    void gone(@Nullable ConnectionRecord former) {
        lock.lock();
        try {
            if (place == former) {
                place = null;
                settle();
            } else {
                lent--;
            }
        } finally {
            lock.unlock();
        }
    }

    private void settle() {
        lent--;
        if (phase == Phase.LENT) {
            phase = Phase.RESTING;
            lease = null;
            changed.signalAll();
        } else {
            cameBack = true;
        }
    }

    /** Forgets the place if it rests. */
    @Nullable
    ConnectionRecord takeResting() {
        lock.lock();
        try {
            if (phase != Phase.RESTING) {
                return null;
            }
            ConnectionRecord resting = place;
            place = null;
            return resting;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        return closed;
    }

    PoolSnapshot snapshot(StaticPool pool) {
        lock.lock();
        try {
            return pool.figures(phase == Phase.RESTING && place != null ? 1 : 0, lent, waiting);
        } finally {
            lock.unlock();
        }
    }
}
