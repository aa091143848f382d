/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Lets one connection be the pool's first, and has the others opened at the same time wait until its listeners are done. If
 * they fail, the next one is the first.
 */
final class FirstConnect {

    private interface Delivery {
        void run() throws SQLException;
    }

    private final AtomicReference<@Nullable CountDownLatch> underWay = new AtomicReference<>();
    private volatile boolean done;

    /** Tells the listeners of a new connection. */
    void tell(Pool pool, ConnectionRecord record) throws SQLException {
        Listeners listeners = pool.listeners();
        Delivery connect = () -> {
            if (listeners.wants(PoolEvent.Kind.CONNECT)) {
                listeners.fire(new PoolEvent.Connect(pool, record, record.requireConnection()));
            }
        };
        while (!done && listeners.wants(PoolEvent.Kind.FIRST_CONNECT)) {
            CountDownLatch mine = new CountDownLatch(1);
            if (underWay.compareAndSet(null, mine)) {
                try {
                    if (!done) {
                        listeners.fire(new PoolEvent.FirstConnect(pool, record, record.requireConnection()));
                        done = true;
                    }
                    connect.run();
                    return;
                } finally {
                    underWay.set(null);
                    mine.countDown();
                }
            }
            awaitOther();
        }
        connect.run();
    }

    private void awaitOther() throws SQLException {
        CountDownLatch other = underWay.get();
        if (other == null) {
            return;
        }
        try {
            other.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException(
                    "Interrupted while another connection was being set up as the pool's first.", "HY008", e);
        }
    }
}
