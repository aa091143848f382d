/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.diagnose.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A hundred random programs that use a pool as they should, each in its own way: short and long holds, transactions, connections
 * that are closed by another thread, second connections within the limits. Nothing must be called a leak or a deadlock.
 */
@Timeout(120)
class HealthyWorkloadTests {

    /** What may be so for a moment, on a machine that does not get on: some do hold one and wait for another. */
    private static final Set<Verdict> FINE =
            Set.of(Verdict.HEALTHY, Verdict.UNDERSIZED, Verdict.CONNECT_SLOW, Verdict.NESTED_CHECKOUT, Verdict.UNCLEAR);

    private final StubDatabase database = new StubDatabase();
    private final List<PoolEvent> alarms = new CopyOnWriteArrayList<>();

    static List<Arguments> programs() {
        List<Arguments> programs = new ArrayList<>();
        for (Threads threads : Threads.ofThisJdk()) {
            for (int seed = 0; seed < 100; seed++) {
                programs.add(new Arguments(threads, seed));
            }
        }
        return programs;
    }

    private record Arguments(Threads threads, int seed) {}

    @ParameterizedTest
    @MethodSource("programs")
    void noAlarmIsRaised(Arguments program) throws Exception {
        Random random = new Random(program.seed());
        int size = 1 + random.nextInt(4);
        int overflow = random.nextInt(3);
        int workers = 1 + random.nextInt(8);
        // As many may hold a first connection while they ask for a second as leave one over.
        Semaphore nesting = new Semaphore(size + overflow - 1);
        ExecutorService helpers = Executors.newCachedThreadPool(program.threads().factory);
        try (QueuePool pool = new QueuePool(database.settings()
                .poolSize(size)
                .maxOverflow(overflow)
                .timeout(Duration.ofSeconds(30))
                .holdLimit(Duration.ofSeconds(10))
                .patience(Duration.ofMillis(random.nextInt(3)))
                .build())) {
            pool.subscribe(
                    Set.of(PoolEvent.Kind.DEADLOCK, PoolEvent.Kind.HELD_TOO_LONG, PoolEvent.Kind.LOST), alarms::add);
            List<Borrower<Void>> borrowers = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                long seed = random.nextLong();
                borrowers.add(Borrower.on(program.threads().factory, worker(pool, helpers, nesting, new Random(seed))));
            }
            Verdict meanwhile = pool.report().diagnosis().verdict();
            for (Borrower<Void> borrower : borrowers) {
                borrower.get();
            }
            assertThat(meanwhile).isIn(FINE);
            assertThat(alarms).isEmpty();
            assertThat(pool.snapshot().timeouts()).isZero();
            assertThat(pool.snapshot().deadlocks()).isZero();
            assertThat(pool.report().diagnosis().verdict()).isEqualTo(Verdict.HEALTHY);
        } finally {
            helpers.shutdown();
        }
    }

    private static Callable<Void> worker(QueuePool pool, ExecutorService helpers, Semaphore nesting, Random random) {
        return () -> {
            for (int round = 0; round < 5; round++) {
                switch (random.nextInt(4)) {
                    case 0 -> pool.connect().close();
                    case 1 -> inTransaction(pool, random);
                    case 2 -> closedByAnotherThread(pool, helpers, random);
                    default -> nested(pool, nesting, random);
                }
            }
            return null;
        };
    }

    private static void linger(Random random) {
        LockSupport.parkNanos(random.nextInt(2_000_000));
    }

    private static void inTransaction(QueuePool pool, Random random) throws SQLException {
        try (Connection connection = pool.connect()) {
            connection.setAutoCommit(false);
            connection.prepareStatement("update t set a = ?").executeUpdate();
            linger(random);
            connection.commit();
        }
    }

    private static void closedByAnotherThread(QueuePool pool, ExecutorService helpers, Random random) throws Exception {
        Connection connection = pool.connect();
        helpers.submit(() -> {
                    linger(random);
                    connection.close();
                    return null;
                })
                .get();
    }

    private static void nested(QueuePool pool, Semaphore nesting, Random random) throws SQLException {
        if (!nesting.tryAcquire()) {
            return;
        }
        try (Connection outer = pool.connect()) {
            outer.createStatement().execute("select 1");
            linger(random);
            try (Connection inner = pool.connect()) {
                inner.createStatement().execute("select 2");
            }
        } finally {
            nesting.release();
        }
    }
}
