/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.ExhaustionReport;
import dev.naiad.pool.diagnose.OpeningInFlight;
import dev.naiad.pool.diagnose.Place;
import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.diagnose.WaitingThread;
import dev.naiad.pool.dialect.Dialect;
import dev.naiad.pool.dialect.Disconnect;
import dev.naiad.pool.jdbc.Interception;
import dev.naiad.pool.jdbc.SessionDefaults;
import dev.naiad.pool.queue.Slot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source of connections that are given back by closing them. Subclasses decide which place a borrower gets and what becomes
 * of it afterwards; opening, lending, resetting, closing and events are here.
 *
 * <p>Pools are lazy: making, disposing of and recreating one opens nothing. All methods are thread-safe.
 *
 * <p>What a driver is asked for a caller does not hold up that caller for ever, as it is done on threads of the pool. An opening is waited
 * for no longer than {@code timeout} allows, and abandoned after {@code connect_timeout}: should a connection come of it after all, it is
 * closed; if there is one already, which hangs while it is prepared for use, it is aborted. A ping is waited for as long as {@code timeout} allows, at most 5 seconds. So is the closing of a connection by a caller that
 * waits for that, or 1 second if {@code timeout} is zero; after 5 seconds the connection is aborted, and given up after 10, whether somebody
 * waits or not. One whose reset on return takes longer than {@code timeout}, but at least 5 seconds, is aborted, which ends the reset unless
 * the driver ignores that, too; {@link PoolSettings#resetTimeout} frees the caller even then. Being interrupted ends the wait for an
 * opening, no other.
 *
 * <p>SQLAlchemy counterpart: {@code Pool}.
 */
public abstract class Pool implements AutoCloseable {

    private static final long SHORTEST_RETURN_LIMIT = TimeUnit.SECONDS.toNanos(5);
    private static final VarHandle TERMS;

    static {
        try {
            TERMS = MethodHandles.lookup().findVarHandle(Pool.class, "terms", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile PoolConfig config;
    private volatile ConnectionFactory factory;
    private final @Nullable Interception interception;
    private final Listeners listeners;

    /** Null in pools in which every checkout is one borrower's alone. */
    private final @Nullable Sharing sharing;

    private final Logger log;
    private final Counters counters = new Counters();
    private final SessionDefaults sessionDefaults;
    private final Database database;
    private final AtomicLong lastId = new AtomicLong();
    private final FirstConnect firstConnect = new FirstConnect();
    private final Vetting vetting = new Vetting(this);
    private final LostConnections lostConnections;
    private final AwaitedOpenings awaitedOpenings;

    /** Does for a caller what might hold it for ever, and what is nobody's. */
    private final ThreadPoolExecutor helpers;

    private final Closer awaitedCloser;
    private final Drains drains = new Drains(this);
    private final Housekeeper housekeeper;
    private final History history = new History();
    private final FailureNotes failures;
    private final Watch watch;
    private final Tracing tracing;
    private final HoldLimits holdLimits;
    private final RecorderOnDemand recorder;
    private final News news = new News(this);

    /** How often a connection was found dead: one that has rested since before the last time is pinged. */
    private final AtomicInteger suspicions = new AtomicInteger();

    private final Era era = new Era();

    /** Whether those have been told of the pool who are to be. */
    private volatile boolean told;

    private volatile boolean ended;

    /** With JMX; null unless that is asked for. */
    private volatile @Nullable Registration management;

    /** See {@link #terms()}. */
    @SuppressWarnings("unused") // written through TERMS
    private volatile long terms = 1;

    /** A new pool with the listeners named in the configuration. */
    protected Pool(PoolConfig config) {
        this(config, threadLeases(config));
    }

    Pool(PoolConfig config, @Nullable Sharing sharing) {
        this(config, config.effectiveConnectionFactory(), new Listeners(), sharing);
        if (EchoLog.isWanted(config, log)) {
            listeners.add(EchoLog.KINDS, EchoLog::log);
        }
        config.listeners().forEach(this::addListener);
    }

    /** A new, empty pool that has the settings and the listeners of another: for {@link #recreate()}. */
    protected Pool(Pool origin) {
        this(origin, threadLeases(origin.config));
    }

    Pool(Pool origin, @Nullable Sharing sharing) {
        this(origin.config, origin.factory, new Listeners(origin.listeners), sharing);
        told = true;
    }

    @SuppressWarnings("this-escape") // to parts that do nothing with it before the first checkout
    private Pool(PoolConfig config, ConnectionFactory factory, Listeners listeners, @Nullable Sharing sharing) {
        this.config = config;
        this.factory = factory;
        this.interception = Interception.of(config.interceptors());
        this.listeners = listeners;
        listeners.onChange(this::changeTerms);
        this.sessionDefaults = config.sessionDefaults();
        this.database = new Database(this, config);
        this.sharing = sharing;
        this.log = LoggerFactory.getLogger("dev.naiad.pool." + getClass().getSimpleName() + "." + config.name());
        this.helpers = PoolThreads.of(config, "helper");
        this.lostConnections = new LostConnections(this);
        this.awaitedOpenings = new AwaitedOpenings(this);
        this.awaitedCloser = new Closer(this, Integer.MAX_VALUE, this::gone);
        this.failures = new FailureNotes(this);
        this.watch = new Watch(this);
        this.tracing = new Tracing(this);
        this.holdLimits = new HoldLimits(this);
        this.recorder = new RecorderOnDemand(this);
        this.housekeeper = new Housekeeper(this);
    }

    private static @Nullable Sharing threadLeases(PoolConfig config) {
        return config.useThreadLocal() ? new ThreadLeases(true) : null;
    }

    /**
     * Borrows a connection. Close it to give it back.
     *
     * @throws PoolTimeoutException if none becomes available in time
     * @throws PoolClosedException if the pool is closed
     * @throws SQLException if opening one fails: the driver's exception, unchanged
     */
    public final PoolProxiedConnection connect() throws SQLException {
        Sharing present = sharing;
        return present == null ? checkout() : present.connect(this);
    }

    /**
     * As {@link #connect()}, but with {@code use_threadlocal} never a connection that the thread holds already, nor one that it
     * will be given again. In {@link StaticPool} and {@link SingletonThreadPool}, which share by nature, the same as {@code
     * connect()}.
     *
     * <p>SQLAlchemy counterpart: {@code unique_connection}.
     */
    public final PoolProxiedConnection uniqueConnection() throws SQLException {
        Sharing present = sharing;
        return present == null || present.isOptional() ? checkout() : present.connect(this);
    }

    final ConnectionFairy checkout() throws SQLException {
        ConnectionRecord idle = tryTake();
        if (idle != null && isCleared(idle)) {
            return lend(idle);
        }
        return checkout(idle);
    }

    private ConnectionFairy checkout(@Nullable ConnectionRecord idle) throws SQLException {
        long present = terms;
        return inspectAndLend(owned(take(idle)), present);
    }

    private ConnectionFairy inspectAndLend(ConnectionRecord record, long present) throws SQLException {
        if (record.needsAttention() || record.hearsOfRequests() || listeners.wants(PoolEvent.Kind.CHECKOUT)) {
            return vetting.lend(record);
        }
        record.clearDeadline();
        if (!pingsAlways() && listeners.passOver()) {
            record.clear(present);
        }
        return lend(record);
    }

    /** A record that is idle, for a class that has such; the caller's from now on, whatever state its connection is in. */
    @Nullable
    ConnectionRecord tryTake() {
        return null;
    }

    /** As {@link #doGet()}, beginning with what {@link #tryTake()} gave. */
    ConnectionPoolEntry take(@Nullable ConnectionRecord idle) throws SQLException {
        return doGet();
    }

    /**
     * Makes a record idle in one step that is {@linkplain ConnectionRecord#isCleared cleared} and lent under this ticket to a
     * borrower who has left nothing to be undone. False if it has to be given back in the usual way.
     */
    boolean tryRest(ConnectionRecord record, long ticket) {
        return false;
    }

    /** As {@link #receive}, for a cleared record of which there is nothing to tell or to decide. False if it is not such. */
    boolean tryReceive(ConnectionRecord record) {
        return false;
    }

    /** What has to be looked at after {@link #tryRest}; the record may be somebody else's by now. */
    void rested(ConnectionRecord record) {}

    /**
     * A number that changes with whatever concerns all records at checkout or on return: the era, the settings, the listeners of
     * this pool. A record found in order under the present terms is lent and given back without another look at them.
     */
    final long terms() {
        return terms;
    }

    /** Whether a record need not be looked at, nor a listener told, when it is lent and given back. */
    final boolean isCleared(ConnectionRecord record) {
        return record.isCleared(terms) && Listeners.passOverClasses();
    }

    private void changeTerms() {
        TERMS.getAndAdd(this, 1L);
    }

    @SuppressWarnings("ReferenceEquality") // pools have no other
    final ConnectionRecord owned(ConnectionPoolEntry entry) {
        ConnectionRecord record = (ConnectionRecord) entry;
        if (record.pool() != this) {
            throw new IllegalStateException(record + " does not belong to pool '" + name() + "'.");
        }
        if (record.mode() != Slot.Mode.IN_USE) {
            record.awake();
        }
        return record;
    }

    private ConnectionFairy lend(ConnectionRecord record) throws SQLException {
        Connection connection = record.connection();
        return connection == null ? lendInstead(record) : lend(record, connection);
    }

    /** For a record whose connection was invalidated since it was taken. What comes in its place has not been looked at. */
    private ConnectionFairy lendInstead(ConnectionRecord vacated) throws SQLException {
        long present = terms;
        return inspectAndLend(owned(replace(vacated)), present);
    }

    final ConnectionFairy lend(ConnectionRecord record, Connection connection) {
        long ticket = record.ticket();
        Thread borrower = Thread.currentThread();
        try {
            ConnectionFairy fairy = new ConnectionFairy(record, connection, ticket, borrower);
            record.lend(ticket);
            return fairy;
        } catch (Throwable e) { // no memory
            if (record.tryBeginReturn(ticket)) {
                record.checkin();
            }
            throw e;
        }
    }

    /**
     * Opens a new connection for a checkout whose place, owned by the caller, has lost its own. May return another place.
     */
    ConnectionPoolEntry replace(ConnectionRecord record) throws SQLException {
        try {
            if (timeoutNanos() != 0 && ticker().nanos() - record.deadline() >= 0) {
                throw timedOut(Duration.ofNanos(timeoutNanos()));
            }
            openInTime(record);
            return record;
        } catch (Throwable e) {
            record.checkin();
            throw e;
        }
    }

    /**
     * Has all connections replaced that were opened no later than this one's generation: this one now, the others when they
     * are next asked for. When many report the failure of the same generation, only the first report counts. For a closed or
     * detached connection only that one is invalidated.
     *
     * @param connection borrowed from this pool
     * @param cause for the listeners and the log
     */
    @SuppressWarnings("ReferenceEquality") // pools have no other
    public final void invalidate(PoolProxiedConnection connection, @Nullable Throwable cause) {
        if (connection.isValid() && connection.entry() instanceof ConnectionRecord record && record.pool() == this) {
            outdate(record);
        }
        connection.invalidate(cause);
    }

    /**
     * Finds a place with a connection for a borrower, who owns it from then on. It is either one made by
     * {@link #createEntry()} or one that came through {@link #doReturn}.
     */
    protected abstract ConnectionPoolEntry doGet() throws SQLException;

    /**
     * Takes back a place. Its connection has been reset, or is null if it was invalidated. Must not throw, and must keep the
     * place for {@link #doGet()} or call {@link #discard}.
     */
    protected abstract void doReturn(ConnectionPoolEntry entry);

    /** Takes back a record whose return is over. A class that moves its records itself overrides this. */
    void receive(ConnectionRecord record) {
        record.rest();
        doReturn(record);
    }

    /** Takes back a record whose return was broken off, and has come to its end after all. */
    void receiveLate(ConnectionRecord record) {
        try {
            record.closeConnection(CloseReason.INVALIDATED); // unless that was done
        } finally {
            receive(record);
        }
    }

    /** Makes a new place and opens its connection. If that fails, nothing is left behind. */
    protected final ConnectionPoolEntry createEntry() throws SQLException {
        ConnectionRecord record = newRecord();
        openInTime(record);
        if (isClosed()) {
            discard(record, CloseReason.POOL_CLOSED);
            throw new PoolClosedException(name());
        }
        return record;
    }

    /**
     * Opens a new connection for a place that the caller owns and that has none, or one unfit for use.
     *
     * @return the place; or a new one in its stead if the driver still hangs in opening a connection for it that was abandoned
     */
    protected final ConnectionPoolEntry reopen(ConnectionPoolEntry entry) throws SQLException {
        ConnectionRecord record = (ConnectionRecord) entry;
        if (isHanging(record)) {
            record.moveTo(Slot.Mode.RETIRED);
            return createEntry();
        }
        record.moveTo(Slot.Mode.OPENING);
        try {
            openInTime(record);
            return record;
        } catch (Throwable e) {
            record.clearDeadline();
            record.moveTo(Slot.Mode.VACANT);
            throw e;
        }
    }

    /** Opens the connection of a record, while its borrower waits no longer than it has time. */
    final void openInTime(ConnectionRecord record) throws SQLException {
        awaitedOpenings.open(record);
    }

    final AwaitedOpenings awaitedOpenings() {
        return awaitedOpenings;
    }

    /** Whether a record is of no use because the driver does not come back from opening its connection. */
    final boolean isHanging(ConnectionRecord record) {
        return awaitedOpenings.isHanging(record);
    }

    /** Waits until a connection may be opened in spite of those whose closing hangs. */
    final void awaitRoom() {
        awaitedCloser.awaitForsaken(this::isOneTooMany);
    }

    /** Whether there would be more connections than there may be, with so many whose places are others' by now. */
    boolean isOneTooMany(int forsaken) {
        return false;
    }

    /** Whether the connection of a place may be lent as it is: present, of the present generation, not too old. */
    protected final boolean isUsable(ConnectionPoolEntry entry) {
        return ((ConnectionRecord) entry).usable();
    }

    /** For a class in which callers wait for openings in person: has a place lent that the caller owns, with a new connection if need be. */
    final void prepare(ConnectionPoolEntry entry) throws SQLException {
        if (!isUsable(entry) && !isClosed()) {
            reopen(entry);
        }
        if (isClosed()) {
            throw new PoolClosedException(name());
        }
    }

    /** Closes the connection of a place that the caller owns and gives up. */
    protected final void discard(ConnectionPoolEntry entry, CloseReason reason) {
        ConnectionRecord record = (ConnectionRecord) entry;
        try {
            record.closeConnection(reason);
        } finally {
            record.dismissSentinel();
            record.moveTo(Slot.Mode.RETIRED);
        }
    }

    /**
     * Begins a new epoch, for {@link #dispose()} and {@link #close()}: from now on no connection opened until now is
     * {@linkplain #isUsable usable}, nor {@linkplain #isOfPresentEpoch of the present epoch}.
     */
    protected final void beginEpoch() {
        era.beginEpoch();
        changeTerms();
        if (!ended) {
            history.note(Transition.Kind.DISPOSED);
        }
    }

    /** Whether no epoch has begun since the connection of a place was opened. One that comes back too late is to be discarded. */
    protected final boolean isOfPresentEpoch(ConnectionPoolEntry entry) {
        return era.isOfPresentEpoch(((ConnectionRecord) entry).era());
    }

    /**
     * Whether a place, or its connection, is not to be kept: because the pool was closed or disposed of since it was opened, or because
     * it hangs.
     */
    final boolean isOutdated(ConnectionPoolEntry entry) {
        return isClosed() || !isOfPresentEpoch(entry) || isHanging((ConnectionRecord) entry);
    }

    /** Why {@linkplain #isOutdated outdated} connections are closed. */
    final CloseReason closeReason() {
        return isClosed() ? CloseReason.POOL_CLOSED : CloseReason.DISPOSED;
    }

    /** Counts a caller that waited in vain, tells the listeners, and makes the exception for it. */
    protected final PoolTimeoutException timedOut(Duration waited) {
        return timedOut(waited, null);
    }

    final PoolTimeoutException timedOut(Duration waited, @Nullable Throwable lastFailure) {
        counters.timeouts.incrementAndGet();
        Duration timeout = config.timeout();
        PoolTimeoutException exception = new PoolTimeoutException(
                watch.report(timeout == null ? waited : timeout),
                snapshot(),
                timeout == null ? waited : timeout,
                lastFailure);
        news.timedOut(waited, exception);
        return exception;
    }

    /**
     * The figures of a pool whose callers wait for openings in person; what the base class counts is filled in.
     *
     * @param poolSize the number of connections kept; 0 means no limit
     * @param maxOverflow how many more may be open for a while; -1 means no limit
     * @param checkedIn places that nobody uses
     * @param checkedOut places in use, those being opened included
     * @param waiting threads waiting for a connection
     */
    protected final PoolSnapshot snapshotOf(int poolSize, int maxOverflow, int checkedIn, int checkedOut, int waiting) {
        return snapshotOf(
                poolSize,
                maxOverflow,
                checkedIn,
                checkedOut,
                checkedIn + checkedOut,
                awaitedOpenings.awaited(),
                waiting);
    }

    /**
     * @param open the connections that count against the limit
     * @param opening how many of the places in use have a connection being opened, on threads of the pool's own
     */
    final PoolSnapshot snapshotOf(
            int poolSize, int maxOverflow, int checkedIn, int checkedOut, int open, int opening, int waiting) {
        return new PoolSnapshot(
                name(),
                poolSize,
                maxOverflow,
                config.minIdle(),
                checkedIn,
                Math.min(checkedIn, idle()),
                checkedOut,
                poolSize == 0 ? 0 : open - poolSize,
                opening,
                waiting,
                counters.opened.get(),
                counters.closed(),
                counters.openFailures.get(),
                counters.timeouts.get(),
                counters.leftOpen.get(),
                counters.lost.get(),
                counters.waits.sum(),
                Duration.ofNanos(counters.waitNanos.sum()),
                Duration.ofNanos(counters.openNanos.get()),
                watch.checkouts(),
                counters.nested.get(),
                counters.deadlocks.get(),
                counters.heldTooLong.get());
    }

    private int idle() {
        return (int) lostConnections.records().stream()
                .filter(record -> record.mode() == Slot.Mode.IDLE)
                .count();
    }

    final ConnectionRecord newRecord() {
        return new ConnectionRecord(this, lastId.incrementAndGet());
    }

    /**
     * Closes all idle connections; those in use are closed when they come back. The pool stays usable and opens new
     * connections on demand.
     *
     * @return complete when each connection that is open now, or being opened, is physically closed, detached, or given up because the
     *     driver does not close it
     */
    public final Drain dispose() {
        Drain drain = drains.prepare(new Drain(Drain.Goal.CLOSED, this::inBackground), this::beginEpoch);
        try {
            doDispose();
        } finally {
            drains.begin(drain);
        }
        logSafely(log -> log.info("Pool disposed. {}", status()));
        return drain;
    }

    /**
     * {@linkplain #discard Discards} the places that nobody uses, now that a new epoch has begun. Those in use are to be discarded by
     * {@link #doReturn}, as they are not {@linkplain #isOfPresentEpoch of the present epoch}.
     */
    protected abstract void doDispose();

    /** A new, empty pool of the same class with the same settings and listeners. */
    public abstract Pool recreate();

    /** One line for people; do not parse it. */
    public abstract String status();

    /** The pool's figures. Never blocks and never touches a connection. */
    public abstract PoolSnapshot snapshot();

    /**
     * What is going on: who holds the pool's connections and since when, who waits, what is being opened, and the {@linkplain
     * ExhaustionReport#diagnosis verdict}. Never waits and never touches a connection; but each thread that holds one is stopped for
     * a moment to see where it is. A {@link PoolTimeoutException} brings the report of its own moment along.
     */
    public final ExhaustionReport report() {
        ExhaustionReport report = watch.report(null);
        recorder.get().reported(report);
        return report;
    }

    /**
     * As {@link #report()}, for whoever looks often: stops no thread, so where the holder of a connection is now is not told, only where
     * it borrowed if that was traced.
     */
    public final ExhaustionReport glance() {
        ExhaustionReport report = watch.glance();
        recorder.get().reported(report);
        return report;
    }

    /**
     * What has happened lately out of the ordinary course of lending and taking back, such as that a connection was opened or
     * closed, the oldest first: the last 32 things of each {@linkplain Transition.Kind kind}. Never blocks.
     */
    public final List<Transition> history() {
        return history.transitions();
    }

    /**
     * The places of this pool and what is in each, by their numbers. Never waits and never touches a connection; who holds those in
     * use is told by {@link #report()}.
     */
    public final List<Place> places() {
        return watch.places();
    }

    /** Closes the pool for good: whoever waits and whoever comes gets a {@link PoolClosedException}. */
    @Override
    public abstract void close();

    /**
     * Adds a listener for this pool, after those already present. The same object is added once.
     *
     * @return removes it when closed
     */
    public final Registration addListener(PoolListener listener) {
        return listeners.add(listener, false);
    }

    /** As {@link #addListener(PoolListener)}, but before the listeners of this pool that are already present. */
    public final Registration addListenerFirst(PoolListener listener) {
        return listeners.add(listener, true);
    }

    /**
     * Adds handlers by the names of {@link PoolListener}'s methods, such as {@code "checkout"}.
     *
     * @throws IllegalArgumentException if the map is empty or has a key that is no such name
     */
    public final Registration addListener(Map<String, EventHandler> handlers) {
        return listeners.add(handlers);
    }

    /**
     * Adds an observer of some kinds of events. It may look at a connection but do nothing to it: what a listener runs is rolled
     * back on return, what an observer runs is not looked after.
     *
     * @return removes it when closed
     */
    public final Registration subscribe(Set<PoolEvent.Kind> kinds, EventHandler handler) {
        return listeners.add(kinds, handler);
    }

    /**
     * Adds a listener for all pools of a class and its subclasses, those that exist and those to come. It is called before the
     * listeners of a single pool. As it is kept until its registration is closed, so is the class loader it comes from.
     *
     * @return removes it when closed
     */
    public static Registration addListenerToAll(Class<? extends Pool> type, PoolListener listener) {
        return Listeners.addToAll(type, listener);
    }

    /** The settings. */
    public final PoolConfig config() {
        return config;
    }

    /** The name, as in log lines, metrics and messages. */
    public final String name() {
        return config.name();
    }

    @Override
    public String toString() {
        return status();
    }

    // For the classes of this package

    /** Settings that may change while the pool works have done so. */
    final void apply(PoolConfig next, ConnectionFactory nextFactory) {
        factory = nextFactory;
        config = next;
        changeTerms();
    }

    final long era() {
        return era.present();
    }

    final boolean isOfPresentEpoch(long other) {
        return era.isOfPresentEpoch(other);
    }

    /** Begins a new generation unless that was done since the record's connection was opened. */
    final void outdate(ConnectionRecord record) {
        if (era.tryBeginGeneration(record.era())) {
            changeTerms();
            history.note(Transition.Kind.OUTDATED);
            housekeeper.wake();
            logSafely(log -> log.info("Pool '{}': all connections opened until now will be replaced", name()));
        }
    }

    /** What the driver's exception means for the connection and the others. */
    final Disconnect classify(SQLException e, @Nullable Connection connection) {
        return database.classify(e, connection);
    }

    /** A driver has reported that a connection is dead. */
    final void disconnected(ConnectionRecord record, Disconnect verdict) {
        if (verdict == Disconnect.GENERATION) {
            outdate(record);
        } else {
            suspectAll();
        }
    }

    /** Has all connections asked if they are alive before they are lent again. */
    void suspectAll() {
        suspicions.incrementAndGet();
    }

    final int suspicions() {
        return suspicions.get();
    }

    /** Makes sure that the housekeeper looks at the pool. */
    final void housekeep() {
        housekeeper.wake();
    }

    /** A whole round, here and now; true if there may be more to do later. */
    final boolean sweep() {
        return supervise() | tend();
    }

    /** The part of a round that is about what is under way. */
    boolean supervise() {
        recorder.get().sweep();
        long now = ticker().nanos();
        int inUse = watch.look(now);
        tracing.sweep(now, watch.isShort(inUse));
        drains.check();
        return lostConnections.sweep() | awaitedCloser.check() | awaitedOpenings.check();
    }

    /** The part of a round in which listeners may have to be told something. */
    boolean tend() {
        holdLimits.sweep(ticker().nanos());
        return false;
    }

    /** How long a connection may take to come back before it is taken to hang in the driver. */
    final long returnLimitNanos() {
        return Math.max(SHORTEST_RETURN_LIMIT, timeoutNanos());
    }

    /**
     * Does without a place whose connection hangs on its way back and has been taken away from it, unless it has {@linkplain
     * #receiveLate come back} meanwhile. Should it do so later, it is nobody's.
     *
     * @param word its state while it hangs
     */
    void writeOff(ConnectionRecord record, long word) {}

    /** Does something on a thread of the pool; here and now if there is none to be had. */
    final void inBackground(Runnable task) {
        if (!tryInBackground(task)) {
            task.run();
        }
    }

    /** Does something on a thread of the pool; false if there is none to be had. */
    final boolean tryInBackground(Runnable task) {
        try {
            helpers.execute(task);
            return true;
        } catch (Throwable e) { // no memory for one, or so
            return false;
        }
    }

    /** The pool is complete and may be looked at by others; for the end of constructors. More than once does no harm. */
    final void beginLife() {
        if (!told) {
            told = true;
            config.observers().forEach(observer -> observer.accept(this));
        }
        if (config.registerMbeans() && management == null && !ended) {
            management = PlatformManagement.register(this);
        }
    }

    /** The pool is being closed; for the beginning, so that it holds even if closing fails. */
    final void endLife() {
        if (!ended) {
            ended = true;
            history.note(Transition.Kind.POOL_CLOSED);
        }
        Registration present = management;
        if (present != null) {
            management = null;
            present.close();
        }
    }

    /** Whether the pool is being closed, or is closed. */
    final boolean hasEnded() {
        return ended;
    }

    /**
     * For a pool that has been closed, whose connections are closed or aborted: only detached ones are looked after, and what the
     * driver has not done yet.
     */
    final void endHousekeeping() {
        helpers.setKeepAliveTime(1, TimeUnit.MILLISECONDS); // not shut down, for what comes back late
        awaitedCloser.expectLess();
        lostConnections.watchDetachedOnly();
        housekeeper.superviseOnly(this::isBusy);
    }

    /** Whether something is under way that the housekeeper has to see to its end. */
    boolean isBusy() {
        return lostConnections.watches() || awaitedCloser.isBusy() || awaitedOpenings.isBusy();
    }

    // What only some classes have

    List<WaitingThread> waitingThreads(long now) {
        return List.of();
    }

    List<OpeningInFlight> openingsInFlight(long now) {
        return awaitedOpenings.inFlight(now);
    }

    /** Connections on their way out that still count. */
    int connectionsClosing() {
        return 0;
    }

    boolean isSuspended() {
        return false;
    }

    /** Whether a thread waits for a connection while it holds one. */
    boolean waitsNested(Thread thread) {
        return false;
    }

    /** Whether nothing is lent any more, not even what a thread has already. */
    boolean isClosed() {
        return false;
    }

    /** Tells the listeners of a new connection; returns whether they may have done something to it. */
    final boolean tellConnected(ConnectionRecord record) throws SQLException {
        database.recognize(record.requireConnection());
        firstConnect.tell(this, record);
        return listeners.touch(PoolEvent.Kind.CONNECT) || listeners.touch(PoolEvent.Kind.FIRST_CONNECT);
    }

    /** Whether listeners get hold of connections between their checkout and their reset. */
    final boolean listenersTouch() {
        return listeners.touch(PoolEvent.Kind.CHECKOUT) || listeners.touch(PoolEvent.Kind.RESET);
    }

    /** Has a connection closed that nobody uses any more. */
    void end(ConnectionRecord record, Closing closing) {
        awaitedCloser.closeAndWait(closing, record.timeLeft());
    }

    /** A connection has left the pool for good: it is closed, detached or given up. */
    final void gone(Connection connection) {
        drains.left(connection);
    }

    /** Closes a connection that has left the pool. */
    final void closeDetached(Connection connection, CloseReason reason, Closing.Farewell farewell) {
        news.closingDetached(connection, reason);
        awaitedCloser.closeAndWait(Closing.of(this, 0, connection, reason, farewell));
    }

    /** Logs what is of interest only to whoever looks for a fault; {@code echo} brings it to INFO. */
    final void logDetail(String message, @Nullable Object... arguments) {
        logSafely(log -> {
            if (config.echo() == Echo.OFF) {
                log.debug(message, arguments);
            } else {
                log.info(message, arguments);
            }
        });
    }

    /** Logs where nothing may be thrown: an exception's message, and an appender, are not ours. */
    final void logSafely(Consumer<Logger> statement) {
        try {
            statement.accept(log);
        } catch (Throwable e) { // there is nowhere left to report it
            counters.unlogged.incrementAndGet();
        }
    }

    final boolean pingsAlways() {
        return config.prePing() == PrePing.ON;
    }

    /** The timeout in nanoseconds. Without one it is 146 years, so that deadlines do not overflow. */
    final long timeoutNanos() {
        Duration timeout = config.timeout();
        long nanos = timeout == null ? Long.MAX_VALUE : PoolConfig.saturatedNanos(timeout);
        return Math.min(nanos, Long.MAX_VALUE / 2);
    }

    /** Delivers an event that cannot be refused; it is made only if somebody listens. */
    final void announce(PoolEvent.Kind kind, Supplier<PoolEvent> event) {
        if (listeners.wants(kind)) {
            listeners.announce(event.get());
        }
    }

    final ConnectionFactory factory() {
        return factory;
    }

    final @Nullable Interception interception() {
        return interception;
    }

    final Listeners listeners() {
        return listeners;
    }

    final Drains drains() {
        return drains;
    }

    final LostConnections lostConnections() {
        return lostConnections;
    }

    /** Closes, at once, what somebody waits to be gone or does not let go. */
    final Closer awaitedCloser() {
        return awaitedCloser;
    }

    final Housekeeper housekeeper() {
        return housekeeper;
    }

    final History chronicle() {
        return history;
    }

    final Recorder recorder() {
        return recorder.get();
    }

    final News news() {
        return news;
    }

    final FailureNotes failures() {
        return failures;
    }

    final Watch watch() {
        return watch;
    }

    final Tracing tracing() {
        return tracing;
    }

    final HoldLimits holdLimits() {
        return holdLimits;
    }

    final Counters counters() {
        return counters;
    }

    final Ticker ticker() {
        return config.ticker();
    }

    final SessionDefaults sessionDefaults() {
        return sessionDefaults;
    }

    final Dialect dialect() {
        return database.dialect();
    }

    final Logger log() {
        return log;
    }
}
