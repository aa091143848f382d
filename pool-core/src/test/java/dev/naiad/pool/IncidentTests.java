/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.diagnose.Diagnosis;
import dev.naiad.pool.diagnose.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Stages what brings pools to a standstill, and looks whether the pool says what it is. On platform and on virtual threads. */
@Timeout(60)
class IncidentTests {

    private static final Duration TIMEOUT = Duration.ofMillis(500);

    private final StubDatabase database = new StubDatabase();
    private final TestTicker ticker = new TestTicker();
    private final Semaphore waits = new Semaphore(0);
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<Connection> kept = new CopyOnWriteArrayList<>();
    private @Nullable QueuePool pool;

    static List<Threads> threads() {
        return Threads.ofThisJdk();
    }

    private PoolConfig.Builder settings() {
        return database.settings()
                .name("shop")
                .poolSize(2)
                .maxOverflow(0)
                .timeout(TIMEOUT)
                .ticker(ticker)
                .trace(Trace.ALWAYS);
    }

    private QueuePool pool(PoolConfig.Builder settings) {
        QueuePool made = new QueuePool(settings.build());
        made.subscribe(Set.of(PoolEvent.Kind.WAITING), event -> waits.release());
        pool = made;
        return made;
    }

    @AfterEach
    void close() {
        end.countDown();
        if (pool != null) {
            pool.close(Duration.ZERO);
        }
    }

    private interface Work {
        void with(Connection connection) throws Exception;
    }

    /** Has threads each borrow a connection, and do something with it; returns when they have got it. */
    private List<Borrower<Void>> borrowers(Threads threads, int count, QueuePool from, Work work) {
        CountDownLatch borrowed = new CountDownLatch(count);
        List<Borrower<Void>> borrowers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            borrowers.add(Borrower.on(threads.factory, () -> {
                Connection connection = borrow(from);
                borrowed.countDown();
                work.with(connection);
                return null;
            }));
        }
        TestSupport.awaitUninterruptibly(borrowed);
        return borrowers;
    }

    /** The place the advice should name. */
    private static Connection borrow(QueuePool from) throws SQLException {
        return from.connect();
    }

    private static PoolTimeoutException timeout(QueuePool of) {
        return catchThrowableOfType(PoolTimeoutException.class, of::connect);
    }

    /** Has a thread wait in vain. */
    private PoolTimeoutException timeout(Threads threads, QueuePool of) throws Exception {
        waits.drainPermits(); // of those who waited for the connections they have
        Borrower<PoolTimeoutException> caller = Borrower.on(threads.factory, () -> timeout(of));
        waits.acquire();
        pass(TIMEOUT, List.of(caller));
        return caller.get();
    }

    private void pass(Duration time, List<? extends Borrower<?>> waiting) {
        ticker.advance(time);
        waiting.forEach(Borrower::nudge);
    }

    private static Diagnosis diagnosis(PoolTimeoutException e) {
        String firstLine = e.getMessage().lines().findFirst().orElseThrow();
        Diagnosis diagnosis = e.report().diagnosis();
        assertThat(firstLine)
                .startsWith("Pool 'shop': no connection became free within 0.5 s (pool_size ")
                .contains("max_overflow 0, timeout 500 ms; in use ")
                .contains(diagnosis.verdict() + ": " + diagnosis.evidence())
                .endsWith(diagnosis.advice());
        return diagnosis;
    }

    @ParameterizedTest
    @MethodSource("threads")
    void aLeak(Threads threads) throws Exception {
        QueuePool leaky = pool(settings());
        for (Borrower<Void> borrower : borrowers(threads, 2, leaky, kept::add)) {
            borrower.get();
        }

        Diagnosis diagnosis = diagnosis(timeout(threads, leaky));

        assertThat(diagnosis.verdict()).isEqualTo(Verdict.LEAK);
        assertThat(diagnosis.evidence()).contains("2 of 2 connections");
        assertThat(diagnosis.advice()).contains("IncidentTests.borrow(IncidentTests.java:");
    }

    @ParameterizedTest
    @MethodSource("threads")
    void aLeakWithoutATrace(Threads threads) throws Exception {
        QueuePool leaky = pool(settings().trace(Trace.OFF));
        borrowers(threads, 2, leaky, connection -> end.await());

        Diagnosis diagnosis = diagnosis(timeout(threads, leaky));

        assertThat(diagnosis.verdict()).isEqualTo(Verdict.LEAK);
        assertThat(diagnosis.advice()).contains("trace", "hold_limit");
    }

    @ParameterizedTest
    @MethodSource("threads")
    void aSlowQuery(Threads threads) throws Exception {
        QueuePool slow = pool(settings());
        CountDownLatch running = new CountDownLatch(2);
        database.script((call, connection) -> {
            if (call.equals("statement.execute")) {
                running.countDown();
                TestSupport.awaitUninterruptibly(end);
            }
        });
        borrowers(
                threads, 2, slow, connection -> connection.createStatement().execute("select * from t where a = 'x'"));

        TestSupport.awaitUninterruptibly(running);

        PoolTimeoutException e = timeout(threads, slow);

        assertThat(diagnosis(e).verdict()).isEqualTo(Verdict.SLOW_QUERY);
        assertThat(diagnosis(e).evidence()).contains("such as: select * from t where a = ?");
        assertThat(diagnosis(e).advice()).contains("IncidentTests.borrow(", "hold_limit_cancel");
        assertThat(e.getMessage()).doesNotContain("'x'");
    }

    @ParameterizedTest
    @MethodSource("threads")
    void idleInATransaction(Threads threads) throws Exception {
        QueuePool idle = pool(settings());
        CountDownLatch written = new CountDownLatch(2);
        borrowers(threads, 2, idle, connection -> {
            connection.setAutoCommit(false);
            connection.prepareStatement("update t set a = ?").executeUpdate();
            written.countDown();
            end.await();
        });
        TestSupport.awaitUninterruptibly(written);

        Diagnosis diagnosis = diagnosis(timeout(threads, idle));

        assertThat(diagnosis.verdict()).isEqualTo(Verdict.IDLE_IN_TRANSACTION);
        assertThat(diagnosis.advice()).contains("IncidentTests.borrow(", "hold_limit");
    }

    @ParameterizedTest
    @MethodSource("threads")
    void nestedCheckoutsThatAreLeftToTimeOut(Threads threads) throws Exception {
        QueuePool nested = pool(settings().nested(Nested.OFF));
        CyclicBarrier together = new CyclicBarrier(2, waits::drainPermits);
        List<PoolTimeoutException> failures = new CopyOnWriteArrayList<>();
        List<Borrower<Void>> borrowers = borrowers(threads, 2, nested, connection -> {
            together.await();
            failures.add(timeout(nested));
            together.await();
        });
        waits.acquire(2);
        pass(TIMEOUT, borrowers);
        for (Borrower<Void> borrower : borrowers) {
            borrower.get();
        }

        assertThat(failures).hasSize(2);
        Diagnosis diagnosis = diagnosis(failures.get(0));
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.NESTED_CHECKOUT);
        assertThat(diagnosis.advice()).contains("IncidentTests.borrow(", "pool_size (2)");
        assertThat(nested.snapshot().nested()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("threads")
    void nestedCheckoutsThatWouldWaitForEachOther(Threads threads) throws Exception {
        int count = 4;
        QueuePool nested =
                pool(settings().poolSize(count).timeout(Duration.ofSeconds(30)).ticker(Ticker.system()));
        CyclicBarrier together = new CyclicBarrier(count);
        AtomicReference<NestedCheckoutException> failure = new AtomicReference<>();
        List<Long> took = new CopyOnWriteArrayList<>();
        List<Borrower<Void>> borrowers = borrowers(threads, count, nested, connection -> {
            together.await();
            long start = System.nanoTime();
            try (connection;
                    Connection second = nested.connect()) {
                assertThat(second.isClosed()).isFalse();
            } catch (NestedCheckoutException e) {
                took.add(System.nanoTime() - start);
                assertThat(failure.compareAndSet(null, e))
                        .as("the first to fail")
                        .isTrue();
            }
        });
        for (Borrower<Void> borrower : borrowers) {
            borrower.get();
        }

        assertThat(took)
                .singleElement()
                .satisfies(nanos ->
                        assertThat(nanos).as("long before its timeout").isLessThan(TimeUnit.SECONDS.toNanos(15)));
        NestedCheckoutException thrown = failure.get();
        assertThat((Throwable) thrown)
                .hasMessageStartingWith(
                        "Pool 'shop': deadlock: all 4 connections are held by threads that wait for another"
                                + " one (pool_size 4, max_overflow 0).")
                .hasMessageContaining("holds connection 3 and waits")
                .hasMessageContaining("IncidentTests.borrow(");
        assertThat(thrown.report().diagnosis().verdict()).isEqualTo(Verdict.NESTED_CHECKOUT);
        assertThat(nested.snapshot().deadlocks()).isEqualTo(1);
        await().until(() -> nested.snapshot().checkedOut() == 0);
    }

    @ParameterizedTest
    @MethodSource("threads")
    void aDatabaseThatIsStopped(Threads threads) throws Exception {
        QueuePool stopped = pool(settings());
        database.script((call, connection) -> {
            if (call.equals("open")) {
                throw new SQLException("Connection refused", "08001");
            }
        });
        Borrower<Void> borrower = Borrower.on(threads.factory, () -> {
            stopped.connect();
            return null;
        });

        assertThat(borrower.failure()).hasMessage("Connection refused");
        Diagnosis diagnosis = stopped.report().diagnosis();
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.DATABASE_DOWN);
        assertThat(diagnosis.evidence()).contains("Connection refused", "08001");
        assertThat(diagnosis.advice()).contains("url", "username");
    }

    @ParameterizedTest
    @MethodSource("threads")
    void connectsThatAreSlow(Threads threads) throws Exception {
        QueuePool slow = pool(settings());
        CountDownLatch opening = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open")) {
                opening.countDown();
                TestSupport.awaitUninterruptibly(end);
            }
        });
        Borrower<PoolTimeoutException> borrower = Borrower.on(threads.factory, () -> timeout(slow));
        TestSupport.awaitUninterruptibly(opening);
        pass(TIMEOUT, List.of(borrower));

        Diagnosis diagnosis = diagnosis(borrower.get());
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.CONNECT_SLOW);
        assertThat(diagnosis.advice()).contains("timeout (500 ms)", "connect_concurrency");
    }

    @ParameterizedTest
    @MethodSource("threads")
    void tooFewConnectionsForThoseWhoAsk(Threads threads) throws Exception {
        QueuePool small = pool(settings().patience(Duration.ZERO));
        List<PoolTimeoutException> failures = new CopyOnWriteArrayList<>();
        List<Borrower<Void>> borrowers = new ArrayList<>();
        List<CountDownLatch> ends = new ArrayList<>();
        Semaphore borrowed = new Semaphore(0);
        for (int i = 0; i < 20; i++) {
            CountDownLatch isOver = new CountDownLatch(1);
            borrowers.add(Borrower.on(threads.factory, () -> {
                try (Connection connection = small.connect()) {
                    connection.createStatement().execute("select 1");
                    borrowed.release();
                    isOver.await();
                } catch (PoolTimeoutException e) {
                    failures.add(e);
                }
                return null;
            }));
            ends.add(isOver);
            int waiting = i - 1;
            if (i < 2) {
                borrowed.acquire();
            } else {
                await().until(() -> small.snapshot().waiting() == waiting);
            }
        }
        for (int i = 0; i < 16; i++) { // each has its connection for 50 ms
            ticker.advance(Duration.ofMillis(25));
            ends.get(i).countDown();
            borrowers.get(i).get();
            borrowed.acquire();
        }
        pass(Duration.ofMillis(100), borrowers.subList(18, 20));
        for (Borrower<Void> borrower : borrowers.subList(18, 20)) {
            borrower.get();
        }
        ends.forEach(CountDownLatch::countDown);

        assertThat(failures).hasSize(2);
        Diagnosis diagnosis = diagnosis(failures.get(0));
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.UNDERSIZED);
        assertThat(diagnosis.evidence()).contains("checkouts per second");
        assertThat(diagnosis.advice()).contains("pool_size (2)", "max_overflow (0)");
    }

    @ParameterizedTest
    @MethodSource("threads")
    void aSuspension(Threads threads) throws Exception {
        QueuePool suspended = pool(settings());
        suspended.suspend(Suspension.WAIT);

        Diagnosis diagnosis = diagnosis(timeout(threads, suspended));
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.SUSPENDED);
        assertThat(diagnosis.advice()).contains("resume()");
    }

    @ParameterizedTest
    @MethodSource("threads")
    void nothingIsWrong(Threads threads) throws Exception {
        QueuePool healthy = pool(settings());
        Borrower.on(threads.factory, () -> {
                    healthy.connect().close();
                    return null;
                })
                .get();

        assertThat(healthy.report().diagnosis().verdict()).isEqualTo(Verdict.HEALTHY);
        assertThat(healthy.report().totals().checkouts()).isEqualTo(1);
        assertThatThrownBy(() -> healthy.report().holders().clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
