/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.example;

import dev.naiad.pool.CloseReason;
import dev.naiad.pool.ConnectionPoolEntry;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolClosedException;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PoolSnapshot;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A pool as a user may write one: {@code pool_size} permits and a stack of idle places. */
public final class BoundedPool extends Pool {

    private final Deque<ConnectionPoolEntry> idle = new ConcurrentLinkedDeque<>();
    private final Semaphore permits;
    private volatile boolean closed;

    public BoundedPool(PoolConfig config) {
        super(config);
        permits = new Semaphore(config.poolSize(), true);
    }

    private BoundedPool(BoundedPool origin) {
        super(origin);
        permits = new Semaphore(origin.config().poolSize(), true);
    }

    @Override
    protected ConnectionPoolEntry doGet() throws SQLException {
        awaitPermit();
        ConnectionPoolEntry entry = null;
        try {
            if (closed) {
                throw new PoolClosedException(name());
            }
            entry = idle.poll();
            if (entry == null) {
                return createEntry();
            }
            return isUsable(entry) ? entry : reopen(entry);
        } catch (Throwable e) {
            if (entry != null) {
                idle.push(entry);
            }
            permits.release();
            throw e;
        }
    }

    private void awaitPermit() throws SQLException {
        Duration timeout = config().timeout();
        try {
            if (timeout == null) {
                permits.acquire();
            } else if (!permits.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw timedOut(timeout);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("Interrupted while waiting for a connection.", e);
        }
    }

    @Override
    protected void doReturn(ConnectionPoolEntry entry) {
        try {
            if (isOfPresentEpoch(entry)) {
                idle.push(entry);
                closeOutdated();
            } else {
                discard(entry, CloseReason.DISPOSED);
            }
        } finally {
            permits.release();
        }
    }

    private void closeOutdated() {
        for (ConnectionPoolEntry entry : idle) {
            if (!isOfPresentEpoch(entry) && idle.remove(entry)) {
                discard(entry, closed ? CloseReason.POOL_CLOSED : CloseReason.DISPOSED);
            }
        }
    }

    @Override
    protected void doDispose() {
        closeOutdated();
    }

    @Override
    public Pool recreate() {
        return new BoundedPool(this);
    }

    @Override
    public String status() {
        return "BoundedPool '" + name() + "': " + idle.size() + " idle";
    }

    @Override
    public PoolSnapshot snapshot() {
        int size = config().poolSize();
        return snapshotOf(size, 0, idle.size(), size - permits.availablePermits(), permits.getQueueLength());
    }

    @Override
    public void close() {
        closed = true;
        dispose();
    }
}
