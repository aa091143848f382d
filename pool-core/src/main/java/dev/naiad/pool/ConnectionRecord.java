/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.RecentFailure;
import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.jdbc.SessionState;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The long-lived slot of a pool and the physical connection it holds at the moment.
 *
 * <p>Its plain fields belong to whoever owns the slot; the transitions of its state word publish them to the next owner. The
 * volatile ones may be written by others: the connection may be invalidated, and the record be marked, at any time.
 */
final class ConnectionRecord extends SessionSlot implements ConnectionPoolEntry {

    private static final long NEVER = Long.MAX_VALUE;

    /** Differs from all of {@link Pool#terms()}. */
    private static final long UNDER_NO_TERMS = 0;

    /** By which part of its life, at most by how much, a connection may be replaced early if there is a chance to. */
    private static final long LEAD_PART = 20;

    private static final long LONGEST_LEAD = TimeUnit.SECONDS.toNanos(30);
    private static final VarHandle CONNECTION;
    private static final VarHandle ATTENTION;
    private static final VarHandle INFO;
    private static final VarHandle RECORD_INFO;

    /** What the next checkout has to see to. */
    private enum Attention {
        /** Nothing. */
        NONE,
        /** The housekeeper may be asleep, as nothing was lent. */
        WATCH,
        /** The same, and the connection has to be asked if it is alive. */
        PING,
        /** It is being asked. */
        ASKED
    }

    static {
        try {
            CONNECTION = MethodHandles.lookup().findVarHandle(ConnectionRecord.class, "connection", Connection.class);
            ATTENTION = MethodHandles.lookup().findVarHandle(ConnectionRecord.class, "attention", Attention.class);
            INFO = MethodHandles.lookup().findVarHandle(ConnectionRecord.class, "info", Map.class);
            RECORD_INFO = MethodHandles.lookup().findVarHandle(ConnectionRecord.class, "recordInfo", Map.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Pool pool;
    private final long id;
    // Made when somebody asks for them, as most records never need them and would weigh 128 bytes more.
    private volatile @Nullable Map<Object, Object> info;
    private volatile @Nullable Map<Object, Object> recordInfo;

    private volatile @Nullable Connection connection;
    private volatile long era;
    private volatile Attention attention = Attention.NONE;
    private volatile boolean softlyInvalid;

    /** The terms of the pool under which there is nothing to see to at checkout, nor on return if nothing was done. */
    private volatile long clearedUnder = UNDER_NO_TERMS;

    private volatile @Nullable SQLException brokenBy;
    private volatile @Nullable Finalizers finalizers;

    private LostConnections.@Nullable PlaceSentinel sentinel;

    /** What has been seen of the present checkout, or of a former one. */
    private volatile @Nullable Loan loan;

    private volatile @Nullable CheckoutTrace trace;

    private boolean transactionWasReset;
    private boolean hearsOfRequests;

    /** Whether listeners had the connection, so that a transaction may be open that its user knows nothing of. */
    private boolean touchedByListeners;

    /** When the present checkout has to be over, in the ticker's time, if {@link #hasDeadline}. */
    private long deadline;

    private boolean hasDeadline;

    private int suspicionsAtRest;

    /** See {@link #brokenOffUnder()}. */
    private volatile long brokenOffUnder;

    /** The word of the last return that its borrower breaks off in person. */
    private volatile long boundUnder;

    /** The word at the last sweep, written by the housekeeper alone, and when it was seen first. */
    private volatile long sweptWord;

    /** What the upkeep saw at its last look. */
    private boolean wasDue;

    ConnectionRecord(Pool pool, long id) {
        this.pool = pool;
        this.id = id;
    }

    // The physical connection

    /**
     * Opens a connection, in place of the present one if there is one. For the owner. On failure the record has none.
     *
     * <p>The time is taken, and the pool's era read, before the factory is called: a slow connect counts towards the age, and
     * an invalidation that happens meanwhile makes the new connection stale.
     */
    void open() throws SQLException {
        closeAtOnce();
        dismissSentinel();
        Map<Object, Object> notes = info;
        if (notes != null) {
            notes.clear();
        }
        clearedUnder = UNDER_NO_TERMS;
        brokenBy = null;
        softlyInvalid = false;
        attention = Attention.NONE;
        openedAt = pool.ticker().nanos();
        lifetime = drawLifetime(pool.config());
        era = pool.era();
        Recorder.Span span = pool.recorder().opening();
        try {
            Connection opened = pool.factory().open(this);
            connection = opened;
            if (opened == null) {
                throw new SQLException(
                        "Pool '" + pool.name() + "': the connection factory " + pool.factory()
                                + " returned null instead of a connection.",
                        "08001");
            }
        } catch (Throwable e) {
            span.end(this, e);
            pool.chronicle().noteFailure(Transition.Kind.OPEN_FAILED, id, e);
            pool.counters().openFailures.incrementAndGet();
            pool.failures().openingFailed(e);
            pool.logDetail("Pool '{}': opening connection {} failed", pool.name(), id, e);
            pool.announce(PoolEvent.Kind.CONNECT_FAILED, () -> new PoolEvent.ConnectFailed(pool, this, e));
            throw e;
        }
        span.end(this, null);
        pool.chronicle().note(Transition.Kind.OPENED, id);
        pool.counters().opened.incrementAndGet();
        try {
            pool.counters().openNanos.addAndGet(pool.ticker().nanos() - openedAt);
            SessionState session = new SessionState();
            begin(session);
            pool.logDetail("Pool '{}': opened connection {}", pool.name(), id);
            Connection opened = requireConnection();
            hearsOfRequests = SessionState.hearsOfRequests(opened);
            session.prepare(opened, pool.sessionDefaults());
            touchedByListeners = pool.tellConnected(this);
            sentinel = pool.lostConnections().watch(this, session);
        } catch (Throwable e) {
            discardRejected(e);
            throw e;
        }
    }

    private static long drawLifetime(PoolConfig config) {
        Duration recycle = config.recycle();
        if (recycle == null) {
            return NEVER;
        }
        double kept = 1 - config.recycleJitter() * ThreadLocalRandom.current().nextDouble();
        return (long) (PoolConfig.saturatedNanos(recycle) * kept);
    }

    private void discardRejected(Throwable cause) {
        Connection rejected = takeConnection();
        if (rejected != null) {
            try {
                announceInvalid(rejected, cause);
            } finally {
                close(rejected, CloseReason.REJECTED);
            }
        }
    }

    /** Has nobody watch any more; for the owner. */
    void dismissSentinel() {
        LostConnections.PlaceSentinel present = sentinel;
        if (present != null) {
            sentinel = null;
            present.dismiss();
        }
    }

    /** Who watches over the present connection; for the owner. */
    LostConnections.@Nullable PlaceSentinel sentinel() {
        return sentinel;
    }

    /** Reports the connection as unfit and closes it, if there is one. For anybody. */
    @Override
    public void invalidate(@Nullable Throwable cause) {
        Connection unfit = takeConnection();
        if (unfit != null) {
            invalidate(unfit, cause, () -> pool.dialect().terminate(unfit));
        }
    }

    /** As {@link #invalidate}, with the user's own way to abort the connection. */
    void abort(Executor executor) {
        Connection unfit = takeConnection();
        if (unfit != null) {
            // A running statement may hold the driver's lock, so its statements are left to the driver.
            invalidate(unfit, null, () -> {
                try {
                    unfit.abort(executor);
                } finally {
                    pool.dialect().terminate(unfit);
                }
            });
        }
    }

    private void invalidate(Connection unfit, @Nullable Throwable cause, Closing.Farewell farewell) {
        pool.logSafely(log -> log.info("Pool '{}': connection {} is invalidated{}", pool.name(), id, because(cause)));
        end(unfit, cause, farewell);
    }

    private void end(Connection unfit, @Nullable Throwable cause, Closing.Farewell farewell) {
        try {
            announceInvalid(unfit, cause);
        } finally {
            close(unfit, CloseReason.INVALIDATED, farewell);
        }
    }

    /**
     * Decides that the return under way under this word has taken too long: from now on it leads to nothing, whenever it ends. False
     * if it has ended.
     */
    boolean tryBreakOff(long word) {
        clearedUnder = UNDER_NO_TERMS;
        brokenOffUnder = wordAfter(word, Mode.RETURNING);
        return tryMove(word, Mode.RETURNING);
    }

    /** The word of the last return that was broken off, unless it ended in the last moment; no other return ever has it. */
    long brokenOffUnder() {
        return brokenOffUnder;
    }

    /**
     * For who gives back: whether the return was not broken off, and will not be.
     *
     * <p>Unless a borrower does so, none is broken off before it has been seen by two sweeps; so one that was not seen at all need not
     * prove it.
     */
    private boolean tryEndReturn() {
        long word = ticket();
        return modeOf(word) != Mode.RETURNING
                || word != brokenOffUnder && (word != sweptWord && word != boundUnder || tryMove(word, Mode.RETURNING));
    }

    /** From now on it is up to the borrower to break off the return that is under way under this word. */
    void markBound(long word) {
        boundUnder = word;
    }

    /** Whether the return of this loan was broken off. For who gives back. */
    boolean isBrokenOff(long ticket) {
        return brokenOffUnder == wordAfter(wordAfter(ticket, Mode.RETURNING), Mode.RETURNING);
    }

    /**
     * Takes the connection away from whoever is giving it back and does not come to an end.
     *
     * @param limit what it takes longer than
     * @param borrower who gives it back, if known
     * @param runner who calls the driver for that, if known
     */
    void breakOff(String limit, @Nullable Thread borrower, @Nullable Thread runner) {
        String news = "giving back connection " + id + " takes longer than " + limit;
        pool.logSafely(log -> log.warn(
                "Pool '{}': {}{}; it is aborted", pool.name(), news, DriverCall.whereabouts(borrower, runner)));
        SQLException cause = new SQLTimeoutException("Pool '" + pool.name() + "': " + news + ".", "HYT00");
        pool.failures().note(RecentFailure.Place.RESETTING, cause);
        Connection unfit = takeConnection();
        if (unfit != null) {
            end(unfit, cause, () -> pool.dialect().terminate(unfit));
        }
    }

    private static String because(@Nullable Throwable cause) {
        return cause == null ? "" : " because of " + cause;
    }

    private void announceInvalid(Connection unfit, @Nullable Throwable cause) {
        pool.chronicle().noteFailure(Transition.Kind.INVALIDATED, id, cause);
        pool.announce(PoolEvent.Kind.INVALIDATE, () -> new PoolEvent.Invalidate(pool, this, unfit, cause));
    }

    @Override
    public void invalidateSoftly(@Nullable Throwable cause) {
        Connection present = connection;
        if (present == null) {
            return;
        }
        softlyInvalid = true;
        clearedUnder = UNDER_NO_TERMS;
        pool.housekeep();
        pool.logSafely(log -> log.info("Pool '{}': connection {} will be replaced{}", pool.name(), id, because(cause)));
        pool.chronicle().noteFailure(Transition.Kind.SOFTLY_INVALIDATED, id, cause);
        pool.announce(PoolEvent.Kind.SOFT_INVALIDATE, () -> new PoolEvent.SoftInvalidate(pool, this, present, cause));
    }

    /** Closes the connection if there is one. Failures are logged: nobody has a use for this connection any more. */
    void closeConnection(CloseReason reason) {
        Connection old = takeConnection();
        if (old != null) {
            close(old, reason);
        }
    }

    /** In order to open another one in its place, for which it has to be gone. */
    private void closeAtOnce() {
        Connection old = takeConnection();
        if (old != null) {
            try {
                announceClose(old, CloseReason.RECYCLED);
            } finally {
                pool.awaitedCloser()
                        .closeAndWait(Closing.of(
                                pool,
                                id,
                                old,
                                CloseReason.RECYCLED,
                                () -> pool.dialect().terminate(old)));
            }
        }
    }

    /** Leaves the record without a connection; null if somebody else did that before. */
    @Nullable
    Connection takeConnection() {
        Connection present = connection;
        if (present == null || !CONNECTION.compareAndSet(this, present, null)) {
            return null;
        }
        clearedUnder = UNDER_NO_TERMS;
        finalizers = null;
        return present;
    }

    private void announceClose(Connection old, CloseReason reason) {
        pool.chronicle().note(Transition.Kind.CLOSED, id, reason.name());
        pool.announce(PoolEvent.Kind.CLOSE, () -> new PoolEvent.Close(pool, this, old, reason));
        pool.logDetail("Pool '{}': closing connection {} ({})", pool.name(), id, reason);
    }

    private void close(Connection old, CloseReason reason) {
        close(old, reason, () -> {
            switch (reason) {
                case RECYCLED, INVALIDATED, REJECTED, LATE, LOST, HELD_TOO_LONG ->
                    pool.dialect().terminate(old);
                default -> closeGracefully(old);
            }
        });
    }

    private void close(Connection old, CloseReason reason, Closing.Farewell farewell) {
        try {
            announceClose(old, reason);
        } finally {
            pool.end(this, Closing.of(pool, id, old, reason, farewell));
        }
    }

    private void closeGracefully(Connection old) throws SQLException {
        // What close() does to an open transaction differs between databases: some refuse, some commit.
        try {
            if (pool.config().resetOnReturn() == ResetOnReturn.NONE && !old.getAutoCommit()) {
                pool.dialect().rollback(old);
            }
        } finally {
            pool.dialect().close(old);
        }
    }

    /** Ends a connection whose user does not let go. The slot stays with its user. */
    void abandon(CloseReason reason) {
        Connection held = connection;
        if (held != null) {
            pool.awaitedCloser().abort(held, reason);
        }
    }

    // Marks

    /** Whether it can be lent, perhaps after a ping. */
    boolean usable() {
        return connection != null && era == pool.era() && !softlyInvalid && !expired();
    }

    /**
     * Whether, under the pool's present terms, neither this checkout nor a return after which there is nothing to undo has to
     * look any further: the connection is usable, nothing is marked, and no listener wants to hear of it.
     */
    boolean isCleared(long terms) {
        return clearedUnder == terms;
    }

    /**
     * Notes that everything was found in order for lending under these terms, and that the pool wants nothing done. For the owner.
     *
     * <p>Who marks a record denies the clearance after the mark; here the marks are looked at after the clearance. So a
     * record is never both marked and cleared for long.
     */
    void clear(long terms) {
        if (hearsOfRequests) {
            return;
        }
        clearedUnder = terms;
        if (needsAttention()
                || softlyInvalid
                || touchedByListeners
                || transactionWasReset
                || brokenBy != null
                || finalizers != null
                || era != pool.era() // which changes before the terms do
                || connection == null) {
            clearedUnder = UNDER_NO_TERMS;
        }
    }

    private boolean expired() {
        return lifetime != NEVER && pool.ticker().nanos() - openedAt > lifetime;
    }

    /** Whether an idle connection ought to be replaced: it may not be lent any more, or soon will not be. For the upkeep. */
    boolean isDue() {
        return connection != null && (!usable() || untilDue() <= 0);
    }

    /** Remembers whether it is due; returns whether it was at the last look. */
    boolean wasDue(boolean isDue) {
        boolean before = wasDue;
        wasDue = isDue;
        return before;
    }

    /** How long until its age makes it due. */
    long untilDue() {
        if (lifetime == NEVER) {
            return NEVER;
        }
        long lead = pool.config().recycleJitter() == 0 ? 0 : Math.min(lifetime / LEAD_PART, LONGEST_LEAD);
        return lifetime - lead + 1 - (pool.ticker().nanos() - openedAt);
    }

    /** Looks whether the record has been used since the last look; true if it has been at rest. */
    boolean rests(long now) {
        long word = ticket();
        boolean same = word == restWord;
        if (!same) {
            restWord = word;
            restSince = now;
            keepaliveDraw = ThreadLocalRandom.current().nextDouble();
        }
        return same;
    }

    /** How long until a connection at rest has been silent for that long, less a part at random. */
    long untilSilent(long keepalive, double jitter, long now) {
        return (long) (keepalive * (1 - jitter * keepaliveDraw)) - (now - restSince);
    }

    /** The pool's era when the connection was opened. */
    long era() {
        return era;
    }

    /** Whether there is something to see to before it is lent. */
    boolean needsAttention() {
        return attention != Attention.NONE;
    }

    /** Whether the connection has to be asked if it is alive before it is lent. */
    boolean needsPing() {
        return attention == Attention.PING;
    }

    void markSuspect() {
        attention = Attention.PING;
        clearedUnder = UNDER_NO_TERMS;
    }

    /** It is asked now; a suspicion that comes later is not dispelled by the answer. For the owner. */
    void markAsked() {
        attention = Attention.ASKED;
    }

    /** It has answered. */
    void markAlive() {
        ATTENTION.compareAndSet(this, Attention.ASKED, Attention.NONE);
    }

    /** The housekeeper has been woken; a ping that became due meanwhile stays so. */
    void markWatched() {
        ATTENTION.compareAndSet(this, Attention.WATCH, Attention.NONE);
    }

    /**
     * Lets go of the session if the record has been lent, and marks the record if it has been at rest, since the last sweep.
     *
     * <p>A borrower takes the record first and looks at the mark afterwards; here the mark is set first and the record looked
     * at afterwards. So either the borrower wakes the housekeeper, or the housekeeper stays awake.
     *
     * @return whether a later sweep may find something to do, if nobody wakes the housekeeper
     */
    boolean sweep() {
        long word = ticket();
        Mode mode = modeOf(word);
        boolean unchanged = word == sweptWord;
        sweptWord = word;
        if (expired()) {
            clearedUnder = UNDER_NO_TERMS;
        }
        if (mode == Mode.IN_USE) {
            if (unchanged) {
                letGo(word);
            }
            markSample();
            return true;
        }
        if (!unchanged || mode == Mode.RETURNING) {
            return true;
        }
        forgetBorrower(word);
        if (mode == Mode.VACANT) {
            return false;
        }
        Attention due = pool.config().prePing() == PrePing.IDLE ? Attention.PING : Attention.WATCH;
        Attention present = attention;
        if (present != Attention.PING && present != Attention.ASKED && present != due) {
            ATTENTION.compareAndSet(this, present, due);
        }
        clearedUnder = UNDER_NO_TERMS;
        return ticket() != word;
    }

    /** Whether it has been coming back for longer than it may. For the housekeeper, before each {@link #sweep}. */
    boolean returnsTooLong(long word) {
        if (modeOf(word) != Mode.RETURNING || word == brokenOffUnder || word == boundUnder) {
            return false;
        }
        long now = pool.ticker().nanos();
        if (word != sweptWord) {
            sweptSince = now;
        }
        return now - sweptSince >= pool.returnLimitNanos();
    }

    /** Has the next checkout looked at, and so traced. */
    private void markSample() {
        if (pool.tracing().samples()) {
            ATTENTION.compareAndSet(this, Attention.NONE, Attention.WATCH);
            clearedUnder = UNDER_NO_TERMS;
        }
    }

    /**
     * So that no thread is kept alive by a connection at rest. A borrower takes the record first and looks at its predecessor's name
     * afterwards; here it is struck out first and the record looked at afterwards.
     */
    private void forgetBorrower(long word) {
        trace = null;
        SessionState session = session();
        Thread last = session == null ? null : session.borrower();
        if (session != null && last != null && session.forget(last) && ticket() != word) {
            session.remember(last);
        }
    }

    // Loans

    /** What is known of the present checkout, brought up to date; null if there is none. For anybody. */
    @Nullable
    Loan look(long now) {
        long word = ticket();
        Mode mode = modeOf(word);
        Loan known = loan;
        if (mode == Mode.RETURNING && known != null && isReturningFrom(known)) {
            return known;
        }
        if (mode != Mode.RETURNING && (mode != Mode.IN_USE || !isLentUnder(word))) {
            return null;
        }
        SessionState session = session();
        if (known == null || known.ticket != word) {
            Thread borrower = session == null ? null : session.borrower();
            if (session == null || borrower == null || ticket() != word) {
                return null;
            }
            known = new Loan(word, ThreadIdentities.of(borrower), session.calls(), now);
            loan = known;
        } else if (session != null) {
            known.note(session.calls(), now);
        }
        return known;
    }

    boolean isReturningFrom(Loan known) {
        return isReturning(known.ticket) || known.ticket == ticket() && mode() == Mode.RETURNING;
    }

    /** Whether a loan has come to its end. */
    boolean isOver(Loan known) {
        return ticket() != known.ticket && !isReturning(known.ticket);
    }

    /** Who was last seen to have borrowed it. */
    String borrowerSeen() {
        Loan known = loan;
        return known == null ? "unknown" : ThreadIdentities.nameOf(known.borrower);
    }

    /** Notes where it is being checked out; for the borrower. */
    void traced(CheckoutTrace checkout) {
        trace = checkout;
    }

    /** Where it was checked out under this ticket; empty if that was not traced. */
    List<StackTraceElement> borrowedAt(long ticket) {
        CheckoutTrace present = trace;
        return present == null || present.ticket != ticket ? List.of() : present.frames();
    }

    void markExposed(long ticket) {
        exposedTicket = ticket;
    }

    /** Whether one of the driver's objects was handed out during this loan, so that it may be in use without the proxy. */
    boolean isExposedUnder(long ticket) {
        return exposedTicket == ticket;
    }

    /** Remembers that the driver reported the connection as dead; false if that was known. For anybody. */
    boolean markBroken(SQLException cause) {
        boolean news = brokenBy == null;
        brokenBy = cause;
        clearedUnder = UNDER_NO_TERMS;
        return news;
    }

    @Nullable
    SQLException brokenBy() {
        return brokenBy;
    }

    // Checkout and return

    /** The last steps of a return; the record belongs to the pool afterwards. */
    void checkin() {
        if (pool.tryReceive(this)) {
            return;
        }
        transactionWasReset = false;
        hasDeadline = false;
        if (pool.pingsAlways()) {
            markSuspect();
        }
        try {
            announceCheckin();
        } finally {
            comeBack();
        }
    }

    private void comeBack() {
        if (tryEndReturn()) {
            pool.receive(this);
        } else {
            pool.receiveLate(this);
        }
    }

    /** The same, of a record whose connection is not clean. */
    void closeAndCheckin() {
        try {
            closeConnection(CloseReason.INVALIDATED);
        } finally {
            checkin();
        }
    }

    /** A return without a connection, of which nobody is told: it was detached. */
    void leave() {
        transactionWasReset = false;
        hasDeadline = false;
        pool.receive(this);
    }

    void announceCheckin() {
        if (pool.listeners().wants(PoolEvent.Kind.CHECKIN)) {
            pool.listeners().announce(new PoolEvent.Checkin(pool, this, connection));
        }
    }

    /** Goes to rest in a pool that has no queue to do that. */
    void rest() {
        suspicionsAtRest = pool.suspicions();
        moveTo(connection == null ? Mode.VACANT : Mode.IDLE);
    }

    /** The reverse of {@link #rest}, or the end of an opening. */
    void awake() {
        if (mode() == Mode.IDLE && suspicionsAtRest != pool.suspicions()) {
            markSuspect();
        }
        moveTo(Mode.IN_USE);
    }

    /** The deadline of the present checkout; if none was set by waiting, one that begins now. */
    long deadline() {
        if (!hasDeadline) {
            setDeadline(pool.ticker().nanos() + pool.timeoutNanos());
        }
        return deadline;
    }

    void setDeadline(long nanos) {
        deadline = nanos;
        hasDeadline = true;
    }

    /** For the owner: a checkout that waited leaves no trace for the next one. */
    void clearDeadline() {
        hasDeadline = false;
    }

    /** Whether the driver is told of the beginning and the end of each checkout. */
    boolean hearsOfRequests() {
        return hearsOfRequests;
    }

    boolean touchedByListeners() {
        return touchedByListeners;
    }

    /** The transaction has been ended, whoever had begun it. */
    void markUntouched() {
        touchedByListeners = false;
    }

    boolean transactionWasReset() {
        return transactionWasReset;
    }

    void transactionWasReset(boolean reset) {
        transactionWasReset = reset;
        clearedUnder = UNDER_NO_TERMS;
    }

    void runFinalizers(Connection connection) throws SQLException {
        Finalizers present = finalizers;
        if (present != null) {
            finalizers = null;
            present.run(connection);
        }
    }

    /** For a connection that leaves: the actions go with it. */
    @Nullable
    Finalizers takeFinalizers() {
        Finalizers present = finalizers;
        finalizers = null;
        return present;
    }

    @Override
    public void addFinalizer(ConnectionAction action) {
        Finalizers present = finalizers;
        if (present == null) {
            present = new Finalizers();
            finalizers = present;
        }
        present.add(action);
        clearedUnder = UNDER_NO_TERMS;
    }

    Pool pool() {
        return pool;
    }

    Connection requireConnection() {
        Connection present = connection;
        if (present == null) {
            throw new IllegalStateException(this + " has no connection.");
        }
        return present;
    }

    // ConnectionPoolEntry

    @Override
    public long id() {
        return id;
    }

    @Override
    public @Nullable Connection connection() {
        return connection;
    }

    @Override
    public boolean inUse() {
        return mode() == Mode.IN_USE;
    }

    @Override
    public Duration age() {
        return connection == null
                ? Duration.ZERO
                : Duration.ofNanos(pool.ticker().nanos() - openedAt);
    }

    @Override
    public Map<Object, Object> info() {
        Map<Object, Object> notes = info;
        return notes == null ? made(INFO) : notes;
    }

    @Override
    public Map<Object, Object> recordInfo() {
        Map<Object, Object> notes = recordInfo;
        return notes == null ? made(RECORD_INFO) : notes;
    }

    @SuppressWarnings("unchecked") // the type of both
    private Map<Object, Object> made(VarHandle notes) {
        Map<Object, Object> fresh = new ConcurrentHashMap<>();
        Map<Object, Object> others = (Map<Object, Object>) notes.compareAndExchange(this, null, fresh);
        return others == null ? fresh : others;
    }

    @Override
    public String toString() {
        return "Entry " + id + " of pool '" + pool.name() + "' (" + mode() + ")";
    }
}
