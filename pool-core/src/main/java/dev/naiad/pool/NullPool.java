/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps nothing: every checkout opens a connection in the caller's thread, which takes as long as the driver does, and every return closes it and
 * waits for that, up to 10 seconds. There is no limit and
 * no waiting; {@code timeout} and the sizes have no effect.
 *
 * <p>SQLAlchemy counterpart: {@code NullPool}.
 */
public final class NullPool extends Pool {

    private final AtomicInteger lent = new AtomicInteger();
    private volatile boolean closed;

    /** A new pool. */
    public NullPool(PoolConfig config) {
        super(config);
        beginLife();
    }

    private NullPool(NullPool origin) {
        super(origin);
        beginLife();
    }

    @Override
    protected ConnectionPoolEntry doGet() throws SQLException {
        if (closed) {
            throw new PoolClosedException(name());
        }
        lent.incrementAndGet();
        try {
            return createEntry();
        } catch (Throwable e) {
            lent.decrementAndGet();
            throw e;
        }
    }

    @Override
    protected void doReturn(ConnectionPoolEntry entry) {
        discard(entry, CloseReason.NOT_POOLED);
        lent.decrementAndGet();
    }

    /** Does nothing: there is nothing idle. */
    @Override
    protected void doDispose() {}

    @Override
    public Pool recreate() {
        return new NullPool(this);
    }

    @Override
    boolean isClosed() {
        return closed;
    }

    @Override
    public String status() {
        return "NullPool '" + name() + "'";
    }

    @Override
    public PoolSnapshot snapshot() {
        return snapshotOf(0, -1, 0, lent.get(), 0);
    }

    /** Lends no more connections; those in use are closed when they come back. */
    @Override
    public void close() {
        endLife();
        closed = true;
    }
}
