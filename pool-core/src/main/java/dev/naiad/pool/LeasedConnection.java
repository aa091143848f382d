/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.jdbc.SharedHandle;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One of the handles of a {@link Lease}. It can be closed once, whatever becomes of the others. */
final class LeasedConnection extends SharedHandle implements PoolProxiedConnection {

    private final Lease lease;
    private final ConnectionFairy shared;
    private final AtomicBoolean closed = new AtomicBoolean();

    LeasedConnection(Lease lease, ConnectionFairy shared) {
        super(shared, Thread.currentThread());
        this.lease = lease;
        this.shared = shared;
    }

    @Override
    public void close() throws SQLException {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            closeStatements(shared::statementFailed);
        } finally {
            seal();
            lease.leave();
        }
    }

    @Override
    public void invalidate(@Nullable Throwable cause) {
        if (closed.get()) {
            shared.warnOfLateInvalidation();
        } else {
            end(() -> shared.invalidate(cause));
        }
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        if (executor == null) {
            throw new SQLException("abort needs an executor, not null.");
        }
        if (lease.isOver()) {
            shared.abort(executor); // the last close() may be stuck in the driver
            return;
        }
        SQLException[] failure = new SQLException[1];
        end(() -> {
            try {
                shared.abort(executor);
            } catch (SQLException e) {
                failure[0] = e;
            }
        });
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    /** Ends the shared connection, and then this handle if nobody else has; the others find the connection closed. */
    private void end(Runnable ending) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            ending.run();
        } finally {
            seal();
            leaveWhatHasEnded();
        }
    }

    private void leaveWhatHasEnded() {
        try {
            lease.leave();
        } catch (SQLException e) { // closing what is closed does nothing, so this is somebody else's connection
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void invalidateSoftly(@Nullable Throwable cause) {
        if (!closed.get()) {
            shared.invalidateSoftly(cause);
        }
    }

    @Override
    public void detach() {
        if (!closed.get()) {
            shared.detach();
        }
    }

    @Override
    public boolean isDetached() {
        return shared.isDetached();
    }

    @Override
    public boolean isValid() {
        return !closed.get() && shared.isValid();
    }

    @Override
    public void transactionWasReset() {
        if (!closed.get()) {
            shared.transactionWasReset();
        }
    }

    @Override
    public @Nullable ConnectionPoolEntry entry() {
        return shared.entry();
    }

    @Override
    public Map<Object, Object> info() {
        return closed.get() ? Map.of() : shared.info();
    }

    @Override
    public String toString() {
        return "Handle on " + shared;
    }
}
