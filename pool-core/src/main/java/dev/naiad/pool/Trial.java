/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The question whether connections can be opened with credentials that are not in use yet, by a connection of its own. */
final class Trial extends Errand {

    private final Pool pool;
    private final ConnectionFactory candidate;

    /** Whether it has been decided who closes the connection. */
    private final AtomicBoolean decided = new AtomicBoolean();

    private @Nullable Connection opened;

    private Trial(Pool pool, ConnectionFactory candidate) {
        this.pool = pool;
        this.candidate = candidate;
    }

    /**
     * Returns if they work.
     *
     * @param limit how long that may take; null if there is no limit
     */
    static void run(Pool pool, ConnectionFactory candidate, @Nullable Duration limit) throws SQLException {
        if (pool.isClosed()) {
            throw new PoolClosedException(pool.name());
        }
        Trial trial = new Trial(pool, candidate);
        long start = pool.ticker().nanos();
        if (limit == null || !pool.tryInBackground(trial)) {
            trial.run();
        } else if (!trial.awaitUntil(start + PoolConfig.saturatedNanos(limit)) && trial.tryDecide()) {
            throw new SQLTransientConnectionException(
                    "Pool '" + pool.name() + "': opening a connection to try the credentials took longer than"
                            + " connect_timeout (" + limit + "); the present ones are kept.",
                    "08001");
        }
        trial.await();
        trial.check();
        trial.close();
    }

    private boolean awaitUntil(long deadline) {
        try {
            return await(pool.ticker(), deadline);
        } catch (RuntimeException | Error e) { // the ticker's
            if (!tryDecide()) {
                await();
                close();
            }
            throw e;
        }
    }

    private boolean tryDecide() {
        return decided.compareAndSet(false, true);
    }

    @Override
    void go() throws SQLException {
        opened = candidate.open(pool.newRecord());
        if (opened == null) {
            throw new SQLException("Pool '" + pool.name() + "': the connection factory returned null.", "08001");
        }
        pool.counters().opened.incrementAndGet();
        if (!tryDecide()) {
            close();
        }
    }

    private void close() {
        Connection present = Objects.requireNonNull(opened);
        pool.awaitedCloser()
                .closeAndWait(Closing.of(
                        pool,
                        0,
                        present,
                        CloseReason.PROBED,
                        () -> pool.dialect().close(present)));
    }
}
