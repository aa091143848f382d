/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many threads at once. What must hold is checked where a server would see it, and with stamps on what is lent. */
@Timeout(120)
class QueuePoolRaceTests {

    private static final int THREADS = 16;

    private final StubDatabase database = new StubDatabase();
    private final Map<Object, Thread> holders = new ConcurrentHashMap<>();
    private final AtomicInteger lentTwice = new AtomicInteger();
    private QueuePool pool = new QueuePool(database.settings().build());

    @AfterEach
    void everythingIsClosedInTheEnd() {
        pool.close(Duration.ofSeconds(20));
        assertThat(database.open).hasValue(0);
        assertThat(lentTwice).hasValue(0);
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(pool.snapshot().waiting()).isZero();
    }

    private void start(int size, int maxOverflow) {
        pool = new QueuePool(
                database.settings().poolSize(size).maxOverflow(maxOverflow).build());
    }

    private interface Use {
        void of(PoolProxiedConnection connection) throws Exception;
    }

    private void useOnce(Use use) throws Exception {
        PoolProxiedConnection connection = pool.connect();
        Object place = connection.entry();
        if (holders.putIfAbsent(place, Thread.currentThread()) != null) {
            lentTwice.incrementAndGet();
        }
        try {
            use.of(connection);
        } finally {
            holders.remove(place, Thread.currentThread());
            connection.close();
        }
    }

    private void inThreads(int rounds, Use use) throws Exception {
        List<Borrower<Void>> borrowers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            borrowers.add(Borrower.of(() -> {
                for (int round = 0; round < rounds; round++) {
                    useOnce(use);
                }
                return null;
            }));
        }
        for (Borrower<Void> borrower : borrowers) {
            borrower.get();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "3, 0", "3, 5", "1, 3", "3, -1"})
    @Tag("QP-09")
    @Tag("QP-15")
    @Tag("QP-12")
    @Tag("PB-13")
    @Tag("E-37")
    @Tag("E-38")
    @Tag("E3-01")
    void neverMoreConnectionsThanAllowed(int size, int maxOverflow) throws Exception {
        start(size, maxOverflow);
        inThreads(2_000, connection -> {});

        if (maxOverflow >= 0) {
            assertThat(database.mostOpen.get()).isLessThanOrEqualTo(size + maxOverflow);
        }
        await().until(() -> pool.snapshot().opening() == 0);
        PoolSnapshot now = pool.snapshot();
        assertThat(now.checkedOut()).isZero();
        assertThat(now.checkedIn()).isLessThanOrEqualTo(size);
        assertThat(database.open).hasValue(now.checkedIn());
    }

    /** With connections that break, age and are thrown away. */
    @Test
    @Tag("E3-01")
    void neverMoreThanAllowedWhileConnectionsBreakAndAge() throws Exception {
        AtomicInteger openings = new AtomicInteger();
        database.script((call, connection) -> {
            if (call.equals("open") && openings.incrementAndGet() % 7 == 0) {
                throw new SQLException("cannot open just now");
            }
        });
        pool = new QueuePool(database.settings()
                .poolSize(2)
                .maxOverflow(2)
                .recycle(Duration.ofNanos(200_000))
                .build());
        AtomicInteger failed = new AtomicInteger();
        List<Borrower<Void>> borrowers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            borrowers.add(Borrower.of(() -> {
                for (int round = 0; round < 500; round++) {
                    try {
                        useOnce(connection -> {
                            if (ThreadLocalRandom.current().nextInt(5) == 0) {
                                holders.remove(connection.entry(), Thread.currentThread());
                                connection.invalidate(null);
                            }
                        });
                    } catch (SQLException e) {
                        assertThat(e.getMessage()).isEqualTo("cannot open just now");
                        failed.incrementAndGet();
                    }
                }
                return null;
            }));
        }
        for (Borrower<Void> borrower : borrowers) {
            borrower.get();
        }

        assertThat(database.mostOpen.get()).isLessThanOrEqualTo(4);
        assertThat(failed.get()).isPositive();
        await().untilAsserted(() -> {
            PoolSnapshot now = pool.snapshot();
            assertThat(now.checkedOut()).isZero();
            assertThat(now.checkedIn()).isLessThanOrEqualTo(2);
            assertThat(now.opened()
                            - now.closed().values().stream().mapToLong(n -> n).sum())
                    .isEqualTo(database.open.get());
        });
    }

    @Test
    @Tag("E3-05")
    void aHandOverThatMeetsATimeoutLosesNothing() throws Exception {
        pool = new QueuePool(database.settings()
                .poolSize(1)
                .maxOverflow(0)
                .timeout(Duration.ofNanos(50_000))
                .build());
        AtomicInteger timedOut = new AtomicInteger();
        inThreadsUntilTimeoutsAreNormal(timedOut);

        assertThat(timedOut.get()).isPositive();
        PoolSnapshot now = pool.snapshot();
        assertThat(now.timeouts()).isEqualTo(timedOut.get());
        await().until(() -> pool.snapshot().checkedOut() == 0);
        await().until(() -> pool.snapshot().checkedIn() == 1);
    }

    private void inThreadsUntilTimeoutsAreNormal(AtomicInteger timedOut) throws Exception {
        List<Borrower<Void>> borrowers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            borrowers.add(Borrower.of(() -> {
                for (int round = 0; round < 1_000 || timedOut.get() == 0; round++) {
                    try {
                        useOnce(connection -> Thread.onSpinWait());
                    } catch (PoolTimeoutException e) {
                        timedOut.incrementAndGet();
                    }
                }
                return null;
            }));
        }
        for (Borrower<Void> borrower : borrowers) {
            borrower.get();
        }
    }

    @Test
    @Tag("E3-05")
    void aHandOverThatMeetsAnInterruptLosesNothing() throws Exception {
        start(1, 0);
        useOnce(connection -> {});
        AtomicBoolean done = new AtomicBoolean();
        List<Borrower<Integer>> victims = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            victims.add(Borrower.of(() -> {
                int interrupted = 0;
                while (!done.get()) {
                    try {
                        useOnce(connection -> Thread.onSpinWait());
                    } catch (SQLException e) {
                        interrupted++;
                    }
                    Thread.interrupted();
                }
                return interrupted;
            }));
        }
        for (int i = 0; i < 5_000; i++) {
            victims.get(i % victims.size()).thread.interrupt();
            Thread.onSpinWait();
        }
        done.set(true);
        for (Borrower<Integer> victim : victims) {
            victim.get();
        }

        assertThat(database.attempts).hasValue(1);
        useOnce(connection -> {});
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
    }

    @Test
    @Tag("DR-04")
    @Tag("E3-12")
    @Tag("E-28")
    @Tag("QP-21")
    void disposingUnderLoadKeepsTheAccounts() throws Exception {
        start(2, 2);
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch disposing = new CountDownLatch(1);
        Borrower<Void> disposer = Borrower.of(() -> {
            while (!done.get()) {
                pool.dispose();
                disposing.countDown();
            }
            return null;
        });
        disposing.await();
        inThreads(500, connection -> {});
        done.set(true);
        disposer.get();
        await().until(() -> pool.snapshot().opening() == 0); // for somebody who was served otherwise
        pool.dispose();

        assertThat(database.mostOpen.get()).isLessThanOrEqualTo(4);
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
        assertThat(pool.snapshot().overflow()).isEqualTo(-2);
    }

    @Test
    @Tag("E3-04")
    @Tag("E3-12")
    void closingUnderLoadLeavesNothingOpenAndNobodyWaiting() throws Exception {
        for (int round = 0; round < 50; round++) {
            start(2, 1);
            List<Borrower<Boolean>> borrowers = new ArrayList<>();
            AtomicInteger served = new AtomicInteger();
            for (int i = 0; i < 8; i++) {
                borrowers.add(Borrower.of(() -> {
                    try {
                        while (true) {
                            try (Connection connection = pool.connect()) {
                                served.incrementAndGet();
                            }
                        }
                    } catch (PoolClosedException e) {
                        return true;
                    }
                }));
            }
            await().until(() -> served.get() > 20);
            pool.close(Duration.ofSeconds(20));
            for (Borrower<Boolean> borrower : borrowers) {
                assertThat(borrower.get()).isTrue();
            }
            assertThat(database.open).hasValue(0);
        }
    }
}
