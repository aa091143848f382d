/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.dialect.Disconnect;
import dev.naiad.pool.jdbc.ConnectionProxy;
import java.sql.Connection;
import java.sql.SQLException;
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

    ConnectionFairy(ConnectionRecord record, long ticket) {
        super(record.requireConnection(), record.requireSession(), Thread.currentThread());
        this.record = record;
        this.ticket = ticket;
    }

    private Pool pool() {
        return record.pool();
    }

    @Override
    public void close() throws SQLException {
        SQLException lostCommit;
        if (record.tryBeginReturn(ticket)) {
            try {
                lostCommit = endWork();
            } finally {
                seal();
                record.checkin();
            }
        } else {
            lostCommit = closeDetached();
        }
        if (lostCommit != null) {
            throw lostCommit;
        }
    }

    /** Leaves the record clean or without a connection. Returns what the user has to know, or null. */
    private @Nullable SQLException endWork() {
        Connection raw = delegate();
        closeStatements(this::logStatementFailure);
        if (record.connection() == null) {
            return null; // invalidated behind the user's back
        }
        SQLException broken = record.brokenBy();
        if (broken != null) {
            record.invalidate(broken);
            return null;
        }
        ResetOnReturn style = pool().config().resetOnReturn();
        try {
            reset(raw, style, record);
            record.runFinalizers(raw);
            return null;
        } catch (LostCommitException e) {
            record.invalidate(e.getCause());
            return e.asSqlException();
        } catch (Throwable e) {
            pool().log().error("Pool '{}': resetting {} failed", pool().name(), record, e);
            record.invalidate(e);
            if (e instanceof Error error) {
                throw error;
            }
            return null;
        }
    }

    /** Tells the listeners, ends the transaction and restores the session. */
    private void reset(Connection raw, ResetOnReturn style, @Nullable ConnectionRecord place)
            throws SQLException, LostCommitException {
        boolean wasReset = record.transactionWasReset() && !used();
        if (pool().listeners().wants(PoolEvent.Kind.RESET)) {
            pool().listeners().fire(new PoolEvent.Reset(pool(), place, raw, wasReset, place == null));
        }
        if (style == ResetOnReturn.COMMIT && (used() || wasReset) && !raw.getAutoCommit()) {
            try {
                pool().dialect().commit(raw);
            } catch (SQLException | RuntimeException e) {
                throw new LostCommitException(e);
            }
        } else if (style == ResetOnReturn.ROLLBACK && used() && !raw.getAutoCommit()) {
            pool().dialect().rollback(raw);
        }
        if (place != null) {
            restoreSession();
        }
    }

    private void logStatementFailure(Throwable e) {
        pool().log().warn("Pool '{}': closing a statement of {} failed", pool().name(), record, e);
    }

    @Override
    public void invalidate(@Nullable Throwable cause) {
        if (record.tryBeginReturn(ticket)) {
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
            endPhysically(raw, true);
        } else {
            pool().log().warn("Pool '{}': a closed connection cannot be invalidated", pool().name());
        }
    }

    @Override
    public void invalidateSoftly(@Nullable Throwable cause) {
        if (!sealed() && detached == null) {
            record.invalidateSoftly(cause);
        }
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        if (executor == null) {
            throw new SQLException("abort needs an executor, not null.");
        }
        Connection raw = delegate();
        if (record.tryBeginReturn(ticket)) {
            seal();
            try {
                raw.abort(executor);
            } finally {
                // A running statement may hold the driver's lock, so its statements are left to the driver.
                record.invalidate(null);
                record.checkin();
            }
            return;
        }
        DetachedConnection mine = detached;
        if (mine != null && mine.tryClose()) {
            seal();
            raw.abort(executor);
        }
    }

    /** Lets go of the record without giving it back, for the pool to replace its connection; false if it was gone already. */
    boolean letGo() {
        if (!record.tryBeginReturn(ticket)) {
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
        if (!record.tryBeginReturn(ticket)) {
            detached = null;
            return;
        }
        Finalizers finalizers = record.takeFinalizers();
        Connection raw = record.takeConnection();
        record.leave();
        if (raw == null) {
            mine.tryClose();
            seal(); // invalidated meanwhile
        } else if (mine.opened(finalizers)) {
            pool().log().debug("Pool '{}': connection of {} is detached", pool().name(), record);
            pool().announce(PoolEvent.Kind.DETACH, () -> new PoolEvent.Detach(pool(), record, raw));
        } else {
            seal(); // closed meanwhile
            endPhysically(raw, true);
        }
    }

    private @Nullable SQLException closeDetached() {
        DetachedConnection mine = detached;
        if (mine == null || !mine.tryClose()) {
            return null;
        }
        Connection raw = delegate();
        SQLException lostCommit = null;
        try {
            closeStatements(this::logStatementFailure);
            reset(raw, pool().config().resetOnReturn(), null);
            mine.runFinalizers(raw);
        } catch (LostCommitException e) {
            lostCommit = e.asSqlException();
        } catch (Throwable e) {
            pool().log().error("Pool '{}': resetting a detached connection failed", pool().name(), e);
            if (e instanceof Error error) {
                throw error;
            }
        } finally {
            seal();
            endPhysically(raw, false);
        }
        return lostCommit;
    }

    private void endPhysically(Connection raw, boolean broken) {
        pool().announce(PoolEvent.Kind.CLOSE_DETACHED, () -> new PoolEvent.CloseDetached(pool(), raw));
        try {
            if (broken) {
                pool().dialect().terminate(raw);
            } else {
                pool().dialect().close(raw);
            }
        } catch (Throwable e) {
            pool().log().error("Pool '{}': closing a detached connection failed", pool().name(), e);
        } finally {
            pool().counters().closed(CloseReason.DETACHED);
        }
    }

    @Override
    protected void onFailure(SQLException e) {
        Disconnect verdict = pool().classify(e, delegate());
        if (verdict != Disconnect.NONE && detached == null && record.markBroken(e)) {
            pool().disconnected(record, verdict);
        }
    }

    @Override
    public boolean isValid() {
        return !sealed() && (detached != null || record.connection() != null);
    }

    @Override
    public boolean isDetached() {
        return detached != null;
    }

    @Override
    public void transactionWasReset() {
        if (!sealed()) {
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
        return mine == null ? record.info() : mine.info();
    }

    @Override
    public String toString() {
        return detached == null
                ? "PoolProxiedConnection of " + record
                : "PoolProxiedConnection, detached from pool '" + pool().name() + "'";
    }
}
