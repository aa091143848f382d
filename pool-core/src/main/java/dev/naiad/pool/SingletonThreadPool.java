/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.SlotQueue;
import dev.naiad.pool.queue.Waiter;
import java.lang.ref.WeakReference;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Has one connection for each thread, at most {@code pool_size} of them. A thread that asks again while it holds its connection gets
 * another handle on it; the connection is reset when the last handle is closed. It stays the thread's own, also while nobody uses
 * it, and never becomes another thread's.
 *
 * <p>A thread that comes when there are {@code pool_size} connections has one closed that nobody uses, first that of a thread that has
 * died, and its own opened in its place. If all are in use it waits for up to {@code timeout}, in order of arrival. A connection in
 * use is never closed. The connections of dead threads are closed when a thread comes for the first time.
 *
 * <p>For databases in memory and the like. Where threads live for one task only, as virtual threads do, every task opens a connection: use
 * {@link QueuePool} there. {@code timeout} limits the wait and the opening together, {@code connect_timeout} the opening. {@code
 * max_overflow} has no effect.
 *
 * <p>SQLAlchemy counterpart: {@code SingletonThreadPool}.
 */
public final class SingletonThreadPool extends Pool {

    /** Whose a place is, and whether it is lent, or being opened or closed. */
    private static final class Tenancy {

        private @Nullable Long thread;
        private WeakReference<Thread> reference = new WeakReference<>(null);
        private boolean busy = true;

        boolean isOfLivingThread() {
            Thread tenant = reference.get();
            return thread != null && tenant != null && tenant.isAlive();
        }
    }

    /** Guards the maps and the queue's order; nothing is opened or closed under it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<ConnectionRecord, Tenancy> places = new LinkedHashMap<>();
    private final Map<Long, ConnectionRecord> ownPlaces = new HashMap<>();

    /** Of waiters only: it has no slots. */
    private final SlotQueue<ConnectionRecord> queue = new SlotQueue<>(place -> true, place -> {});

    private final int limit;
    private volatile boolean closed;

    /** A new, empty pool. */
    public SingletonThreadPool(PoolConfig config) {
        super(config, new ThreadLeases(false));
        this.limit = limitOf(config);
        beginLife();
    }

    private SingletonThreadPool(SingletonThreadPool origin) {
        super(origin, new ThreadLeases(false));
        this.limit = limitOf(origin.config());
        beginLife();
    }

    private static int limitOf(PoolConfig config) {
        return config.poolSize() == 0 ? Integer.MAX_VALUE : config.poolSize();
    }

    // Taking

    @Override
    protected ConnectionPoolEntry doGet() throws SQLException {
        ConnectionRecord place;
        Waiter<ConnectionRecord> waiter = null;
        List<ConnectionRecord> orphans = List.of();
        boolean evicts = false;
        lock.lock();
        try {
            if (closed) {
                throw new PoolClosedException(name());
            }
            place = takeOwn();
            if (place == null) {
                place = takeOver();
                evicts = place != null;
                orphans = takeIdle(tenancy -> !tenancy.isOfLivingThread());
                if (place == null && places.size() < limit) {
                    place = newRecord();
                    places.put(place, new Tenancy());
                }
                if (place != null) {
                    settleIn(place);
                } else {
                    waiter = queue.join();
                }
            }
        } finally {
            lock.unlock();
        }
        giveUp(orphans, 0, CloseReason.OVERFLOW); // who needs the room waits for it when it opens
        return prepared(place != null ? place : awaited(waiter), evicts);
    }

    /** The present thread's place. If it is in use without having been joined, it is not the thread's any more. */
    private @Nullable ConnectionRecord takeOwn() {
        ConnectionRecord own = ownPlaces.get(Thread.currentThread().getId());
        if (own == null) {
            return null;
        }
        Tenancy tenancy = tenancyOf(own);
        if (tenancy.busy) {
            moveOut(tenancy);
            return null;
        }
        tenancy.busy = true;
        return own;
    }

    /** A place that nobody uses, if there is no room for another one. */
    private @Nullable ConnectionRecord takeOver() {
        if (places.size() < limit) {
            return null;
        }
        ConnectionRecord chosen = null;
        for (Map.Entry<ConnectionRecord, Tenancy> candidate : places.entrySet()) {
            Tenancy tenancy = candidate.getValue();
            if (!tenancy.busy) {
                boolean deserted = !tenancy.isOfLivingThread();
                if (chosen == null || deserted) {
                    chosen = candidate.getKey();
                }
                if (deserted) {
                    break;
                }
            }
        }
        if (chosen != null) {
            Tenancy tenancy = tenancyOf(chosen);
            moveOut(tenancy);
            tenancy.busy = true;
        }
        return chosen;
    }

    private List<ConnectionRecord> takeIdle(Predicate<Tenancy> which) {
        List<ConnectionRecord> taken = new ArrayList<>();
        places.forEach((place, tenancy) -> {
            if (!tenancy.busy && which.test(tenancy)) {
                taken.add(place);
                moveOut(tenancy);
                tenancy.busy = true;
            }
        });
        return taken;
    }

    private void settleIn(ConnectionRecord place) {
        Thread thread = Thread.currentThread();
        Tenancy tenancy = tenancyOf(place);
        tenancy.thread = thread.getId();
        tenancy.reference = new WeakReference<>(thread);
        ownPlaces.put(tenancy.thread, place);
    }

    private void moveOut(Tenancy tenancy) {
        if (tenancy.thread != null) {
            ownPlaces.remove(tenancy.thread);
            tenancy.thread = null;
        }
    }

    private Tenancy tenancyOf(ConnectionRecord place) {
        Tenancy tenancy = places.get(place);
        if (tenancy == null) {
            throw new IllegalStateException(place + " is not counted.");
        }
        return tenancy;
    }

    private ConnectionRecord awaited(@Nullable Waiter<ConnectionRecord> waiter) throws SQLException {
        if (waiter == null) {
            throw new IllegalStateException("neither a place nor a waiter");
        }
        long start = ticker().nanos();
        InterruptedException interrupted = Queueing.stay(
                queue, waiter, () -> stay(waiter, start), unwanted -> giveUp(unwanted, CloseReason.OVERFLOW));
        ConnectionRecord place = Queueing.outcome(this, waiter, interrupted);
        if (place == null) {
            throw timedOut(Duration.ofNanos(ticker().nanos() - start));
        }
        place.setDeadline(start + timeoutNanos());
        lock.lock();
        try {
            settleIn(place);
        } finally {
            lock.unlock();
        }
        return place;
    }

    private void stay(Waiter<ConnectionRecord> waiter, long start) throws InterruptedException {
        lostConnections().reclaim();
        if (!waiter.settled()) {
            announce(PoolEvent.Kind.WAITING, () -> new PoolEvent.Waiting(this, queue.waiting()));
        }
        waiter.await(ticker()::nanos, start + timeoutNanos());
        counters().waited(ticker().nanos() - start);
    }

    private ConnectionRecord prepared(ConnectionRecord place, boolean evicts) throws SQLException {
        try {
            if (evicts) {
                place.deadline(); // begins now
                place.closeConnection(CloseReason.OVERFLOW);
            }
            prepare(place);
            return place;
        } catch (Throwable e) {
            giveUp(place, closed ? CloseReason.POOL_CLOSED : CloseReason.INVALIDATED);
            throw e;
        }
    }

    // Giving back

    @Override
    protected void doReturn(ConnectionPoolEntry entry) {
        ConnectionRecord place = (ConnectionRecord) entry;
        boolean stays;
        lock.lock();
        try {
            Tenancy tenancy = places.get(place);
            if (tenancy == null) {
                return; // written off
            }
            stays = !isOutdated(place) && tenancy.isOfLivingThread() && !queue.hasWaiters();
            tenancy.busy = !stays;
        } finally {
            lock.unlock();
        }
        if (!stays) {
            giveUp(place, isOutdated(place) ? closeReason() : CloseReason.OVERFLOW);
        } else if (isOutdated(place)) { // since we last looked
            discardIdle();
        }
    }

    /** Closes first; then the place is free for the oldest waiter, or gone. */
    private void giveUp(ConnectionRecord place, CloseReason reason) {
        try {
            place.closeConnection(reason);
        } finally {
            lock.lock();
            try {
                moveOut(tenancyOf(place));
                if (isHanging(place)) {
                    handOverInstead(place);
                } else if (!handOver(place)) {
                    places.remove(place);
                    place.moveTo(Slot.Mode.RETIRED);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whoever waits for a place gets another one. */
    @Override
    void writeOff(ConnectionRecord record, long word) {
        lock.lock();
        try {
            if (record.ticket() != word) {
                return;
            }
            moveOut(tenancyOf(record));
            handOverInstead(record);
        } finally {
            lock.unlock();
        }
    }

    /** For a place that is of no use, as the driver does not come back from it. */
    private void handOverInstead(ConnectionRecord stuck) {
        places.remove(stuck);
        ConnectionRecord successor = newRecord();
        places.put(successor, new Tenancy());
        if (!handOver(successor)) {
            places.remove(successor);
        }
    }

    @Override
    boolean isOneTooMany(int forsaken) {
        lock.lock();
        try {
            return places.size() + forsaken > limit;
        } finally {
            lock.unlock();
        }
    }

    private boolean handOver(ConnectionRecord place) {
        Waiter<ConnectionRecord> oldest;
        while ((oldest = queue.oldestUnattended()) != null) {
            if (queue.offer(place, oldest)) {
                return true;
            }
        }
        return false;
    }

    private void discardIdle() {
        List<ConnectionRecord> idle;
        lock.lock();
        try {
            idle = takeIdle(tenancy -> true);
        } finally {
            lock.unlock();
        }
        giveUp(idle, Closer.PATIENCE, closeReason());
    }

    /** Closes these, and waits for all of them together no longer than that. */
    private void giveUp(List<ConnectionRecord> idle, long patience, CloseReason reason) {
        if (idle.isEmpty()) {
            return;
        }
        long deadline = ticker().nanos() + patience;
        idle.forEach(place -> {
            place.setDeadline(deadline);
            giveUp(place, reason);
        });
    }

    // The whole pool

    /** Closes the connections that nobody uses, whichever thread's they are; the others when they come back. */
    @Override
    protected void doDispose() {
        discardIdle();
    }

    @Override
    public Pool recreate() {
        log().info("Pool '{}': recreating", name());
        return new SingletonThreadPool(this);
    }

    @Override
    boolean isClosed() {
        return closed;
    }

    @Override
    public String status() {
        PoolSnapshot now = snapshot();
        return "SingletonThreadPool '" + name() + "': pool size " + now.poolSize() + ", connections "
                + (now.checkedIn() + now.checkedOut());
    }

    @Override
    public PoolSnapshot snapshot() {
        int present;
        int busy = 0;
        lock.lock();
        try {
            present = places.size();
            for (Tenancy tenancy : places.values()) {
                busy += tenancy.busy ? 1 : 0;
            }
        } finally {
            lock.unlock();
        }
        return snapshotOf(config().poolSize(), 0, present - busy, busy, queue.waiting());
    }

    /** Lends no more: waiting callers fail at once, and connections in use are closed when they come back. */
    @Override
    public void close() {
        endLife();
        lock.lock();
        try {
            closed = true;
            queue.failAll(() -> new PoolClosedException(name()));
        } finally {
            lock.unlock();
        }
        awaitedOpenings().abandonAll();
        beginEpoch();
        discardIdle();
        log().info("Pool closed. {}", status());
    }
}
