/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

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
 */
final class ConnectionFairy extends ConnectionProxy implements PoolProxiedConnection {

    private final ConnectionRecord record;
    private final long ticket;

    ConnectionFairy(ConnectionRecord record, long ticket) {
        super(record.requireConnection(), record.requireSession(), Thread.currentThread());
        this.record = record;
        this.ticket = ticket;
    }

    @Override
    public void close() throws SQLException {
        if (!record.tryBeginReturn(ticket)) {
            return;
        }
        SQLException lostCommit = null;
        try {
            lostCommit = endWork();
        } finally {
            seal();
            record.checkin();
        }
        if (lostCommit != null) {
            throw lostCommit;
        }
    }

    /** Leaves the record clean or without a connection. Returns what the user has to know, or null. */
    private @Nullable SQLException endWork() {
        Connection raw = delegate();
        closeStatements(this::logStatementFailure);
        SQLException broken = record.brokenBy();
        if (broken != null) {
            record.invalidate(broken);
            return null;
        }
        boolean committing = false;
        try {
            Pool pool = record.pool();
            if (pool.listeners().wants(PoolEvent.Kind.RESET)) {
                pool.listeners().fire(new PoolEvent.Reset(pool, record, raw));
            }
            ResetOnReturn style = pool.config().resetOnReturn();
            if (style != ResetOnReturn.NONE && used() && !raw.getAutoCommit()) {
                if (style == ResetOnReturn.COMMIT) {
                    committing = true;
                    pool.dialect().commit(raw);
                    committing = false;
                } else {
                    pool.dialect().rollback(raw);
                }
            }
            restoreSession();
            return null;
        } catch (Throwable e) {
            record.pool()
                    .log()
                    .error("Pool '{}': resetting {} failed", record.pool().name(), record, e);
            record.invalidate(e);
            if (e instanceof Error error) {
                throw error;
            }
            return committing ? lostCommit(e) : null;
        }
    }

    private SQLException lostCommit(Throwable cause) {
        return cause instanceof SQLException exception
                ? exception
                : new SQLException("Pool '" + record.pool().name() + "': the commit on return failed.", cause);
    }

    private void logStatementFailure(Throwable e) {
        record.pool()
                .log()
                .warn(
                        "Pool '{}': closing a statement of {} failed",
                        record.pool().name(),
                        record,
                        e);
    }

    @Override
    public void invalidate(@Nullable Throwable cause) {
        if (!record.tryBeginReturn(ticket)) {
            record.pool()
                    .log()
                    .warn(
                            "Pool '{}': a closed connection cannot be invalidated",
                            record.pool().name());
            return;
        }
        seal();
        try {
            record.invalidate(cause);
        } finally {
            record.checkin();
        }
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        if (executor == null) {
            throw new SQLException("abort needs an executor, not null.");
        }
        if (!record.tryBeginReturn(ticket)) {
            return;
        }
        Connection raw = delegate();
        seal();
        try {
            raw.abort(executor);
        } finally {
            // A running statement may hold the driver's lock, so its statements are left to the driver.
            record.invalidate(null);
            record.checkin();
        }
    }

    @Override
    protected void onFailure(SQLException e) {
        if (record.pool().dialect().isDisconnect(e, record.connection())) {
            record.markBroken(e);
        }
    }

    @Override
    public ConnectionPoolEntry entry() {
        return record;
    }

    @Override
    public Map<Object, Object> info() {
        return record.info();
    }

    @Override
    public String toString() {
        return "PoolProxiedConnection of " + record;
    }
}
