/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QueuePoolTests {

    private final StubDatabase database = new StubDatabase();
    private final TestTicker ticker = new TestTicker();
    private QueuePool pool = pool(5, 10);

    private QueuePool pool(int size, int maxOverflow) {
        return new QueuePool(settings(size, maxOverflow).build());
    }

    private PoolConfig.Builder settings(int size, int maxOverflow) {
        return database.settings().poolSize(size).maxOverflow(maxOverflow).ticker(ticker);
    }

    @AfterEach
    void close() {
        pool.close(Duration.ZERO);
    }

    private static List<Connection> borrow(Pool pool, int count) throws SQLException {
        List<Connection> borrowed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            borrowed.add(pool.connect());
        }
        return borrowed;
    }

    private static void giveBack(List<Connection> connections) throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
    }

    private static List<Integer> figures(Pool pool) {
        PoolSnapshot now = pool.snapshot();
        return List.of(now.poolSize(), now.checkedIn(), now.overflow(), now.checkedOut());
    }

    @Test
    @Tag("PB-01")
    void opensNothingUntilSomebodyAsks() {
        pool.dispose();
        pool.recreate().dispose();

        assertThat(database.attempts).hasValue(0);
    }

    @Test
    @Tag("QP-01")
    @Tag("RC-08")
    @Tag("QP-16")
    void hasTheDefaultsOfSqlAlchemy() {
        PoolConfig defaults = PoolConfig.builder().build();

        assertThat(defaults.poolSize()).isEqualTo(5);
        assertThat(defaults.maxOverflow()).isEqualTo(10);
        assertThat(defaults.timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(defaults.recycle()).isNull();
        assertThat(defaults.resetOnReturn()).isEqualTo(ResetOnReturn.ROLLBACK);
    }

    @Test
    @Tag("QP-04")
    @Tag("QP-03")
    void takesAnIdleConnectionBeforeOpeningANewOne() throws SQLException {
        pool.connect().close();
        pool.connect().close();

        assertThat(database.attempts).hasValue(1);
    }

    @Test
    @Tag("QP-02")
    void aThreadThatAsksAgainGetsTheSameOfManyIdleConnections() throws SQLException {
        giveBack(borrow(pool, 5));
        Set<Integer> used = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            try (Connection connection = pool.connect()) {
                used.add(database.behind(connection).number);
            }
        }

        assertThat(pool.snapshot().checkedIn()).isEqualTo(5);
        assertThat(used).hasSize(1);
    }

    @Test
    @Tag("C-01")
    @Tag("C-02")
    @Tag("C-03")
    @Tag("C-04")
    @Tag("C-05")
    @Tag("QP-12")
    @Tag("QP-16")
    void countsAsSqlAlchemyDoes() throws SQLException {
        pool = pool(3, -1);
        assertThat(figures(pool)).containsExactly(3, 0, -3, 0);
        List<List<Integer>> growing = new ArrayList<>();
        List<Connection> borrowed = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            borrowed.add(pool.connect());
            growing.add(figures(pool));
        }

        assertThat(growing)
                .containsExactly(
                        List.of(3, 0, -2, 1),
                        List.of(3, 0, -1, 2),
                        List.of(3, 0, 0, 3),
                        List.of(3, 0, 1, 4),
                        List.of(3, 0, 2, 5),
                        List.of(3, 0, 3, 6));
        giveBack(borrowed.subList(0, 3));
        assertThat(figures(pool)).containsExactly(3, 3, 3, 3);
        giveBack(borrowed.subList(3, 6));
        assertThat(figures(pool)).containsExactly(3, 3, 0, 0);
        List<Connection> two = borrow(pool, 2);
        assertThat(figures(pool)).containsExactly(3, 1, 0, 2);
        two.get(0).close();
        assertThat(figures(pool)).containsExactly(3, 2, 0, 1);
        two.get(1).close();
    }

    @Test
    @Tag("C-06")
    void statusNamesTheFiguresInOrder() throws SQLException {
        try (Connection borrowed = pool.connect()) {
            assertThat(pool.status())
                    .isEqualTo("QueuePool 'default': pool size 5, in pool 0, overflow -4, checked out 1");
            assertThat(borrowed).isNotNull();
        }
    }

    @Test
    @Tag("QP-09")
    @Tag("QP-10")
    @Tag("QP-15")
    void closesWhatComesBackWhilePoolSizeRest() throws SQLException {
        pool = pool(2, 1);
        List<Connection> borrowed = borrow(pool, 3);
        StubDatabase.StubConnection last = database.behind(borrowed.get(0));

        borrowed.get(1).close();
        borrowed.get(2).close();
        assertThat(database.open).hasValue(3);
        borrowed.get(0).close();

        assertThat(database.open).hasValue(2);
        assertThat(last.closed).isTrue();
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.OVERFLOW, 1L);
    }

    @Test
    @Tag("QP-09")
    void aSurplusConnectionCountsUntilItIsClosed() throws SQLException {
        pool = pool(1, 1);
        List<Connection> borrowed = borrow(pool, 2);
        List<Integer> countedWhileClosing = new ArrayList<>();
        database.script((call, connection) -> {
            if (call.equals("close")) {
                countedWhileClosing.add(pool.snapshot().overflow());
            }
        });

        giveBack(borrowed);

        assertThat(countedWhileClosing).containsExactly(1);
        assertThat(pool.snapshot().overflow()).isZero();
    }

    @Test
    @Tag("PB-07")
    @Tag("QP-09")
    void aDriverThatFailsToCloseCostsNoSlot() throws SQLException {
        pool = pool(1, 1);
        database.script((call, connection) -> {
            if (call.equals("close")) {
                throw new IllegalStateException("close fails");
            }
        });

        giveBack(borrow(pool, 2));

        assertThat(figures(pool)).containsExactly(1, 1, 0, 0);
    }

    @Test
    @Tag("QP-13")
    @Tag("E-19")
    void poolSizeZeroMeansNoLimit() throws SQLException {
        for (int maxOverflow : new int[] {42, 0, -1}) {
            pool = pool(0, maxOverflow);
            List<Connection> borrowed = borrow(pool, 30);
            assertThat(pool.snapshot().overflow()).isZero();
            assertThat(pool.snapshot().limit()).isEmpty();
            assertThat(pool.snapshot().checkedOut()).isEqualTo(30);
            giveBack(borrowed);
            assertThat(pool.snapshot().checkedIn()).isEqualTo(30);
            pool.close();
        }
    }

    @Test
    @Tag("QP-05")
    @Tag("QP-06")
    @Tag("QP-07")
    @Tag("EX-01")
    @Tag("QP-03")
    @Tag("E-12")
    @Tag("E-20")
    @Tag("E-36")
    @Tag("E3-02")
    void timesOutWhenTheDeadlineHasPassedAndNotBefore() throws Exception {
        pool = new QueuePool(
                settings(1, 1).timeout(Duration.ofMillis(2500)).name("orders").build());
        List<Connection> borrowed = borrow(pool, 2);
        Borrower<Connection> late = Borrower.waitingFor(pool);

        ticker.advance(Duration.ofNanos(2_499_999_999L));
        late.nudge();
        await().until(late::isWaiting);
        assertThat(late.isDone()).isFalse();
        ticker.advance(Duration.ofNanos(1));
        late.nudge();

        assertThat(late.failure())
                .isInstanceOf(PoolTimeoutException.class)
                .isInstanceOf(SQLTransientException.class)
                .hasNoCause()
                .hasMessageStartingWith(
                        "Pool 'orders': no connection became free within 2.5 s"
                                + " (pool_size 1, max_overflow 1, timeout 2.5 s; in use 2, being opened 0, idle 0, others waiting 0).")
                .extracting(e -> ((SQLException) e).getSQLState())
                .isEqualTo("HYT00");
        assertThat(pool.snapshot().timeouts()).isEqualTo(1);
        assertThat(pool.snapshot().waiting()).isZero();
        giveBack(borrowed);
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
    }

    @Test
    @Tag("QP-06")
    @Tag("QP-03")
    void timeoutZeroDoesNotWaitButOpensIfItMay() throws SQLException {
        pool = new QueuePool(settings(1, 1).timeout(Duration.ZERO).build());
        List<Connection> borrowed = borrow(pool, 2);

        assertThatExceptionOfType(PoolTimeoutException.class)
                .isThrownBy(pool::connect)
                .withMessageContaining("no connection was free");
        giveBack(borrowed);
        pool.connect().close();
        assertThat(figures(pool)).containsExactly(1, 1, 0, 0);
    }

    @Test
    void timeoutZeroLeavesTheAccountsRightWhenOpeningFails() throws SQLException {
        pool = new QueuePool(settings(1, 0).timeout(Duration.ZERO).build());
        failOpening(new SQLException("down"));

        assertThatThrownBy(pool::connect).hasMessage("down");

        assertThat(figures(pool)).containsExactly(1, 0, -1, 0);
        database.script((call, connection) -> {});
        pool.connect().close();
    }

    @Test
    @Tag("QP-06")
    void withoutTimeoutWaitsUntilServed() throws Exception {
        pool = new QueuePool(settings(1, 0).timeout(null).build());
        Connection only = pool.connect();
        Borrower<Connection> patient = Borrower.waitingFor(pool);

        ticker.advance(Duration.ofDays(1000));
        patient.nudge();
        only.close();

        patient.get().close();
    }

    @Test
    @Tag("QP-17")
    @Tag("QP-18")
    @Tag("E-47")
    void waitersAreServedInOrderOfArrival() throws Exception {
        pool = new QueuePool(settings(1, 0).patience(Duration.ZERO).build());
        Connection held = pool.connect();
        List<Borrower<Connection>> queue = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            queue.add(Borrower.waitingFor(pool));
        }

        for (Borrower<Connection> next : queue) {
            held.close();
            held = next.get();
        }
        held.close();
    }

    @Test
    @Tag("QP-17")
    void whoHasWaitedLongerThanThePatienceIsNotOvertaken() throws Exception {
        pool = new QueuePool(settings(1, 0).patience(Duration.ofMillis(2)).build());
        Connection held = pool.connect();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        ticker.advance(Duration.ofMillis(2).plusNanos(1));
        held.close();

        assertThat(pool.snapshot().checkedIn()).isZero(); // handed over, not idle
        waiting.get().close();
    }

    @Test
    @Tag("QP-17")
    void aNewcomerDoesNotOvertakeThoseWhoWait() throws Exception {
        pool = new QueuePool(settings(1, 0).patience(Duration.ZERO).build());
        Connection held = pool.connect();
        Borrower<Connection> first = Borrower.waitingFor(pool);
        Borrower<Connection> second = Borrower.waitingFor(pool);

        held.close();
        Connection firsts = first.get();
        Borrower<Connection> third = Borrower.waitingFor(pool);
        firsts.close();

        Connection seconds = second.get();
        assertThat(third.isDone()).isFalse();
        seconds.close();
        third.get().close();
    }

    private void failOpening(Throwable failure) {
        database.script((call, connection) -> {
            if (call.equals("open")) {
                TestSupport.sneakyThrow(failure);
            }
        });
    }

    @Test
    @Tag("CR-05")
    @Tag("QP-08")
    void aFailedOpeningGoesUnchangedToWhoAskedAndFreesTheSlot() throws SQLException {
        pool = pool(2, 3);
        List<Connection> borrowed = borrow(pool, 3);
        assertThat(pool.snapshot().overflow()).isEqualTo(1);
        SQLException down = new SQLException("down", "08001", 42);
        failOpening(down);

        assertThatThrownBy(pool::connect).isSameAs(down);

        assertThat(pool.snapshot().overflow()).isEqualTo(1);
        assertThat(pool.snapshot().openFailures()).isEqualTo(1);
        giveBack(borrowed);
    }

    @Test
    @Tag("CR-05")
    void uncheckedFailuresOfTheFactoryReachTheCallerToo() {
        for (Throwable failure : List.of(new IllegalStateException("broken"), new StackOverflowError("deep"))) {
            failOpening(failure);
            assertThatThrownBy(pool::connect).isSameAs(failure);
        }
        assertThat(figures(pool)).containsExactly(5, 0, -5, 0);
    }

    @Test
    void theTraceOfAFailedOpeningShowsWhoAsked() {
        database.script((call, connection) -> {
            if (call.equals("open")) {
                throw new SQLException("down"); // made on the opener's thread
            }
        });

        assertThatThrownBy(pool::connect)
                .satisfies(e -> assertThat(e.getStackTrace())
                        .extracting(frame -> frame.getClassName() + "." + frame.getMethodName())
                        .containsSubsequence(
                                StubDatabase.class.getName() + ".open",
                                Pool.class.getName() + ".(on a thread of the pool, for:)",
                                Pool.class.getName() + ".connect",
                                QueuePoolTests.class.getName() + ".theTraceOfAFailedOpeningShowsWhoAsked"));
    }

    @Test
    void anExceptionThrownAgainAndAgainDoesNotGrow() {
        SQLException reused = new SQLException("down");
        failOpening(reused);
        Set<Integer> lengths = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(pool::connect).isSameAs(reused);
            lengths.add(reused.getStackTrace().length);
        }
        assertThat(lengths).hasSize(1);
    }

    @Test
    @Tag("CR-07")
    @Tag("E-39")
    void aFactoryThatReturnsNullIsAnError() {
        pool = new QueuePool(PoolConfig.builder()
                .connectionFactory(entry -> {
                    database.attempts.incrementAndGet();
                    return null;
                })
                .build());

        assertThatThrownBy(pool::connect)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("returned null instead of a connection");
        assertThat(database.attempts).hasValue(1);
        assertThat(figures(pool)).containsExactly(5, 0, -5, 0);
    }

    @Test
    @Tag("CR-06")
    void aHangingOpeningDelaysNobodyElse() throws Exception {
        pool = pool(1, 2);
        Connection first = pool.connect();
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open") && hanging.getCount() > 0) {
                hanging.countDown();
                TestSupport.awaitUninterruptibly(release);
            }
        });
        Borrower<Connection> stuck = Borrower.from(pool);
        hanging.await();

        Borrower.from(pool).get().close();
        first.close();
        Connection served = stuck.get();
        release.countDown();

        served.close();
        await().until(() -> pool.snapshot().opening() == 0);
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    @Tag("QP-08")
    @Tag("QP-18")
    @Tag("E-23")
    @Tag("E3-03")
    void aWaiterGetsItsOwnChanceWhenAnothersOpeningFails() throws Exception {
        pool = pool(1, 0);
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open") && connection.number == 1) {
                opening.countDown();
                TestSupport.awaitUninterruptibly(release);
                throw new SQLException("the first one fails");
            }
        });
        Borrower<Connection> first = Borrower.from(pool);
        opening.await();
        Borrower<Connection> second = Borrower.waitingFor(pool);

        release.countDown();

        assertThat(first.failure()).hasMessage("the first one fails");
        second.get().close();
        assertThat(figures(pool)).containsExactly(1, 1, 0, 0);
    }

    @Test
    void aWaiterTakesAReturnedConnectionWhileItsOwnIsStillBeingOpened() throws Exception {
        pool = pool(2, 0);
        Connection first = pool.connect();
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open")) {
                opening.countDown();
                TestSupport.awaitUninterruptibly(release);
            }
        });
        Borrower<Connection> waiting = Borrower.from(pool);
        opening.await();

        first.close();
        Connection got = waiting.get();

        assertThat(database.behind(got).number).isEqualTo(1);
        release.countDown();
        await().until(() -> pool.snapshot().checkedIn() == 1);
        got.close();
    }

    @Test
    void opensNoMoreConnectionsThanThereAreWaiters() throws Exception {
        pool = pool(10, 0);
        CountDownLatch release = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open")) {
                TestSupport.awaitUninterruptibly(release);
            }
        });
        List<Borrower<Connection>> three = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            three.add(Borrower.waitingFor(pool));
        }
        assertThat(pool.snapshot().opening()).isEqualTo(3);
        release.countDown();
        for (Borrower<Connection> borrower : three) {
            borrower.get().close();
        }

        assertThat(database.attempts).hasValue(3);
    }

    @Test
    void opensAtMostAsManyAtATimeAsConfigured() throws Exception {
        pool = new QueuePool(settings(10, 0).connectConcurrency(2).build());
        CountDownLatch release = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open")) {
                TestSupport.awaitUninterruptibly(release);
            }
        });
        List<Borrower<Connection>> five = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            five.add(Borrower.waitingFor(pool));
        }
        assertThat(pool.snapshot().opening()).isEqualTo(2);
        release.countDown();

        Set<Integer> used = new HashSet<>();
        for (Borrower<Connection> borrower : five) {
            used.add(database.behind(borrower.get()).number);
        }
        assertThat(used).hasSize(5);
    }

    @Test
    void anInterruptedWaiterLeavesTheQueueAndStaysInterrupted() throws Exception {
        pool = pool(1, 0);
        Connection held = pool.connect();
        Borrower<Boolean> interrupted = Borrower.of(() -> {
            try {
                pool.connect();
                return false;
            } catch (SQLException e) {
                return e.getCause() instanceof InterruptedException
                        && Thread.currentThread().isInterrupted();
            }
        });
        await().until(() -> pool.snapshot().waiting() == 1);
        interrupted.thread.interrupt();

        assertThat(interrupted.get()).isTrue();
        assertThat(pool.snapshot().waiting()).isZero();
        held.close();
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
    }

    @Test
    @Tag("DR-01")
    @Tag("DR-02")
    @Tag("DR-04")
    @Tag("C-08")
    @Tag("E-28")
    @Tag("E-49")
    @Tag("QP-21")
    @Tag("DR-08")
    void disposeClosesWhatIsIdleNowAndWhatIsLentWhenItComesBack() throws SQLException {
        pool = pool(2, 1);
        List<Connection> borrowed = borrow(pool, 3);
        borrowed.get(0).close();

        pool.dispose();

        assertThat(database.open).hasValue(2);
        assertThat(figures(pool)).containsExactly(2, 0, 0, 2);
        giveBack(borrowed);
        assertThat(database.open).hasValue(0);
        assertThat(figures(pool)).containsExactly(2, 0, -2, 0);
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.DISPOSED, 3L);
        pool.connect().close();
        assertThat(figures(pool)).containsExactly(2, 1, -1, 0);
    }

    @Test
    @Tag("QP-18")
    @Tag("DR-06")
    @Tag("E3-04")
    @Tag("E-49")
    void closeFailsThoseWhoWaitAtOnce() throws Exception {
        pool = pool(1, 0);
        Connection held = pool.connect();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        Borrower<Void> closing = Borrower.of(() -> {
            pool.close(Duration.ofSeconds(30));
            return null;
        });

        assertThat(waiting.failure()).isInstanceOf(PoolClosedException.class).hasMessage("Pool 'default' is closed.");
        assertThat(closing.isDone()).isFalse();
        held.close();
        closing.get();

        assertThat(database.open).hasValue(0);
        assertThatExceptionOfType(PoolClosedException.class).isThrownBy(pool::connect);
    }

    @Test
    @Tag("QP-18")
    @Tag("DR-06")
    @Tag("E-23")
    @Tag("E3-04")
    void aWaiterGetsANewConnectionWhenADisposedOneComesBack() throws Exception {
        pool = pool(1, 0);
        Connection held = pool.connect();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        pool.dispose();
        assertThat(waiting.isDone())
                .as("the limit holds for what is still in use")
                .isFalse();
        held.close();

        assertThat(database.behind(waiting.get()).number).isEqualTo(2);
        assertThat(database.mostOpen).hasValue(1);
    }

    @Test
    @Tag("QP-18")
    void aWaiterGetsANewConnectionWhenAnotherIsDetached() throws Exception {
        pool = pool(1, 0);
        PoolProxiedConnection held = pool.connect();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        held.detach();

        assertThat(database.behind(waiting.get()).number).isEqualTo(2);
        held.close();
    }

    @Test
    @Tag("QP-18")
    @Tag("I-11")
    void manyWaitersAreServedByOneReplacementInTurn() throws Exception {
        pool = new QueuePool(settings(1, 0).timeout(null).build());
        PoolProxiedConnection held = pool.connect();
        List<Borrower<Connection>> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiting.add(Borrower.waitingFor(pool));
        }
        pool.invalidate(held, new SQLException("fail-over"));
        for (Borrower<Connection> borrower : waiting) {
            borrower.get().close();
        }

        assertThat(database.attempts).hasValue(2);
    }

    @Test
    @Tag("QP-18")
    @Tag("I-11")
    void waitersAreServedWhateverTheOverflow() throws Exception {
        for (Duration timeout : new Duration[] {null, Duration.ofSeconds(30)}) {
            for (int overflow : new int[] {0, -1, 3}) {
                pool = new QueuePool(settings(2, overflow).timeout(timeout).build());
                List<Connection> held = borrow(pool, 2);
                List<Borrower<Connection>> more = List.of(Borrower.from(pool), Borrower.from(pool));
                if (overflow == 0) {
                    await().until(() -> pool.snapshot().waiting() == 2);
                }
                pool.invalidate((PoolProxiedConnection) held.get(0), null);
                held.get(1).close();
                for (Borrower<Connection> borrower : more) {
                    borrower.get().close();
                }
                await().until(() -> pool.snapshot().opening() == 0);
                assertThat(pool.snapshot().checkedOut()).isZero();
                pool.close();
            }
        }
    }

    @Test
    @Tag("QP-09")
    void whatOverflowsIsClosedOnceAndWhatIsKeptNever() throws SQLException {
        pool = pool(2, 2);
        for (int round = 0; round < 5; round++) {
            giveBack(borrow(pool, 4));
        }

        assertThat(database.attempts).hasValue(12);
        assertThat(database.open).hasValue(2);
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.OVERFLOW, 10L);
    }

    @Test
    @Tag("R-07")
    @Tag("R-08")
    @Tag("CR-05")
    void aFailedReplacementLeavesTheCountersAndTheLimitAsTheyWere() throws SQLException {
        pool = pool(1, 2);
        pool.connect().invalidate(null);
        failOpening(new SQLException("down"));
        for (int i = 0; i < 2; i++) {
            assertThat(figures(pool)).containsExactly(1, 1, 0, 0);
            assertThatThrownBy(pool::connect).hasMessage("down");
        }
        database.script((call, connection) -> {});
        List<Connection> two = borrow(pool, 2);
        assertThat(pool.snapshot().overflow()).isEqualTo(1);
        two.addAll(borrow(pool, 1));
        assertThat(pool.snapshot().overflow()).isEqualTo(2);
        giveBack(two);
    }

    @Test
    void closeAbortsWhatIsNotGivenBackInTime() throws SQLException {
        Connection kept = pool.connect();

        pool.close(Duration.ZERO);

        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
        kept.close();
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(database.journal).containsExactly("open 1", "abort 1");
    }

    @Test
    void closingTwiceDoesNothing() {
        pool.close();
        pool.close();
    }

    @Test
    void aConnectionOpenedWhileThePoolIsClosedIsClosedToo() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open")) {
                opening.countDown();
                TestSupport.awaitUninterruptibly(release);
            }
        });
        Borrower<Connection> waiting = Borrower.from(pool);
        opening.await();
        pool.close(Duration.ZERO);
        assertThat(waiting.failure()).isInstanceOf(PoolClosedException.class);

        release.countDown();

        await().until(() -> pool.snapshot().closed().get(CloseReason.POOL_CLOSED) == 1);
        assertThat(database.open).hasValue(0);
        await().until(() -> pool.snapshot().checkedOut() == 0);
    }

    @Test
    @Tag("DR-07")
    @Tag("PB-10")
    @Tag("EV-09")
    @Tag("PP-10")
    @Tag("E-10")
    void recreateKeepsClassSettingsAndListeners() throws SQLException {
        List<String> heard = new ArrayList<>();
        pool = new QueuePool(settings(7, 3)
                .timeout(Duration.ofSeconds(9))
                .recycle(Duration.ofMinutes(5))
                .resetOnReturn(ResetOnReturn.COMMIT)
                .name("orders")
                .build());
        pool.addListener(new PoolListener() {
            @Override
            public void checkout(PoolEvent.Checkout event) {
                heard.add(event.pool().name());
            }
        });
        Connection outstanding = pool.connect();

        Pool second = pool.recreate();

        assertThat(second).isInstanceOf(QueuePool.class).isNotSameAs(pool);
        assertThat(second.config()).isSameAs(pool.config());
        assertThat(figures(second)).containsExactly(7, 0, -7, 0);
        second.connect().close();
        assertThat(heard).containsExactly("orders", "orders");
        outstanding.close();
        second.close();
    }

    @Test
    @Tag("RC-01")
    @Tag("RC-02")
    @Tag("RC-03")
    @Tag("RC-04")
    @Tag("R-04")
    @Tag("RC-06")
    @Tag("IN-04")
    @Tag("R-01")
    @Tag("R-06")
    void recyclesAConnectionOlderThanAllowedWhenItIsAskedFor() throws SQLException {
        pool = new QueuePool(settings(1, 0).recycle(Duration.ofSeconds(30)).build());
        Connection first = pool.connect();
        ConnectionPoolEntry entry = first.unwrap(PoolProxiedConnection.class).entry();
        entry.info().put("of", "connection");
        entry.recordInfo().put("of", "place");
        ticker.advance(Duration.ofSeconds(30));
        first.close();

        pool.sweep();
        pool.connect().close();
        assertThat(database.attempts).as("30 s are not more than 30 s").hasValue(1);
        ticker.advance(Duration.ofNanos(1));
        pool.sweep();
        assertThat(database.open).as("nobody has asked yet").hasValue(1);
        Connection second = pool.connect();

        assertThat(database.journal).containsExactly("open 1", "abort 1", "open 2");
        assertThat(second.unwrap(PoolProxiedConnection.class).entry()).isSameAs(entry);
        assertThat(entry.info()).isEmpty();
        assertThat(entry.recordInfo()).containsEntry("of", "place");
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.RECYCLED, 1L);
        second.close();
    }

    @Test
    @Tag("RC-03")
    @Tag("E-35")
    void recycleZeroDoesNotThrowAwayAConnectionJustOpened() throws SQLException {
        pool = new QueuePool(settings(1, 0).recycle(Duration.ZERO).build());
        database.script((call, connection) -> ticker.advance(Duration.ofSeconds(1)));

        pool.connect().close();
        assertThat(database.attempts).hasValue(1);
        pool.sweep();
        pool.connect().close();
        assertThat(database.attempts).hasValue(2);
    }

    @Test
    @Tag("CR-04")
    void aSlowOpeningCountsTowardsTheAge() throws SQLException {
        pool = new QueuePool(settings(1, 0).recycle(Duration.ofSeconds(30)).build());
        database.script((call, connection) -> {
            if (call.equals("open")) {
                ticker.advance(Duration.ofSeconds(20));
            }
        });
        pool.connect().close();
        ticker.advance(Duration.ofSeconds(11));
        pool.sweep();

        pool.connect().close();

        assertThat(database.attempts).hasValue(2);
    }

    @Test
    @Tag("RC-05")
    @Tag("R-07")
    void aPlaceWhoseReplacementFailsStaysAndIsFilledLater() throws SQLException {
        pool = new QueuePool(settings(1, 0).recycle(Duration.ofSeconds(30)).build());
        pool.connect().close();
        ticker.advance(Duration.ofSeconds(31));
        pool.sweep();
        failOpening(new SQLException("down"));

        assertThatThrownBy(pool::connect).hasMessage("down");
        assertThatThrownBy(pool::connect).hasMessage("down");

        assertThat(figures(pool)).containsExactly(1, 1, 0, 0);
        assertThat(database.open).hasValue(0);
        database.script((call, connection) -> {});
        pool.connect().close();
        assertThat(figures(pool)).containsExactly(1, 1, 0, 0);
    }

    @Test
    @Tag("RC-07")
    void jitterShortensTheLifeOfConnectionsByChanceAndNotMoreThanAllowed() throws SQLException {
        pool = new QueuePool(settings(100, 0)
                .recycle(Duration.ofSeconds(100))
                .recycleJitter(0.5)
                .build());
        giveBack(borrow(pool, 100));

        ticker.advance(Duration.ofSeconds(49));
        pool.sweep();
        giveBack(borrow(pool, 100));
        assertThat(database.attempts).hasValue(100);
        ticker.advance(Duration.ofSeconds(26));
        pool.sweep();
        giveBack(borrow(pool, 100));
        assertThat(database.attempts.get()).isBetween(110, 190);
    }

    @Test
    @Tag("RC-07")
    void jitterSpreadsTheEndsOfConnectionsThatWereOpenedTogether() throws SQLException {
        pool = new QueuePool(settings(100, 0)
                .recycle(Duration.ofSeconds(100))
                .recycleJitter(0.5)
                .build());
        giveBack(borrow(pool, 100));
        ticker.advance(Duration.ofSeconds(50));

        for (int tenth = 1; tenth <= 10; tenth++) {
            int before = database.attempts.get();
            ticker.advance(Duration.ofSeconds(5));
            pool.sweep();
            giveBack(borrow(pool, 100));
            assertThat(database.attempts.get() - before)
                    .as("in tenth %d", tenth)
                    .isBetween(1, 35);
        }
        assertThat(database.attempts).hasValueGreaterThanOrEqualTo(200);
    }

    @Test
    @Tag("QP-18")
    @Tag("QP-19")
    @Tag("I-01")
    @Tag("I-11")
    @Tag("F-05")
    void invalidatingALentConnectionServesAWaiterWithANewOneInItsPlace() throws Exception {
        pool = pool(1, 0);
        PoolProxiedConnection broken = pool.connect();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        broken.invalidate(new SQLException("I know better"));

        Connection fresh = waiting.get();
        assertThat(database.behind(fresh).number).isEqualTo(2);
        assertThat(fresh.unwrap(PoolProxiedConnection.class).entry()).isSameAs(broken.entry());
        assertThat(database.open).hasValue(1);
        assertThat(broken.isClosed()).isTrue();
        fresh.close();
    }

    @Test
    @Tag("QP-19")
    void anInvalidatedPlaceCountsAsCheckedIn() throws SQLException {
        PoolProxiedConnection broken = pool.connect();
        broken.invalidate(null);

        assertThat(figures(pool)).containsExactly(5, 1, -4, 0);
        pool.connect().close();
        assertThat(figures(pool)).containsExactly(5, 1, -4, 0);
        assertThat(database.attempts).hasValue(2);
    }

    @Test
    @Tag("RC-01")
    void oneCallerHasOneStaleConnectionReplacedAndNotAll() throws Exception {
        pool = new QueuePool(settings(20, 0).recycle(Duration.ofSeconds(30)).build());
        giveBack(borrow(pool, 20));
        ticker.advance(Duration.ofSeconds(31));
        pool.sweep();

        pool.connect().close();

        await().until(() -> pool.snapshot().opening() == 0);
        assertThat(database.attempts).hasValue(21);
    }

    @Test
    void aPoolClosedBetweenTakingAndReplacingLosesNothing() throws SQLException {
        for (Duration timeout : List.of(Duration.ZERO, Duration.ofSeconds(30))) {
            QueuePool[] victim = new QueuePool[1];
            victim[0] = new QueuePool(database.settings()
                    .poolSize(1)
                    .timeout(timeout)
                    .recycle(Duration.ofSeconds(30))
                    .ticker(() -> {
                        if (closeNow && victim[0].snapshot().checkedIn() == 0) {
                            closeNow = false;
                            victim[0].close(Duration.ZERO);
                        }
                        return ticker.nanos();
                    })
                    .build());
            victim[0].connect().close();
            ticker.advance(Duration.ofSeconds(31));
            victim[0].sweep();
            closeNow = true;

            assertThatThrownBy(victim[0]::connect).isInstanceOf(PoolClosedException.class);

            assertThat(victim[0].snapshot().checkedOut()).isZero();
            assertThat(victim[0].snapshot().checkedIn()).isZero();
            assertThat(database.open).hasValue(0);
        }
    }

    private boolean closeNow;

    @Test
    void aWaiterThatReliedOnAHangingOpeningGetsItsOwn() throws Exception {
        pool = pool(3, 0);
        List<Connection> borrowed = borrow(pool, 3);
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open") && hanging.getCount() > 0) {
                hanging.countDown();
                TestSupport.awaitUninterruptibly(release);
            }
        });
        Borrower<Connection> first = Borrower.waitingFor(pool);
        Borrower<Connection> second = Borrower.waitingFor(pool);
        borrowed.get(0).unwrap(PoolProxiedConnection.class).invalidate(null);
        hanging.await();
        borrowed.get(1).close();
        first.get().unwrap(PoolProxiedConnection.class).invalidate(null);
        assertThat(second.isDone())
                .as("relies on the opening made for the first")
                .isFalse();

        ticker.advance(Duration.ofSeconds(1));
        pool.grow();

        second.get().close();
        release.countDown();
        await().until(() -> pool.snapshot().opening() == 0);
        borrowed.get(2).close();
    }

    @Test
    void whenNoThreadIsToBeHadAllCallersAreTold() throws Exception {
        pool = pool(1, 0);
        Connection held = pool.connect();
        List<Borrower<Connection>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(Borrower.waitingFor(pool));
        }
        pool.openings.stop();
        held.unwrap(PoolProxiedConnection.class).invalidate(null);

        for (Borrower<Connection> borrower : waiting) {
            assertThat(borrower.failure()).isInstanceOf(RejectedExecutionException.class);
        }
        assertThat(pool.snapshot().opening()).isZero();
    }

    @Test
    void everyBorrowerHasAConnectionOfItsOwn() throws SQLException {
        List<Connection> borrowed = borrow(pool, 15);

        assertThat(borrowed.stream()
                        .map(c -> {
                            try {
                                return database.behind(c).number;
                            } catch (SQLException e) {
                                throw new IllegalStateException(e);
                            }
                        })
                        .collect(Collectors.toSet()))
                .hasSize(15);
        giveBack(borrowed);
    }
}
