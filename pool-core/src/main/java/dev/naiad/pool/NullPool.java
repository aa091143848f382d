/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps nothing: every checkout opens a connection, and every return closes it. There is no limit, so nobody waits for others; the sizes
 * have no effect.
 *
 * <p>A checkout waits for its connection to be opened as long as {@code timeout} and {@code connect_timeout} allow; what is opened too
 * late is closed. When {@code close()} returns, the connection is physically closed, unless the driver takes longer for that than {@code
 * timeout} (1 second if that is zero) or 5 seconds: then it is seen to in the background.
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
        awaitedOpenings().abandonAll();
    }
}
