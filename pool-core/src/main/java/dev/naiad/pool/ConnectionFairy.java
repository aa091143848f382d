/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.RecentFailure;
import dev.naiad.pool.dialect.Disconnect;
import dev.naiad.pool.jdbc.ConnectionProxy;
import dev.naiad.pool.jdbc.Interception;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The proxy of one checkout. It holds the ticket of its record, so only it can give the record back, and only once.
 *
 * <p>Giving back never loses the slot, whatever driver and listeners throw: once the ticket is spent, every path leads to
 * {@link ConnectionRecord#checkin()}, either with a connection that is clean or without one.
 *
 * <p>Detaching spends the ticket, too. It is announced in {@link #detached} before: who tries to close and finds the ticket
 * spent looks there, so that of a close and a detach at the same time neither is lost.
 */
final class ConnectionFairy extends ConnectionProxy implements PoolProxiedConnection {

    private final ConnectionRecord record;
    private final long ticket;
    private volatile @Nullable DetachedConnection detached;

    ConnectionFairy(ConnectionRecord record, Connection connection, long ticket, Thread borrower) {
        super(connection, record.requireSession(), borrower);
        this.record = record;
        this.ticket = ticket;
    }

    ConnectionRecord record() {
        return record;
    }

    private Pool pool() {
        return record.pool();
    }

    /** Spends the ticket; true for the first caller and never again. */
    private boolean tryBeginReturn() {
        if (!record.tryBeginReturn(ticket)) {
            return false;
        }
        record.keep(session());
        return true;
    }

    @Override
    public void close() throws SQLException {
        if (pristine() && detached == null && pool().tryRest(record, ticket)) {
            seal();
            pool().rested(record);
            return;
        }
        SQLException lostCommit = tryBeginReturn() ? giveBack() : closeDetached();
        if (lostCommit != null) {
            throw lostCommit;
        }
    }

    /** Returns the failure of a commit, or null. */
    private @Nullable SQLException giveBack() throws SQLException {
        Duration limit = pool().config().resetTimeout();
        if (limit == null) {
            return giveBackNow();
        }
        try {
            return new BoundedReturn(this).await(limit);
        } finally {
            seal(); // who does it may be in the driver for ever
        }
    }

    /** The same on this thread, however long it takes. Whatever happens, only a clean connection goes back. */
    @Nullable
    SQLException giveBackNow() {
        boolean clean = false;
        try {
            Connection raw = delegate();
            clean = pool().isCleared(record) && tryTidy(raw) || tidy(raw);
            return null;
        } catch (Throwable e) {
            return failed(e);
        } finally {
            seal();
            if (clean) {
                record.checkin();
            } else {
                record.closeAndCheckin();
            }
        }
    }

    /** Does what is to be done in most cases. False if that would not be all. */
    private boolean tryTidy(Connection raw) throws SQLException {
        if (hasStatements() || exposed() || used() && (!raw.getAutoCommit() || begunAsSql())) {
            return false;
        }
        restoreSession();
        return true;
    }

    /** False if there is nothing left to tidy, as the connection was invalidated behind the user's back. */
    private boolean tidy(Connection raw) throws SQLException {
        if (hasStatements()) {
            closeStatements(this::statementFailed);
        }
        if (record.connection() == null) {
            return false;
        }
        SQLException broken = record.brokenBy();
        if (broken != null) {
            throw broken;
        }
        reset(raw, pool().config().resetOnReturn(), record);
        record.runFinalizers(raw);
        return true;
    }

    private @Nullable SQLException failed(Throwable e) {
        boolean owesCommit = owesCommit();
        if (!record.isBrokenOff(ticket)) { // which was said
            pool().failures().note(RecentFailure.Place.RESETTING, e);
            logFailedReset(e);
            record.invalidate(e);
        }
        if (e instanceof Error error) {
            throw error;
        }
        return owesCommit ? lostCommit(e) : null;
    }

    /** Whether a commit that fails on return is to be told to whoever closes this. */
    boolean owesCommit() {
        return pool().config().resetOnReturn() == ResetOnReturn.COMMIT && used();
    }

    /** A connection that has died is no news worth a stack trace: its invalidation is logged. */
    @SuppressWarnings("ReferenceEquality") // this very one was reported
    private void logFailedReset(Throwable e) {
        boolean dead = e == record.brokenBy()
                || e instanceof SQLException exception
                        && pool().classify(exception, record.connection()) != Disconnect.NONE;
        if (!dead) {
            pool().logSafely(log -> log.error("Pool '{}': resetting {} failed", pool().name(), record, e));
        }
    }

    private SQLException lostCommit(Throwable cause) {
        return cause instanceof SQLException exception
                ? exception
                : new SQLException("Pool '" + pool().name() + "': the commit on return failed.", cause);
    }

    /** Tells the listeners, ends the transaction and restores the session. */
    private void reset(Connection raw, ResetOnReturn style, @Nullable ConnectionRecord place) throws SQLException {
        boolean wasReset = record.transactionWasReset() && !used();
        if (pool().listeners().wants(PoolEvent.Kind.RESET)) {
            pool().listeners().fire(new PoolEvent.Reset(pool(), place, raw, wasReset, place == null));
        }
        // Listeners work on the driver's connection, where nobody sees what they begin.
        boolean touched = used() || !wasReset && (record.touchedByListeners() || pool().listenersTouch());
        if (touched || wasReset && style == ResetOnReturn.COMMIT) {
            endTransaction(raw, style, place, touched);
        }
        if (place != null) {
            record.markUntouched();
            restoreSession();
            if (record.hearsOfRequests()) {
                raw.endRequest();
            }
        }
    }

    private void endTransaction(Connection raw, ResetOnReturn style, @Nullable ConnectionRecord place, boolean touched)
            throws SQLException {
        boolean open = !raw.getAutoCommit();
        boolean begun = !open && begunAsSql();
        if (begun || open && workOpen()) {
            pool().news().leftOpen(place, raw, style);
        }
        switch (style) {
            case COMMIT -> {
                if (open) {
                    pool().dialect().commit(raw);
                } else if (begun) {
                    pool().dialect().commitBegun(raw);
                }
            }
            case ROLLBACK -> {
                if (open && touched) {
                    pool().dialect().rollback(raw);
                } else if (begun) {
                    pool().dialect().rollbackBegun(raw);
                }
            }
            case NONE -> {
                // To restore autocommit would commit what is open, without anybody having asked for it.
                if (open && touched && sessionDirty()) {
                    pool().dialect().rollback(raw);
                }
            }
        }
    }

    void statementFailed(Throwable e) {
        if (e instanceof SQLException exception) {
            onFailure(exception);
        }
        pool().logSafely(log -> log.warn("Pool '{}': closing a statement of {} failed", pool().name(), record, e));
    }

    @Override
    public void invalidate(@Nullable Throwable cause) {
        if (tryBeginReturn()) {
            seal();
            try {
                record.invalidate(cause);
            } finally {
                record.checkin();
            }
            return;
        }
        DetachedConnection mine = detached;
        if (mine != null && mine.tryClose()) {
            Connection raw = delegate();
            seal();
            pool().closeDetached(
                            raw, CloseReason.DETACHED, () -> pool().dialect().terminate(raw));
        } else {
            warnOfLateInvalidation();
        }
    }

    void warnOfLateInvalidation() {
        pool().logSafely(log -> log.warn("Pool '{}': a closed connection cannot be invalidated", pool().name()));
    }

    @Override
    public void invalidateSoftly(@Nullable Throwable cause) {
        if (!sealed() && detached == null && !isTakenBack()) {
            record.invalidateSoftly(cause);
        }
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        if (executor == null) {
            throw new SQLException("abort needs an executor, not null.");
        }
        Connection raw = delegate();
        if (tryBeginReturn()) {
            seal();
            try {
                record.abort(executor);
            } finally {
                record.checkin();
            }
            return;
        }
        DetachedConnection mine = detached;
        if (mine != null && mine.tryClose()) {
            seal();
            pool().closeDetached(raw, CloseReason.DETACHED, () -> {
                raw.abort(executor);
                raw.close();
            });
        } else if (record.isReturning(ticket)) {
            record.abandon(CloseReason.INVALIDATED); // its close() may be stuck in the driver
        }
    }

    /** Lets go of the record without giving it back, for the pool to replace its connection; false if it was gone already. */
    boolean letGo() {
        if (!tryBeginReturn()) {
            return false;
        }
        seal();
        return true;
    }

    @Override
    public void detach() {
        if (sealed() || detached != null) {
            return;
        }
        DetachedConnection mine = new DetachedConnection(record.info());
        detached = mine;
        if (!tryBeginReturn()) {
            detached = null;
            return;
        }
        Finalizers finalizers = record.takeFinalizers();
        Connection raw = record.takeConnection();
        if (raw != null) {
            pool().gone(raw);
        }
        record.leave();
        if (raw == null) {
            mine.tryClose();
            seal(); // invalidated meanwhile
        } else if (mine.opened(finalizers, pool().lostConnections().watch(mine, raw, exposed()))) {
            pool().news().detached(record, raw);
        } else {
            seal(); // closed meanwhile
            pool().closeDetached(
                            raw, CloseReason.DETACHED, () -> pool().dialect().terminate(raw));
        }
    }

    private @Nullable SQLException closeDetached() throws SQLException {
        DetachedConnection mine = detached;
        if (mine == null) {
            closeTakenBack();
            return null;
        }
        if (!mine.tryBeginEnd()) {
            return null;
        }
        Connection raw = delegate();
        Duration limit = pool().config().resetTimeout();
        try {
            if (limit != null) {
                mine.dismiss(); // whoever waits sees to it
                return new DetachedReset(this, mine, raw).await(limit);
            }
            try {
                return resetDetached(mine);
            } finally {
                mine.dismiss();
                endDetached(raw, false);
            }
        } finally {
            seal();
        }
    }

    /** Makes a detached connection fit for being closed; returns the failure of a commit, or null. */
    @Nullable
    SQLException resetDetached(DetachedConnection mine) {
        boolean owesCommit = false;
        try {
            Connection raw = delegate();
            closeStatements(this::statementFailed);
            owesCommit = owesCommit();
            reset(raw, pool().config().resetOnReturn(), null);
            mine.runFinalizers(raw);
            return null;
        } catch (Throwable e) {
            pool().logSafely(log -> log.error("Pool '{}': resetting a detached connection failed", pool().name(), e));
            if (e instanceof Error error) {
                throw error;
            }
            return owesCommit ? lostCommit(e) : null;
        }
    }

    /** Closes a detached connection, and waits for that; aborts it if a call of the driver's does not end. */
    void endDetached(Connection raw, boolean hangs) {
        seal();
        pool().closeDetached(raw, CloseReason.DETACHED, () -> {
            if (hangs) {
                pool().dialect().terminate(raw);
            } else {
                pool().dialect().close(raw);
            }
        });
    }

    /** Whether the record is lent under another ticket although nobody closed this: it was held for too long. */
    private boolean isTakenBack() {
        return record.ticket() != ticket && !record.isReturning(ticket) && !sealed() && detached == null;
    }

    private void closeTakenBack() {
        if (isTakenBack()) {
            seal();
            pool().logSafely(log -> log.info(
                    "Pool '{}': a connection was closed by its borrower after it had been taken back from it",
                    pool().name()));
        }
    }

    @Override
    protected void onExposed() {
        if (!isTakenBack()) {
            record.markExposed(ticket);
        }
        DetachedConnection mine = detached;
        if (mine != null) {
            mine.markExposed();
        }
    }

    @Override
    protected void onFailure(SQLException e) {
        Disconnect verdict = pool().classify(e, delegate());
        if (verdict != Disconnect.NONE && detached == null && !isTakenBack() && record.markBroken(e)) {
            pool().disconnected(record, verdict);
        }
    }

    /** Listeners had the driver's connection, unless they only observe. */
    void wasTouched() {
        if (pool().listeners().touch(PoolEvent.Kind.CHECKOUT)) {
            forgetSettings();
        }
    }

    @Override
    protected @Nullable Interception interception() {
        return record.pool().interception();
    }

    @Override
    protected boolean switchesAutoCommitLocally() {
        return pool().dialect().switchesAutoCommitLocally();
    }

    @Override
    public boolean isValid() {
        return !sealed() && (detached != null || record.connection() != null && !isTakenBack());
    }

    @Override
    public boolean isDetached() {
        return detached != null;
    }

    @Override
    public void transactionWasReset() {
        if (!sealed() && !isTakenBack()) {
            clearUsed();
            record.transactionWasReset(true);
        }
    }

    @Override
    public @Nullable ConnectionPoolEntry entry() {
        return detached == null ? record : null;
    }

    @Override
    public Map<Object, Object> info() {
        DetachedConnection mine = detached;
        if (mine != null) {
            return mine.info();
        }
        return sealed() ? Map.of() : record.info();
    }

    @Override
    public String toString() {
        return detached == null
                ? "PoolProxiedConnection of " + record
                : "PoolProxiedConnection, detached from pool '" + pool().name() + "'";
    }
}
