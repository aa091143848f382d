/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** A pool of one connection, and a driver that does not come back from a call on the first one it opens. */
abstract class WithHangingDriver {

    static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** What the driver does when the connection is aborted in which a call hangs. */
    enum Abort {
        ENDS_THE_CALL,
        DOES_NOT_END_THE_CALL,
        HANGS,
    }

    final StubDatabase database = new StubDatabase();
    final TestTicker ticker = new TestTicker();

    /** Until this is open. */
    final CountDownLatch hanging = new CountDownLatch(1);

    /** Of calls that hang. */
    final Semaphore arrivals = new Semaphore(0);

    /** To be set by the constructor, and by tests of another one. */
    Pool pool;

    PoolConfig.Builder settings() {
        return database.settings()
                .closers(null)
                .poolSize(1)
                .maxOverflow(0)
                .ticker(ticker)
                .timeout(TIMEOUT);
    }

    @AfterEach
    void close() {
        hanging.countDown();
        if (pool instanceof QueuePool queuePool) {
            queuePool.close(Duration.ZERO);
        } else {
            pool.close();
        }
    }

    static Stream<Function<PoolConfig, Pool>> otherPools() {
        return Stream.of(NullPool::new, StaticPool::new, SingletonThreadPool::new, AssertionPool::new);
    }

    static Stream<Function<PoolConfig, Pool>> allPools() {
        return Stream.concat(Stream.of(QueuePool::new), otherPools());
    }

    final void hang(Set<String> calls, Abort abort) {
        database.script((call, connection) -> {
            if (connection.number != 1) {
                return;
            }
            boolean ends = call.equals("abort") || call.equals("close");
            if (calls.contains(call) || ends && abort == Abort.HANGS) {
                arrivals.release();
                TestSupport.awaitUninterruptibly(hanging);
                if (!ends) {
                    throw new SQLException("aborted", "08006");
                }
            } else if (call.equals("abort") && abort == Abort.ENDS_THE_CALL) {
                hanging.countDown();
            }
        });
    }

    final void hang(String call, Abort abort) {
        hang(Set.of(call), abort);
    }

    final Connection withWorkOpen() throws SQLException {
        Connection connection = pool.connect();
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.createStatement().executeUpdate("update");
        return connection;
    }

    /** Somebody who is in a call that hangs when this returns, and in the end tells whether it was interrupted. */
    final Borrower<Boolean> closing(Connection connection) throws InterruptedException {
        Borrower<Boolean> closing = Borrower.of(() -> {
            connection.close();
            return Thread.currentThread().isInterrupted();
        });
        arrivals.acquire();
        return closing;
    }
}
