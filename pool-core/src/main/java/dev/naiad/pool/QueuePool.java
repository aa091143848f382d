/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.SlotQueue;
import dev.naiad.pool.queue.Waiter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps up to {@code pool_size} connections and opens up to {@code max_overflow} more while they are needed. The default
 * pool.
 *
 * <p>It grows only when somebody asks and nothing is idle. Whoever finds nothing idle queues; the queue is served in order of
 * arrival, by whatever comes first: a connection that is given back, or one opened on the pool's own threads. A connection
 * that comes back while {@code pool_size} others are idle is closed. At no moment are more than {@code pool_size +
 * max_overflow} physical connections open; one that is being closed still counts.
 *
 * <p>If opening fails, the caller for whom it was opened gets the driver's exception at once.
 *
 * <p>SQLAlchemy counterpart: {@code QueuePool}.
 */
public final class QueuePool extends Pool {

    private static final long STRAY_PATIENCE = TimeUnit.SECONDS.toNanos(1);

    /*
     * Who may open, and how many are there
     *
     * A borrower that finds an idle slot takes it without coming here. All else is decided under the growth lock, which is
     * never held while something is opened or closed or a listener runs:
     *
     *   - live = records that count against the limit: idle, vacant, lent, returning, being opened, being closed.
     *     It rises before an opening starts and falls after a closing has ended.
     *   - An opening is made for one waiter. It gets the connection if it still waits, or else the oldest one does; a failure
     *     is told to nobody else. So whoever hangs in connecting delays only those who chose to rely on it.
     *   - An opening whose waiter was served by a returned connection is a stray. Somebody who comes then relies on it for a
     *     second instead of opening yet another connection; after that it is taken to hang.
     *   - Whatever frees capacity or ends an opening calls grow() afterwards, so nobody waits for a slot that could be opened.
     */
    private final ReentrantLock growth = new ReentrantLock();

    private final Condition emptied = growth.newCondition();
    private final SlotQueue<ConnectionRecord> queue = new SlotQueue<>(ConnectionRecord::usable, this::refresh);
    private final ExecutorService openers;
    private final int keep;
    private final int limit;
    private final Set<Opening> openings = new HashSet<>();
    private volatile int live;
    private volatile boolean closed;
    private volatile @Nullable Throwable lastFailure;

    /** A new, empty pool. */
    public QueuePool(PoolConfig config) {
        super(config);
        this.keep = config.poolSize() == 0 ? Integer.MAX_VALUE : config.poolSize();
        this.limit = limitOf(config);
        this.openers = Openers.of(config);
    }

    private QueuePool(QueuePool origin) {
        super(origin);
        this.keep = origin.keep;
        this.limit = origin.limit;
        this.openers = Openers.of(origin.config());
    }

    private static int limitOf(PoolConfig config) {
        if (config.poolSize() == 0 || config.maxOverflow() < 0) {
            return Integer.MAX_VALUE;
        }
        return (int) Math.min(Integer.MAX_VALUE, (long) config.poolSize() + config.maxOverflow());
    }

    // --- taking
    // --------------------------------------------------------------------------------------------------------

    @Override
    protected ConnectionPoolEntry doGet() throws SQLException {
        ConnectionRecord record = queue.tryTake();
        if (record != null && record.usable()) {
            return record;
        }
        Duration timeout = config().timeout();
        return timeout != null && timeout.isZero() ? getAtOnce(record) : getInTurn(record, timeout);
    }

    /** Without waiting for others: what is idle, or a connection opened here and now. */
    private ConnectionRecord getAtOnce(@Nullable ConnectionRecord stale) throws SQLException {
        if (closed) {
            throw new PoolClosedException(name());
        }
        Opening task = stale != null ? refreshing(stale, null) : reserve(null);
        if (task == null) {
            throw timedOut(Duration.ZERO);
        }
        try {
            task.record.open();
        } catch (Throwable e) {
            ended(task, e);
            throw e;
        }
        ended(task, null);
        task.record.moveTo(Slot.Mode.IN_USE);
        return task.record;
    }

    private ConnectionRecord getInTurn(@Nullable ConnectionRecord stale, @Nullable Duration timeout)
            throws SQLException {
        boolean unlimited = timeout == null;
        long start = ticker().nanos();
        long deadline = unlimited ? 0 : start + Math.min(PoolConfig.saturatedNanos(timeout), Long.MAX_VALUE / 2);
        Waiter<ConnectionRecord> waiter = queue.join();
        InterruptedException interrupted = null;
        try {
            if (stale != null) {
                start(refreshing(stale, waiter));
            }
            grow();
            if (closed) {
                queue.fail(waiter, new PoolClosedException(name()));
            }
            if (unlimited || deadline - start > STRAY_PATIENCE) {
                waiter.await(ticker()::nanos, start + STRAY_PATIENCE, false);
                if (!waiter.settled()) {
                    grow();
                }
            }
            waiter.await(ticker()::nanos, deadline, unlimited);
        } catch (InterruptedException e) {
            interrupted = e;
        } finally {
            queue.leave(waiter);
        }
        if (interrupted != null) {
            Thread.currentThread().interrupt();
        }
        ConnectionRecord record = waiter.slot();
        if (record != null) {
            return record;
        }
        Throwable failure = waiter.failure();
        if (failure != null) {
            throw Failures.asThrownHere(failure);
        }
        if (interrupted != null) {
            throw new SQLException(
                    "Pool '" + name() + "': interrupted while waiting for a connection.", "HY008", interrupted);
        }
        throw timedOut(Duration.ofNanos(ticker().nanos() - start));
    }

    private PoolTimeoutException timedOut(Duration waited) {
        counters().timeouts.incrementAndGet();
        Duration timeout = config().timeout();
        PoolTimeoutException exception =
                new PoolTimeoutException(snapshot(), timeout == null ? waited : timeout, lastFailure);
        announce(PoolEvent.Kind.TIMED_OUT, () -> new PoolEvent.TimedOut(this, waited, exception));
        return exception;
    }

    // --- opening
    // -------------------------------------------------------------------------------------------------------

    /** A connection being opened. */
    private static final class Opening {

        final ConnectionRecord record;

        /** Whether the record never had a connection: if this fails it is forgotten, else it stays as a vacant place. */
        final boolean first;

        /** For whom it is opened: gets the connection, or the failure, unless it has been served otherwise. */
        final @Nullable Waiter<ConnectionRecord> asker;

        final long since;

        Opening(ConnectionRecord record, boolean first, @Nullable Waiter<ConnectionRecord> asker, long since) {
            this.record = record;
            this.first = first;
            this.asker = asker;
            this.since = since;
        }

        boolean isStray() {
            return asker == null || asker.settled();
        }
    }

    /** Starts openings for waiters that have none, as far as the limits allow. */
    private void grow() {
        while (queue.hasWaiters() && (live < limit || queue.hasVacant())) {
            Opening task;
            growth.lock();
            try {
                if (closed || openings.size() >= config().connectConcurrency() || !isGrowthWanted()) {
                    return;
                }
                Waiter<ConnectionRecord> asker = queue.oldestUnattended();
                task = asker == null ? null : reserve(asker);
            } finally {
                growth.unlock();
            }
            if (task == null) {
                return;
            }
            start(task);
        }
    }

    /** Whether more wait without an opening of their own than there are strays that will serve them soon. */
    private boolean isGrowthWanted() {
        int own = 0;
        int promising = 0;
        for (Opening task : openings) {
            if (!task.isStray()) {
                own++;
            } else if (ticker().nanos() - task.since < STRAY_PATIENCE) {
                promising++;
            }
        }
        return queue.waiting() - own > promising;
    }

    /** An opening for a vacant record, or for a new one if the limit allows; else null. */
    private @Nullable Opening reserve(@Nullable Waiter<ConnectionRecord> asker) {
        growth.lock();
        try {
            ConnectionRecord record = queue.tryReserve();
            boolean first = record == null;
            if (first) {
                if (live >= limit) {
                    return null;
                }
                live++;
                record = newRecord();
            }
            return begun(record, first, asker);
        } finally {
            growth.unlock();
        }
    }

    /** Replaces the connection of a record that turned out stale when it was to be handed to the oldest waiter. */
    private void refresh(ConnectionRecord record) {
        start(refreshing(record, queue.oldestUnattended()));
    }

    private Opening refreshing(ConnectionRecord record, @Nullable Waiter<ConnectionRecord> asker) {
        record.moveTo(Slot.Mode.OPENING);
        growth.lock();
        try {
            return begun(record, false, asker);
        } finally {
            growth.unlock();
        }
    }

    private Opening begun(ConnectionRecord record, boolean first, @Nullable Waiter<ConnectionRecord> asker) {
        Opening task = new Opening(record, first, asker, ticker().nanos());
        openings.add(task);
        if (asker != null) {
            asker.attend();
        }
        return task;
    }

    private void start(Opening task) {
        try {
            openers.execute(() -> run(task));
        } catch (Throwable e) { // the pool was closed meanwhile, or there is no thread to be had
            fail(task, closed ? new PoolClosedException(name()) : e);
        }
    }

    private void run(Opening task) {
        ConnectionRecord record = task.record;
        try {
            record.open();
        } catch (Throwable e) {
            fail(task, e);
            return;
        }
        int opened = record.generation();
        ended(task, null);
        queue.deliver(record, task.asker);
        sweepIfOutdated(opened);
        grow();
    }

    private void fail(Opening task, Throwable cause) {
        ended(task, cause);
        if (task.asker == null || !queue.fail(task.asker, cause)) {
            log().warn("Pool '{}': opening a connection to {} failed; nobody waited for it", name(), factory(), cause);
        }
        grow();
    }

    /** Settles the accounts of an opening; on success the caller goes on to lend the record. */
    private void ended(Opening task, @Nullable Throwable failure) {
        ConnectionRecord record = task.record;
        lastFailure = failure;
        growth.lock();
        try {
            openings.remove(task);
            if (failure == null && task.first) {
                queue.add(record);
            } else if (failure != null && task.first) {
                live--;
                emptied.signalAll();
            }
        } finally {
            growth.unlock();
        }
        if (failure != null) {
            record.moveTo(task.first ? Slot.Mode.RETIRED : Slot.Mode.VACANT);
            sweepIfOutdated(record.generation());
        }
    }

    // --- giving back
    // ---------------------------------------------------------------------------------------------------

    @Override
    protected void doReturn(ConnectionPoolEntry entry) {
        ConnectionRecord record = (ConnectionRecord) entry;
        int lent = record.generation();
        if (closed) {
            retire(record, CloseReason.POOL_CLOSED);
        } else if (lent != generation()) {
            retire(record, CloseReason.DISPOSED);
        } else if (record.connection() == null) {
            queue.vacate(record);
            sweepIfOutdated(lent);
            grow();
        } else if (live <= keep) {
            queue.give(record);
            sweepIfOutdated(lent);
        } else {
            returnToCrowd(record);
            sweepIfOutdated(lent);
        }
    }

    /** The return while more than {@code pool_size} are open: decides under the lock whether the record is one too many. */
    private void returnToCrowd(ConnectionRecord record) {
        boolean wanted;
        boolean surplus;
        growth.lock();
        try {
            wanted = queue.hasWaiters();
            surplus = !wanted && queue.resting() >= keep;
            if (!wanted && !surplus) {
                queue.rest(record);
            }
        } finally {
            growth.unlock();
        }
        if (wanted) {
            queue.give(record);
        } else if (surplus) {
            retire(record, CloseReason.OVERFLOW);
        } else {
            queue.attend();
        }
    }

    /** Closes first and counts afterwards, so that the limit holds for physical connections. */
    private void retire(ConnectionRecord record, CloseReason reason) {
        discard(record, reason);
        growth.lock();
        try {
            queue.remove(record);
            live--;
            emptied.signalAll();
        } finally {
            growth.unlock();
        }
        grow();
    }

    /** Whoever makes a record idle looks afterwards whether the pool was disposed of or closed meanwhile. */
    private void sweepIfOutdated(int generation) {
        if (generation != generation()) {
            retireOutdated();
        }
    }

    private void retireOutdated() {
        CloseReason reason = closed ? CloseReason.POOL_CLOSED : CloseReason.DISPOSED;
        queue.forEach(record -> {
            if (record.tryReserve()) {
                retire(record, reason);
            } else if (record.tryTake()) {
                if (record.generation() != generation()) {
                    retire(record, reason);
                } else {
                    queue.give(record);
                }
            }
        });
    }

    // --- the whole pool
    // ------------------------------------------------------------------------------------------------

    @Override
    public void dispose() {
        nextGeneration();
        retireOutdated();
        grow();
        log().info("Pool disposed. {}", status());
    }

    @Override
    public Pool recreate() {
        log().info("Pool '{}': recreating", name());
        return new QueuePool(this);
    }

    /** As {@link #close(Duration)} with 5 seconds. */
    @Override
    public void close() {
        close(Duration.ofSeconds(5));
    }

    /**
     * Closes the pool for good. Waiting callers fail at once and idle connections are closed; those in use may come back for
     * a while, then they are aborted.
     *
     * @param grace how long to wait for connections in use
     */
    public void close(Duration grace) {
        growth.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            growth.unlock();
        }
        nextGeneration();
        queue.failAll(() -> new PoolClosedException(name()));
        retireOutdated();
        awaitEmptied(grace);
        openers.shutdownNow();
        log().info("Pool closed. {}", status());
    }

    private void awaitEmptied(Duration grace) {
        long left = PoolConfig.saturatedNanos(grace);
        growth.lock();
        try {
            while (live > 0 && left > 0) {
                left = emptied.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            growth.unlock();
        }
        if (live > 0) {
            log().warn("Pool '{}': {} connections were not given back in time and are aborted", name(), live);
            queue.forEach(ConnectionRecord::abandon);
        }
    }

    @Override
    public String status() {
        PoolSnapshot now = snapshot();
        return "QueuePool '" + now.name() + "': pool size " + now.poolSize() + ", in pool " + now.checkedIn()
                + ", overflow " + now.overflow() + ", checked out " + now.checkedOut();
    }

    private int opening() {
        growth.lock();
        try {
            return openings.size();
        } finally {
            growth.unlock();
        }
    }

    @Override
    public PoolSnapshot snapshot() {
        int resting = queue.resting();
        int present = live;
        return new PoolSnapshot(
                name(),
                config().poolSize(),
                config().maxOverflow(),
                resting,
                Math.max(0, present - resting),
                config().poolSize() == 0 ? 0 : present - config().poolSize(),
                opening(),
                queue.waiting(),
                counters().opened.get(),
                counters().closed(),
                counters().openFailures.get(),
                counters().timeouts.get());
    }
}
