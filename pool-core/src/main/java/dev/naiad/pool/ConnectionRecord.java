/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.jdbc.SessionState;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The long-lived slot of a pool and the physical connection it holds at the moment.
 *
 * <p>Its plain fields belong to whoever owns the slot; the transitions of its state word publish them to the next owner. The
 * volatile ones may be written by others: the connection may be invalidated, and the record be marked, at any time.
 */
final class ConnectionRecord extends AgeingSlot implements ConnectionPoolEntry {

    /** Differs from all of {@link Pool#terms()}. */
    private static final long UNDER_NO_TERMS = 0;

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

    /** The number of the last opening that may be {@linkplain #forsake forsaken}, and of the last that was. */
    private volatile int attempt;

    private volatile int forsakenAttempt = -1;

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
        beginLife(pool);
        era = pool.drains().arriving(this);
        try {
            if (attempt == forsakenAttempt) {
                throw Overdue.failure(pool); // which nobody hears
            }
            openNow();
        } finally {
            pool.drains().arrived(this);
        }
    }

    private void openNow() throws SQLException {
        Recorder.Span opening = pool.recorder().opening();
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
            pool.news().openingFailed(this, opening, e);
            throw e;
        }
        pool.news().opened(this, opening);
        if (attempt == forsakenAttempt) {
            return; // who finds that out closes it
        }
        try {
            pool.drains().opened(this);
            pool.counters().openNanos.addAndGet(ageNanos(pool));
            SessionState session = new SessionState();
            begin(session);
            Connection opened = requireConnection();
            hearsOfRequests = SessionState.hearsOfRequests(opened);
            session.prepare(opened, pool.sessionDefaults());
            touchedByListeners = pool.tellConnected(this);
            sentinel = pool.lostConnections().watch(this, session);
        } catch (Throwable e) {
            end(e, CloseReason.REJECTED);
            throw e;
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
            logInvalidation(cause);
            end(cause, Closing.of(pool, id, unfit, CloseReason.INVALIDATED));
        }
    }

    /** As {@link #invalidate}, where it is for the caller to tell the log. */
    void end(Throwable cause, CloseReason reason) {
        Connection unfit = takeConnection();
        if (unfit != null) {
            end(cause, Closing.of(pool, id, unfit, reason));
        }
    }

    /** As {@link #invalidate}, with the user's own way to abort the connection. */
    void abort(Executor executor) {
        Connection unfit = takeConnection();
        if (unfit != null) {
            logInvalidation(null);
            // A running statement may hold the driver's lock, so its statements are left to the driver.
            end(null, Closing.of(pool, id, unfit, CloseReason.INVALIDATED, () -> {
                try {
                    unfit.abort(executor);
                } finally {
                    pool.dialect().terminate(unfit);
                }
            }));
        }
    }

    private void logInvalidation(@Nullable Throwable cause) {
        pool.logSafely(
                log -> log.info("Pool '{}': connection {} is invalidated{}", pool.name(), id, News.because(cause)));
    }

    private void end(@Nullable Throwable cause, Closing closing) {
        try {
            pool.news().invalidated(this, closing.connection, cause);
        } finally {
            close(closing);
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

    @Override
    public void invalidateSoftly(@Nullable Throwable cause) {
        Connection present = connection;
        if (present == null) {
            return;
        }
        softlyInvalid = true;
        clearedUnder = UNDER_NO_TERMS;
        pool.housekeep();
        pool.news().softlyInvalidated(this, present, cause);
    }

    /** Closes the connection if there is one. Failures are logged: nobody has a use for this connection any more. */
    void closeConnection(CloseReason reason) {
        Connection old = takeConnection();
        if (old != null) {
            close(Closing.of(pool, id, old, reason));
        }
    }

    /** In order to open another one in its place, for which it has to be gone. */
    private void closeAtOnce() {
        Connection old = takeConnection();
        if (old != null) {
            try {
                pool.news().closing(this, old, CloseReason.RECYCLED);
            } finally {
                pool.awaitedCloser().closeToTheEnd(Closing.of(pool, id, old, CloseReason.RECYCLED));
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

    private void close(Closing closing) {
        try {
            pool.news().closing(this, closing.connection, closing.reason);
        } finally {
            pool.end(this, closing);
        }
    }

    /** Ends a connection whose user does not let go. The slot stays with its user. */
    void abandon(CloseReason reason) {
        Connection held = connection;
        if (held != null) {
            pool.awaitedCloser().abort(held, reason);
        }
    }

    /** An opening is about to begin; returns its number. For the owner. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // the owner alone
    int nextAttempt() {
        return ++attempt;
    }

    int attempt() {
        return attempt;
    }

    /**
     * Nobody wants any more what is being opened. It need be neither opened nor prepared for use; if the latter is under way the
     * connection is aborted, as it may hang like everything else. For anybody, however late.
     */
    void forsake(int unwanted) {
        forsakenAttempt = unwanted; // before the connection is looked for, as who opens it does it the other way round
        Connection held = connection;
        if (attempt != unwanted) {
            return; // what is held may have been opened later
        }
        pool.drains().forsaken(this, unwanted);
        if (held != null) {
            pool.awaitedCloser().abort(held, CloseReason.LATE);
        }
    }

    // Marks

    /** Whether it can be lent, perhaps after a ping. */
    boolean usable() {
        return connection != null && era == pool.era() && !softlyInvalid && !isExpired(pool);
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

    /** Whether an idle connection ought to be replaced: it may not be lent any more, or soon will not be. For the upkeep. */
    boolean isDue() {
        return connection != null && (!usable() || untilDue(pool) <= 0);
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
        if (isExpired(pool)) {
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

    /** What was last seen of a checkout; null if nothing was. For {@link Loan}, which knows whether it is the present one. */
    @Nullable
    Loan lastSeen() {
        return loan;
    }

    void seen(Loan present) {
        loan = present;
    }

    /** Notes where it is being checked out; for the borrower. */
    void traced(CheckoutTrace checkout) {
        trace = checkout;
    }

    /** Where it was checked out under this ticket; null if that was not traced. */
    @Nullable
    CheckoutTrace trace(long ticket) {
        CheckoutTrace present = trace;
        return present == null || present.ticket != ticket ? null : present;
    }

    /** The same as frames; empty if it was not traced. */
    List<StackTraceElement> borrowedAt(long ticket) {
        CheckoutTrace present = trace(ticket);
        return present == null ? List.of() : present.frames();
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

    /** How much time is left to whoever is being given the record, or closes it; without a deadline, any. */
    long timeLeft() {
        return hasDeadline ? Math.max(0, deadline - pool.ticker().nanos()) : Long.MAX_VALUE;
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
        return connection == null ? Duration.ZERO : Duration.ofNanos(ageNanos(pool));
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
