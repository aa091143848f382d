/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The end of a physical connection, from the decision to the last byte. */
final class Closing {

    /** Tells the driver that a connection is no longer needed. */
    @FunctionalInterface
    interface Farewell {
        void say() throws SQLException;
    }

    /** How far it is. */
    private enum Stage {
        ASKED,
        BEGUN,
        ABORTED,
        OVER
    }

    final Connection connection;
    final CloseReason reason;
    private final Runnable action;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.ASKED);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile long since;
    private volatile boolean forsaken;

    /** Who waits for it as long as he has time. */
    private volatile @Nullable Thread caller;

    private Closing(Connection connection, CloseReason reason, Runnable action) {
        this.connection = connection;
        this.reason = reason;
        this.action = action;
    }

    /**
     * Of a connection that nobody uses any more.
     *
     * @param number the connection's; 0 if it has none any more
     */
    static Closing of(Pool pool, long number, Connection connection, CloseReason reason, Farewell farewell) {
        Farewell recorded = pool.recorder().closing(number, reason, farewell);
        return new Closing(connection, reason, () -> close(pool, connection, reason, recorded));
    }

    /** The same, with the farewell that befits the reason. */
    static Closing of(Pool pool, long number, Connection connection, CloseReason reason) {
        return of(pool, number, connection, reason, () -> {
            switch (reason) {
                case RECYCLED, INVALIDATED, REJECTED, LATE, LOST, HELD_TOO_LONG ->
                    pool.dialect().terminate(connection);
                default -> closeGracefully(pool, connection);
            }
        });
    }

    private static void closeGracefully(Pool pool, Connection connection) throws SQLException {
        // What close() does to an open transaction differs between databases: some refuse, some commit.
        try {
            if (pool.config().resetOnReturn() == ResetOnReturn.NONE && !connection.getAutoCommit()) {
                pool.dialect().rollback(connection);
            }
        } finally {
            pool.dialect().close(connection);
        }
    }

    /** Of one that somebody holds who is not done with it: it is aborted. */
    static Closing byAbort(Pool pool, Connection held, CloseReason reason) {
        return new Closing(held, reason, () -> abort(pool, held));
    }

    /** Failures are logged; the driver is told to close it in any case. */
    private static void close(Pool pool, Connection connection, CloseReason reason, Farewell farewell) {
        try {
            farewell.say();
        } catch (Throwable e) {
            pool.logSafely(log -> log.error("Pool '{}': closing a connection failed ({})", pool.name(), reason, e));
            try {
                connection.close();
            } catch (Throwable again) {
                pool.logSafely(log -> log.debug("Pool '{}': closing a connection failed again", pool.name(), again));
            }
        } finally {
            pool.counters().closed(reason);
        }
    }

    private static void abort(Pool pool, Connection held) {
        try {
            pool.dialect().terminate(held);
        } catch (Throwable e) {
            pool.logSafely(log -> log.error("Pool '{}': aborting a connection failed", pool.name(), e));
        }
    }

    void begin(long now) {
        since = now;
        stage.set(Stage.BEGUN);
    }

    /** Never throws. */
    void run() {
        action.run();
    }

    long since() {
        return since;
    }

    /** True for whoever is to abort the connection, because closing it takes too long. */
    boolean tryAbort() {
        return stage.compareAndSet(Stage.BEGUN, Stage.ABORTED);
    }

    boolean isAborted() {
        return stage.get() == Stage.ABORTED;
    }

    /** True once: for whoever settles the accounts. */
    boolean tryEnd() {
        if (stage.getAndSet(Stage.OVER) == Stage.OVER) {
            return false;
        }
        over.countDown();
        LockSupport.unpark(caller);
        return true;
    }

    boolean isOver() {
        return stage.get() == Stage.OVER;
    }

    /** Whether somebody has waited for it in vain. */
    boolean isForsaken() {
        return forsaken;
    }

    /**
     * Waits until the accounts are settled, or for so long: from then on it is forsaken. To be interrupted changes nothing, as with a
     * driver's own waiting.
     */
    void await(Ticker ticker, long nanos) {
        if (isOver()) {
            return;
        }
        caller = Thread.currentThread();
        boolean interrupted = false;
        long deadline = ticker.nanos() + nanos;
        while (!isOver()) {
            long left = deadline - ticker.nanos();
            if (left <= 0) {
                forsaken = true;
                break;
            }
            LockSupport.parkNanos(this, left);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The same, without limit. */
    void await() {
        boolean interrupted = false;
        while (!isOver()) {
            try {
                over.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
