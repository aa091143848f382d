/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.SlotQueue;
import dev.naiad.pool.queue.Waiter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps up to {@code pool_size} connections and opens up to {@code max_overflow} more while they are needed. The default
 * pool.
 *
 * <p>It grows only when somebody asks and nothing is idle. Whoever finds nothing idle queues; the queue is served in order of
 * arrival by the connections that come back, apart from what {@link PoolSettings#patience} allows to newcomers, and each waiter
 * besides by one that is opened for it, on the pool's own threads,
 * as far as the limit allows. A connection that comes back while {@code pool_size} others are idle is closed. At no moment
 * are more than {@code pool_size + max_overflow} physical connections open; one that is being closed still counts.
 *
 * <p>If opening fails, the caller for whom it was opened gets the driver's exception at once.
 *
 * <p>SQLAlchemy counterpart: {@code QueuePool}.
 */
public final class QueuePool extends Pool {

    private final SlotQueue<ConnectionRecord> queue = new SlotQueue<>(
            ConnectionRecord::usable,
            this::refresh,
            ticker()::nanos,
            PoolConfig.saturatedNanos(config().patience()),
            config().checkoutOrder().order());
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Population population = new Population(this, queue);
    final ThreadPoolExecutor openers = PoolThreads.of(config(), "opener");
    private final ThreadPoolExecutor closers = PoolThreads.of(config(), "closer");
    private final Closer closer =
            new Closer(this, Objects.requireNonNullElse(config().closers(), closers), this::closingEnded);
    private final ReentrantLock operating = new ReentrantLock();
    private final Queue<Drain> drains = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Suspension suspension;
    private volatile boolean closed;
    private volatile @Nullable Throwable lastFailure;

    /** A new, empty pool. */
    public QueuePool(PoolConfig config) {
        super(config);
    }

    private QueuePool(QueuePool origin) {
        super(origin);
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
        Suspension present = suspension;
        if (present != null) {
            if (stale != null) {
                vacate(stale);
            }
            throw present == Suspension.FAIL
                    ? new PoolSuspendedException(name())
                    : timedOut(Duration.ZERO, lastFailure);
        }
        if (stale != null && stale.connection() == null) {
            vacate(stale); // what it had may still be on its way out, and counts until then
            return getAtOnce(null);
        }
        Opening opening = stale != null ? population.refresh(stale) : population.reserve();
        if (opening == null) {
            Duration failing = population.hopeless();
            throw failing != null ? unavailable(failing) : timedOut(Duration.ZERO, lastFailure);
        }
        housekeeper().wake();
        try {
            opening.record.open();
        } catch (Throwable e) {
            failed(opening, e);
            checkDrains();
            grow();
            throw e;
        }
        checkDrains();
        if (!succeeded(opening)) {
            throw overdue();
        }
        if (closed) {
            retire(opening.record, CloseReason.POOL_CLOSED);
            throw new PoolClosedException(name());
        }
        opening.record.moveTo(Slot.Mode.IN_USE);
        return opening.record;
    }

    private ConnectionRecord getInTurn(@Nullable ConnectionRecord stale) throws SQLException {
        long start = ticker().nanos();
        return getInTurn(stale, start, start + timeoutNanos());
    }

    private ConnectionRecord getInTurn(@Nullable ConnectionRecord stale, long start, long deadline)
            throws SQLException {
        if (stale != null) {
            refresh(stale);
        }
        lostConnections().reclaim();
        checkEntrance();
        Waiter<ConnectionRecord> waiter = queue.join();
        InterruptedException interrupted = null;
        boolean undisturbed = false;
        try {
            grow();
            if (closed) {
                queue.fail(waiter, new PoolClosedException(name()));
            } else if (suspension == Suspension.FAIL) {
                queue.fail(waiter, new PoolSuspendedException(name()));
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
        throw timedOut(Duration.ofNanos(ticker().nanos() - start), lastFailure);
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
        while (!closed && suspension == null && (next = population.next()) != null) {
            start(next);
        }
        if (population.takeReliedOn()) {
            housekeeper().later(this::grow, Population.STRAY_PATIENCE);
        }
        failHopeless();
    }

    /** Whoever waits for a database that cannot be reached is told so. */
    private void failHopeless() {
        Duration failing = suspension == null && queue.hasWaiters() ? population.hopeless() : null;
        if (failing != null) {
            queue.failUnattended(() -> unavailable(failing));
        }
    }

    private DatabaseUnavailableException unavailable(Duration failing) {
        return new DatabaseUnavailableException(
                name(), failing, Objects.requireNonNullElseGet(lastFailure, this::overdue));
    }

    private SQLException overdue() {
        return new SQLTransientConnectionException(
                "Pool '" + name() + "': opening a connection took longer than connect_timeout ("
                        + config().connectTimeout() + "); it was abandoned.",
                "08001");
    }

    /** Has the stale connection of a record replaced, if there is a waiter for whom nothing is being opened yet. */
    private void refresh(ConnectionRecord stale) {
        vacate(stale);
        grow();
    }

    private void vacate(ConnectionRecord record) {
        long era = record.era();
        record.closeConnection(CloseReason.RECYCLED);
        record.moveTo(Slot.Mode.VACANT);
        sweepIfOutdated(era);
    }

    private void start(Opening opening) {
        try {
            openers.execute(() -> run(opening));
            housekeeper().wake();
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
        if (!succeeded(opening)) {
            return;
        }
        deliver(opening);
        grow();
    }

    /** To the one it was opened for, unless that one has been served otherwise or nobody is to be. */
    private void deliver(Opening opening) {
        Waiter<ConnectionRecord> asker = opening.asker;
        if (asker != null && suspension != null) {
            asker.neglect();
            settle(opening.record, true);
        } else if (asker == null || !queue.offer(opening.record, asker)) {
            settle(opening.record, true);
        }
    }

    /** False if it had been abandoned; its connection is closed then. */
    private boolean succeeded(Opening opening) {
        lastFailure = null;
        if (population.succeeded(opening)) {
            return true;
        }
        logSafely(
                log -> log.info("Pool '{}': a connection was opened long after connect_timeout; it is closed", name()));
        discard(opening.record, CloseReason.LATE);
        grow(); // the database answers
        return false;
    }

    private void fail(Opening opening, Throwable cause) {
        if (isServerFull(cause) && makeDo(opening, cause)) {
            failed(opening, cause);
            return;
        }
        boolean told = true;
        boolean abandoned = false;
        try {
            abandoned = !failed(opening, cause);
        } finally {
            told = abandoned || opening.asker != null && queue.fail(opening.asker, cause);
        }
        if (!told && !closed) {
            logSafely(log -> log.warn(
                    "Pool '{}': opening a connection to {} failed; nobody waited for it", name(), factory(), cause));
        }
    }

    /** Settles the accounts and lets go of the record; false if it had been abandoned. */
    private boolean failed(Opening opening, Throwable cause) {
        if (!population.failed(opening)) {
            return false;
        }
        lastFailure = cause;
        ConnectionRecord record = opening.record;
        long era = record.era();
        try {
            if (!opening.first) {
                record.announceCheckin();
            }
        } finally {
            record.moveTo(opening.first ? Slot.Mode.RETIRED : Slot.Mode.VACANT);
        }
        sweepIfOutdated(era);
        return true;
    }

    /** Has the waiter wait for one of the connections there are. */
    private boolean makeDo(Opening opening, Throwable cause) {
        if (!population.makeDo()) {
            return false;
        }
        if (opening.asker != null) {
            opening.asker.neglect();
        }
        housekeeper().later(this::grow, Population.MODESTY);
        logSafely(log -> log.warn(
                "Pool '{}': the database accepts no more connections; making do with the present ones for {} s",
                name(),
                TimeUnit.NANOSECONDS.toSeconds(Population.MODESTY),
                cause));
        return true;
    }

    private boolean isServerFull(Throwable cause) {
        try {
            return cause instanceof SQLException exception && dialect().isServerFull(exception);
        } catch (Throwable e) { // the dialect may be a user's, and asks the driver's exception
            logSafely(log -> log.error("Pool '{}': classifying an exception failed", name(), e));
            return false;
        }
    }

    /** Gives up on openings that hang; false if none is under way. */
    private boolean checkOpenings() {
        List<Opening> overdue = population.abandonOverdue();
        for (Opening opening : overdue) {
            lastFailure = overdue();
            counters().openFailures.incrementAndGet();
            logSafely(log -> log.warn(
                    "Pool '{}': opening connection {} takes longer than connect_timeout ({}); it is abandoned",
                    name(),
                    opening.record.id(),
                    config().connectTimeout()));
        }
        grow();
        return population.opening() > 0;
    }

    // Closing

    /** On the closer's threads; until it is done the connection counts. */
    @Override
    void end(ConnectionRecord record, Connection connection, CloseReason reason, Farewell farewell) {
        population.closingBegins(record);
        closer.close(new Closing(connection, reason, () -> closePhysically(connection, reason, farewell)));
        housekeeper().wake();
    }

    private void closingEnded() {
        population.closingEnded();
        checkDrains();
        grow();
    }

    // Giving back

    /** The queue has its own ways to move a record. */
    @Override
    void receive(ConnectionRecord record) {
        doReturn(record);
    }

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
            checkDrains(); // it may have been detached
            grow();
            return;
        }
        queue.give(record, fresh);
        if (population.isCrowded()) {
            retireSurplus();
        }
    }

    private void retire(ConnectionRecord record, CloseReason reason) {
        record.moveTo(Slot.Mode.RETIRED);
        try {
            record.closeConnection(reason);
        } finally {
            record.dismissSentinel();
            population.remove(record);
            checkDrains();
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

    // Suspending

    private void checkEntrance() throws SQLException {
        if (suspension == Suspension.FAIL && !closed) {
            throw new PoolSuspendedException(name());
        }
        int limit = config().maxWaiters();
        if (limit != Integer.MAX_VALUE && queue.waiting() >= limit) {
            throw new TooManyWaitersException(snapshot(), limit);
        }
    }

    /**
     * Lends nothing until {@link #resume()}. Connections in use stay with their users and may come back. Called again, it
     * changes what callers meet.
     *
     * @param suspension what callers meet meanwhile, those that wait already included
     */
    public void suspend(Suspension suspension) {
        operating.lock();
        try {
            this.suspension = suspension;
            queue.pause();
        } finally {
            operating.unlock();
        }
        if (suspension == Suspension.FAIL) {
            queue.failAll(() -> new PoolSuspendedException(name()));
        }
        logSafely(log -> log.info("Pool '{}' is suspended: callers {}", name(), suspension.text()));
    }

    /** Ends a suspension; without one it does nothing. */
    public void resume() {
        boolean wasSuspended;
        operating.lock();
        try {
            suspension = null;
            wasSuspended = queue.resume();
        } finally {
            operating.unlock();
        }
        queue.attend();
        retireSurplus();
        grow();
        if (wasSuspended) {
            logSafely(log -> log.info("Pool '{}' is resumed", name()));
        }
    }

    /** What callers meet at present; null unless the pool is suspended. */
    public @Nullable Suspension suspension() {
        return suspension;
    }

    // Changing

    /**
     * Changes settings while the pool works: sizes, {@code timeout}, {@code recycle} (for connections opened from now on),
     * {@code reset_on_return}, {@code pre_ping}, what concerns opening, and the credentials. A higher limit serves those who wait at
     * once; with a lower one idle connections are closed at once, and those in use when they come back. New credentials are tried
     * first, with a connection of their own; if that works all connections are replaced as by {@link #refresh()}.
     *
     * @param change sets on the builder what is to change
     * @throws InvalidSettingException if a value is wrong, or the setting cannot change while the pool works
     * @throws SQLException if the new credentials do not work: everything stays as it was
     */
    public void reconfigure(Consumer<PoolConfig.Builder> change) throws SQLException {
        PoolConfig present = config();
        PoolConfig next = changed(present, change);
        boolean rotates = Changes.ofCredentials(present, next);
        ConnectionFactory nextFactory = rotates ? next.effectiveConnectionFactory() : factory();
        if (rotates) {
            probe(nextFactory);
        }
        install(present, next, nextFactory);
        retireSurplus();
        grow();
        if (rotates) {
            refresh();
        }
        logSafely(log -> log.info("Pool '{}' reconfigured: {}", name(), next));
    }

    private static PoolConfig changed(PoolConfig present, Consumer<PoolConfig.Builder> change) {
        PoolConfig.Builder settings = present.toBuilder();
        change.accept(settings);
        PoolConfig next = settings.build();
        Changes.check(present, next);
        return next;
    }

    @SuppressWarnings("ReferenceEquality") // two configurations may be equal and yet made from different ones
    private void install(PoolConfig present, PoolConfig next, ConnectionFactory nextFactory) {
        operating.lock();
        try {
            if (config() != present) {
                throw new ConcurrentModificationException("Pool '" + name() + "' was reconfigured at the same time.");
            }
            apply(next, nextFactory);
            population.apply(next);
        } finally {
            operating.unlock();
        }
    }

    /**
     * Replaces all connections because the credentials have changed, after trying those that the {@link CredentialsProvider}
     * gives now with a connection of their own.
     *
     * @return complete when the last of the old connections has been handed over to be closed
     * @throws SQLException if they do not work: the present connections are kept
     */
    public Drain rotate() throws SQLException {
        probe(factory());
        return refresh();
    }

    private void probe(ConnectionFactory candidate) throws SQLException {
        Connection probe = candidate.open(newRecord());
        if (probe == null) {
            throw new SQLException("Pool '" + name() + "': the connection factory returned null.", "08001");
        }
        counters().opened.incrementAndGet();
        closePhysically(probe, CloseReason.PROBED, () -> dialect().close(probe));
    }

    private void retireSurplus() {
        ConnectionRecord surplus;
        while ((surplus = population.takeSurplus()) != null) {
            retire(surplus, CloseReason.OVERFLOW);
        }
    }

    /**
     * As {@link #dispose()}, but tells how far it is.
     *
     * @return complete when the last of the connections that are open now has been handed over to be closed
     */
    public Drain refresh() {
        Drain drain = new Drain();
        queue.forEach(drain::add);
        dispose();
        if (!drain.check()) {
            drains.add(drain);
            checkDrains(); // the last may have gone before it was added
        }
        return drain;
    }

    private void checkDrains() {
        drains.removeIf(Drain::check);
    }

    // Upkeep

    @Override
    void suspectAll() {
        queue.forEach(ConnectionRecord::markSuspect);
    }

    @Override
    boolean sweep() {
        return super.sweep() | checkOpenings() | closer.check();
    }

    // The whole pool

    @Override
    public void dispose() {
        beginEpoch();
        retireOutdated();
        logSafely(log -> log.info("Pool disposed. {}", status()));
    }

    @Override
    public Pool recreate() {
        logSafely(log -> log.info("Pool '{}': recreating", name()));
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
        beginEpoch();
        queue.failAll(() -> new PoolClosedException(name()));
        retireOutdated();
        if (!population.awaitEmpty(grace)) {
            logSafely(log -> log.warn(
                    "Pool '{}': {} connections were not given back in time and are aborted, {} were still being opened",
                    name(),
                    population.live() - population.opening(),
                    population.opening()));
            queue.forEach(ConnectionRecord::abandon);
        }
        openers.shutdown();
        closers.setKeepAliveTime(1, TimeUnit.MILLISECONDS); // not shut down: what comes back late is closed there
        endHousekeeping();
        logSafely(log -> log.info("Pool closed. {}", status()));
    }

    @Override
    boolean isClosed() {
        return closed;
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
                config().poolSize() == 0 ? 0 : present + population.closing() - config().poolSize(),
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
