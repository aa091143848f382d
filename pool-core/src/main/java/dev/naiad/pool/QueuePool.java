/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.SlotQueue;
import dev.naiad.pool.queue.Waiter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Keeps up to {@code pool_size} connections and opens up to {@code max_overflow} more while they are needed. The default
 * pool.
 *
 * <p>It grows only when somebody asks and nothing is idle. Whoever finds nothing idle queues; the queue is served in order of
 * arrival by the connections that come back, and each waiter besides by one that is opened for it, on the pool's own threads,
 * as far as the limit allows. A connection that comes back while {@code pool_size} others are idle is closed. At no moment
 * are more than {@code pool_size + max_overflow} physical connections open; one that is being closed still counts.
 *
 * <p>If opening fails, the caller for whom it was opened gets the driver's exception at once.
 *
 * <p>SQLAlchemy counterpart: {@code QueuePool}.
 */
public final class QueuePool extends Pool {

    private final SlotQueue<ConnectionRecord> queue = new SlotQueue<>(ConnectionRecord::usable, this::refresh);
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Population population;
    final ExecutorService openers;
    private volatile boolean closed;
    private volatile @Nullable Throwable lastFailure;

    /** A new, empty pool. */
    public QueuePool(PoolConfig config) {
        super(config);
        this.population = new Population(this, queue);
        this.openers = Openers.of(config, "opener");
    }

    private QueuePool(QueuePool origin) {
        super(origin);
        this.population = new Population(this, queue);
        this.openers = Openers.of(origin.config(), "opener");
    }

    // Taking

    @Override
    protected ConnectionPoolEntry doGet() throws SQLException {
        ConnectionRecord record = queue.tryTake();
        if (record != null && isLendable(record)) {
            return record;
        }
        Duration timeout = config().timeout();
        return timeout != null && timeout.isZero() ? getAtOnce(record) : getInTurn(record);
    }

    private boolean isLendable(ConnectionRecord taken) {
        try {
            return taken.usable();
        } catch (Throwable e) { // the ticker's
            queue.give(taken, true);
            throw e;
        }
    }

    /** Without waiting for others: what is idle, or a connection opened here and now. */
    private ConnectionRecord getAtOnce(@Nullable ConnectionRecord stale) throws SQLException {
        if (closed) {
            if (stale != null) {
                retire(stale, CloseReason.POOL_CLOSED);
            }
            throw new PoolClosedException(name());
        }
        Opening opening = stale != null ? population.refresh(stale) : population.reserve();
        if (opening == null) {
            throw timedOut(Duration.ZERO);
        }
        try {
            opening.record.open();
        } catch (Throwable e) {
            failed(opening, e);
            grow();
            throw e;
        }
        succeeded(opening);
        if (closed) {
            retire(opening.record, CloseReason.POOL_CLOSED);
            throw new PoolClosedException(name());
        }
        opening.record.moveTo(Slot.Mode.IN_USE);
        return opening.record;
    }

    private ConnectionRecord getInTurn(@Nullable ConnectionRecord stale) throws SQLException {
        long start = ticker().nanos();
        return getInTurn(stale, start, start + patience());
    }

    private ConnectionRecord getInTurn(@Nullable ConnectionRecord stale, long start, long deadline)
            throws SQLException {
        if (stale != null) {
            vacate(stale);
        }
        lostConnections().reclaim();
        Waiter<ConnectionRecord> waiter = queue.join();
        InterruptedException interrupted = null;
        boolean undisturbed = false;
        try {
            grow();
            if (closed) {
                queue.fail(waiter, new PoolClosedException(name()));
            }
            if (!waiter.attended() && !waiter.settled()) {
                announce(PoolEvent.Kind.WAITING, () -> new PoolEvent.Waiting(this, queue.waiting()));
            }
            waiter.await(ticker()::nanos, deadline);
            undisturbed = true;
        } catch (InterruptedException e) {
            interrupted = e;
            undisturbed = true;
            Thread.currentThread().interrupt();
        } finally {
            queue.leave(waiter);
            ConnectionRecord unwanted = undisturbed ? null : waiter.slot();
            if (unwanted != null) {
                settle(unwanted, false);
            }
        }
        ConnectionRecord record = waiter.slot();
        if (record != null) {
            record.setDeadline(deadline);
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

    /** The deadline is that of the checkout; what comes first, the new connection or a returned one, serves it. */
    @Override
    ConnectionPoolEntry replace(ConnectionRecord record) throws SQLException {
        Duration timeout = config().timeout();
        return timeout != null && timeout.isZero()
                ? getAtOnce(record)
                : getInTurn(record, ticker().nanos(), record.deadline());
    }

    // Opening

    /** Starts what ought to be opened. */
    void grow() {
        Opening next;
        while (!closed && (next = population.next()) != null) {
            start(next);
        }
        if (population.takeReliedOn()) {
            housekeeper().later(this::grow, Population.STRAY_PATIENCE);
        }
    }

    /** Has the stale connection of a record replaced, if there is a waiter for whom nothing is being opened yet. */
    private void refresh(ConnectionRecord stale) {
        vacate(stale);
        grow();
    }

    /** A vacant place may still have a connection; it is closed when the place is filled, or given up. */
    private void vacate(ConnectionRecord record) {
        long era = record.era();
        record.moveTo(Slot.Mode.VACANT);
        sweepIfOutdated(era);
    }

    private void start(Opening opening) {
        try {
            openers.execute(() -> run(opening));
        } catch (Throwable e) { // the pool was closed meanwhile, or there is no thread to be had
            fail(opening, closed ? new PoolClosedException(name()) : e);
        }
    }

    private void run(Opening opening) {
        try {
            if (closed) {
                throw new PoolClosedException(name());
            }
            opening.record.open();
        } catch (Throwable e) {
            fail(opening, e);
            grow();
            return;
        }
        succeeded(opening);
        if (opening.asker == null || !queue.offer(opening.record, opening.asker)) {
            settle(opening.record, true);
        }
        grow();
    }

    private void succeeded(Opening opening) {
        lastFailure = null;
        population.succeeded(opening);
    }

    private void fail(Opening opening, Throwable cause) {
        boolean told = false;
        try {
            failed(opening, cause);
        } finally {
            told = opening.asker != null && queue.fail(opening.asker, cause);
        }
        if (!told && !closed) {
            logSafely(log -> log.warn(
                    "Pool '{}': opening a connection to {} failed; nobody waited for it", name(), factory(), cause));
        }
    }

    private void failed(Opening opening, Throwable cause) {
        lastFailure = cause;
        long era = opening.record.era();
        if (!opening.first) {
            opening.record.announceCheckin();
        }
        population.failed(opening);
        sweepIfOutdated(era);
    }

    // Giving back

    @Override
    protected void doReturn(ConnectionPoolEntry entry) {
        ConnectionRecord record = (ConnectionRecord) entry;
        if (closed) {
            retire(record, CloseReason.POOL_CLOSED);
        } else if (!isOfPresentEpoch(record.era())) {
            retire(record, CloseReason.DISPOSED);
        } else {
            settle(record, false);
        }
    }

    /** Finds a use for a record that is free: a waiter, rest, or the end. */
    private void settle(ConnectionRecord record, boolean fresh) {
        long era = record.era();
        switch (population.isCrowded() ? population.judge(record) : Population.Verdict.WANTED) {
            case WANTED -> putBack(record, fresh);
            case RESTS -> {
                queue.attend();
                grow();
            }
            case SURPLUS -> retire(record, CloseReason.OVERFLOW);
        }
        sweepIfOutdated(era);
    }

    private void putBack(ConnectionRecord record, boolean fresh) {
        if (record.connection() == null) {
            record.moveTo(Slot.Mode.VACANT);
            grow();
            return;
        }
        queue.give(record, fresh);
        if (population.isCrowded()) {
            ConnectionRecord surplus;
            while ((surplus = population.takeSurplus()) != null) {
                retire(surplus, CloseReason.OVERFLOW);
            }
        }
    }

    /** Closes first and counts afterwards, so that the limit holds for physical connections. */
    private void retire(ConnectionRecord record, CloseReason reason) {
        try {
            discard(record, reason);
        } finally {
            population.remove(record);
            grow();
        }
    }

    /** Whoever puts a record to rest looks afterwards whether the pool was disposed of or closed meanwhile. */
    private void sweepIfOutdated(long era) {
        if (closed || !isOfPresentEpoch(era)) {
            retireOutdated();
        }
    }

    private void retireOutdated() {
        CloseReason reason = closed ? CloseReason.POOL_CLOSED : CloseReason.DISPOSED;
        queue.forEach(record -> {
            if (record.tryReserve()) {
                retire(record, reason);
            } else if (record.tryTake()) {
                if (closed || !isOfPresentEpoch(record.era())) {
                    retire(record, reason);
                } else {
                    queue.give(record, false);
                }
            }
        });
    }

    // The whole pool

    @Override
    void suspectAll() {
        queue.forEach(ConnectionRecord::markSuspect);
    }

    @Override
    public void dispose() {
        nextEpoch();
        retireOutdated();
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
        Objects.requireNonNull(grace, "grace");
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        closed = true;
        nextEpoch();
        queue.failAll(() -> new PoolClosedException(name()));
        retireOutdated();
        if (!population.awaitEmpty(grace)) {
            log().warn(
                            "Pool '{}': {} connections were not given back in time and are aborted, {} were still being opened",
                            name(),
                            population.live() - population.opening(),
                            population.opening());
            queue.forEach(ConnectionRecord::abandon);
        }
        openers.shutdownNow().forEach(Runnable::run); // what has not begun fails, and its accounts are settled
        endHousekeeping();
        log().info("Pool closed. {}", status());
    }

    @Override
    public String status() {
        PoolSnapshot now = snapshot();
        return "QueuePool '" + now.name() + "': pool size " + now.poolSize() + ", in pool " + now.checkedIn()
                + ", overflow " + now.overflow() + ", checked out " + now.checkedOut();
    }

    @Override
    public PoolSnapshot snapshot() {
        int resting = queue.resting();
        int present = population.live();
        return new PoolSnapshot(
                name(),
                config().poolSize(),
                config().maxOverflow(),
                resting,
                Math.max(0, present - resting),
                config().poolSize() == 0 ? 0 : present - config().poolSize(),
                population.opening(),
                queue.waiting(),
                counters().opened.get(),
                counters().closed(),
                counters().openFailures.get(),
                counters().timeouts.get(),
                counters().leftOpen.get(),
                counters().lost.get());
    }
}
