/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.ExhaustionReport;
import dev.naiad.pool.diagnose.OpeningInFlight;
import dev.naiad.pool.diagnose.WaitingThread;
import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.SlotQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
            record -> this.returns.refresh(record),
            ticker()::nanos,
            PoolConfig.saturatedNanos(config().patience()),
            config().checkoutOrder().order(),
            PoolThreads.named("naiad-" + name() + "-alarm-"));
    private final Probes probes = new Probes(this, queue);
    private final Population population = new Population(this, queue, probes::promising);
    private final Returns returns = new Returns(this, queue, population);
    final Openings openings = new Openings(this, queue, population, returns);
    private final NestedCheckouts nested = new NestedCheckouts(this, queue, population);
    private final Entrance entrance = new Entrance(this, queue, openings, returns, nested);
    private final Operations operations = new Operations(this, queue, population, returns);
    private final Closer closer = new Closer(this, Closer.CONCURRENCY, this::closingEnded);
    private final Upkeep upkeep = new Upkeep(this, queue, population, openings, returns, probes);
    private final Shutdown shutdown = new Shutdown(this, queue, population, returns);

    /** A new, empty pool. */
    public QueuePool(PoolConfig config) {
        super(config);
        beginLife();
        upkeep.warmUp();
    }

    private QueuePool(QueuePool origin) {
        super(origin);
        beginLife();
        upkeep.warmUp();
    }

    // Taking

    @Override
    @Nullable
    ConnectionRecord tryTake() {
        return queue.tryTake();
    }

    @Override
    ConnectionPoolEntry take(@Nullable ConnectionRecord idle) throws SQLException {
        return idle != null && isLendable(idle) ? idle : entrance.get(idle);
    }

    @Override
    protected ConnectionPoolEntry doGet() throws SQLException {
        return take(tryTake());
    }

    private boolean isLendable(ConnectionRecord taken) {
        try {
            return taken.usable();
        } catch (Throwable e) { // the ticker's
            queue.give(taken, true);
            throw e;
        }
    }

    /** The deadline is that of the checkout. */
    @Override
    ConnectionPoolEntry replace(ConnectionRecord record) throws SQLException {
        return entrance.getInstead(record);
    }

    // Closing

    /** On the closer's threads; until it is done the connection counts. */
    @Override
    void end(ConnectionRecord record, Closing closing) {
        population.closingBegins(record);
        closer.close(closing);
        housekeeper().wake();
    }

    private void closingEnded(Connection connection) {
        population.closingEnded();
        gone(connection);
        grow();
        upkeep.goOn();
    }

    // Giving back

    @Override
    boolean tryRest(ConnectionRecord record, long ticket) {
        return isCleared(record) && !population.isCrowded() && queue.tryRest(record, ticket);
    }

    @Override
    boolean tryReceive(ConnectionRecord record) {
        long word = record.ticket(); // read before the clearance, which who breaks off the return denies first
        if (!isCleared(record) || population.isCrowded() || !queue.tryRest(record, word)) {
            return false;
        }
        rested(record);
        return true;
    }

    @Override
    void rested(ConnectionRecord record) {
        queue.attend();
        if (population.isCrowded()) {
            returns.retireSurplus();
        }
        if (!record.isCleared(terms())) {
            returns.sweepIfOutdated(record.era());
        }
    }

    /** The queue has its own ways to move a record. */
    @Override
    void receive(ConnectionRecord record) {
        doReturn(record);
    }

    @Override
    protected void doReturn(ConnectionPoolEntry entry) {
        ConnectionRecord record = (ConnectionRecord) entry;
        if (isOutdated(record)) {
            returns.retire(record, closeReason());
        } else {
            returns.settle(record, false);
        }
    }

    /** It is written off; until that is done, its connection is on its way out and the place is not to be had. */
    @Override
    void receiveLate(ConnectionRecord record) {}

    @Override
    void writeOff(ConnectionRecord record, long word) {
        population.writeOff(record, word);
        grow();
    }

    // Operating

    /**
     * Waits until the connections are open that {@code warm_up} and {@code min_idle} ask for. For applications that are not to
     * start without them.
     *
     * @throws SQLException if they are not open in time, or the thread is interrupted; the cause is why the last could not be
     *     opened, if so
     */
    public void awaitWarm(Duration patience) throws SQLException {
        upkeep.awaitWarm(patience);
    }

    /**
     * Whether the connections that {@code warm_up} and {@code min_idle} ask for have been open together since the pool was made, or
     * the pool has been disposed of meanwhile. Once true, it stays so. Never blocks.
     */
    public boolean isWarm() {
        return upkeep.isWarm();
    }

    /**
     * Lends nothing until {@link #resume()}. Connections in use stay with their users and may come back. Called again, it
     * changes what callers meet.
     *
     * @param suspension what callers meet meanwhile, those that wait already included
     * @return complete when the last of the connections that are in use now has come back
     */
    public Drain suspend(Suspension suspension) {
        return operations.suspend(suspension);
    }

    /**
     * Ends a suspension; without one it does nothing. Who waits is given what is idle, and has what it lacks opened.
     *
     * @return complete when each of those who waited at the end of the suspension has got a connection, has failed or has given up; at
     *     once without a suspension
     */
    public Drain resume() {
        return operations.resume();
    }

    /** What callers meet at present; null unless the pool is suspended. */
    public @Nullable Suspension suspension() {
        return operations.suspension();
    }

    /**
     * Changes settings while the pool works: sizes, {@code timeout}, {@code recycle} (for connections opened from now on),
     * {@code reset_on_return}, {@code pre_ping}, what concerns opening, and the credentials. A higher limit serves those who wait at
     * once; with a lower one idle connections are closed at once, and those in use when they come back. New credentials are tried
     * first, with a connection of their own, for no longer than {@code connect_timeout}; if that works all connections are replaced as by
     * {@link #refresh()}.
     *
     * @param change sets on the builder what is to change
     * @throws InvalidSettingException if a value is wrong, or the setting cannot change while the pool works
     * @throws SQLException if the new credentials do not work: everything stays as it was
     */
    public void reconfigure(Consumer<PoolConfig.Builder> change) throws SQLException {
        operations.reconfigure(change);
    }

    /**
     * Replaces all connections because the credentials have changed, after trying those that the {@link CredentialsProvider}
     * gives now with a connection of their own, for no longer than {@code connect_timeout}.
     *
     * @return complete when the last of the old connections is closed, those that are just being opened included
     * @throws PoolClosedException if the pool is closed
     * @throws SQLException if they do not work: the present connections are kept
     */
    public Drain rotate() throws SQLException {
        return operations.rotate();
    }

    /**
     * As {@link #dispose()}, after which the pool is empty until somebody needs a connection, but {@code min_idle} is kept.
     *
     * @return complete when the last of the connections that are open now, or being opened, is physically closed
     */
    public Drain refresh() {
        return operations.refresh();
    }

    /** Somebody asks for more than there is. */
    void needsConnections() {
        upkeep.need();
    }

    /** Nobody waited for what was opened just now; there may be more of the kind. */
    void openedSpare() {
        upkeep.goOn();
    }

    /** Starts what ought to be opened. */
    void grow() {
        openings.grow();
    }

    // Upkeep

    /** An idle connection has been asked whether it is alive. */
    void restore(ConnectionRecord record) {
        if (isOutdated(record)) {
            doReturn(record);
        } else {
            returns.restore(record);
        }
    }

    @Override
    void suspectAll() {
        List<ConnectionRecord> idle = new ArrayList<>();
        queue.forEach(record -> {
            record.markSuspect();
            if (record.mode() == Slot.Mode.IDLE) {
                idle.add(record);
            }
        });
        probes.request(idle);
    }

    @Override
    boolean supervise() {
        boolean more = super.supervise() | openings.check() | closer.check() | probes.check();
        if (population.isCrowded()) {
            housekeeper()
                    .apart(returns::retireSurplus); // a return may have seen somebody in the queue who was being served
        }
        return more;
    }

    @Override
    boolean tend() {
        return super.tend() | upkeep.sweep();
    }

    // For reports

    @Override
    List<WaitingThread> waitingThreads(long now) {
        return queue.oldestWaiters(ExhaustionReport.MOST_WAITERS).stream()
                .map(waiter -> new WaitingThread(
                        ThreadIdentities.of(waiter.thread()),
                        Duration.ofNanos(Math.max(0, now - waiter.since())),
                        waiter.attended()))
                .toList();
    }

    @Override
    List<OpeningInFlight> openingsInFlight(long now) {
        return population.inFlight(now);
    }

    @Override
    int connectionsClosing() {
        return population.closing();
    }

    @Override
    boolean isSuspended() {
        return suspension() != null;
    }

    @Override
    boolean waitsNested(Thread thread) {
        return nested.isWaiting(thread);
    }

    // The whole pool

    @Override
    protected void doDispose() {
        returns.retireOutdated();
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
        shutdown.runNow(Objects.requireNonNull(grace, "grace"));
    }

    /**
     * As {@link #close(Duration)}, but does not wait.
     *
     * @return complete when the last of the connections that are open now, or being opened, is closed or aborted
     */
    public Drain shutdown(Duration grace) {
        return shutdown.runSoon(Objects.requireNonNull(grace, "grace"));
    }

    /** The pool is closed; what comes back late is dealt with all the same. */
    void stopThreads() {
        openings.stop();
        probes.stop();
        closer.expectLess();
        queue.endAlarm();
        endHousekeeping();
    }

    @Override
    boolean isBusy() {
        return super.isBusy() || closer.isBusy() || probes.running() > 0;
    }

    @Override
    boolean isClosed() {
        return shutdown.isBegun();
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
        PoolConfig settings = config();
        return snapshotOf(
                settings.poolSize(),
                settings.maxOverflow(),
                resting,
                Math.max(0, present - resting),
                present + population.closing(),
                population.opening(),
                queue.waiting());
    }
}
