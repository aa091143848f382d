/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.naiad.example.BoundedPool;
import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.diagnose.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A driver that does not come back from a call: the place is not lost, and nobody but who is in that call waits for it. */
@Timeout(60)
class HangingDriverTests extends WithHangingDriver {

    private static final Duration RETURN_LIMIT = TIMEOUT;

    HangingDriverTests() {
        pool = new QueuePool(settings().build());
    }

    @Override
    PoolConfig.Builder settings() {
        return super.settings().resetOnReturn(ResetOnReturn.ROLLBACK);
    }

    private void pass(Duration time) {
        pool.sweep();
        ticker.advance(time);
        pool.sweep();
    }

    /** Nothing is left of the trouble: what is lent is the only connection, and it is a new one. */
    private void assertSound() throws SQLException {
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
        database.script((call, connection) -> {});
        for (int i = 0; i < 3; i++) {
            try (Connection next = pool.connect()) {
                assertThat(database.behind(next).number).isEqualTo(2);
                assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
                assertThat(database.open).hasValue(1);
            }
        }
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(database.mostOpen).hasValueLessThanOrEqualTo(1);
    }

    // --- giving back

    static Stream<Arguments> returns() {
        return Stream.of("getAutoCommit", "rollback", "setAutoCommit", "clearWarnings", "statement.close")
                .flatMap(call -> Stream.of(Abort.values()).map(abort -> Arguments.of(call, abort)));
    }

    @ParameterizedTest
    @MethodSource("returns")
    void aReturnThatHangsIsBrokenOffAndItsPlaceServesOthers(String call, Abort abort) throws Exception {
        Connection stuck = withWorkOpen();
        hang(call, abort);
        Borrower<Boolean> closing = closing(stuck);
        pass(RETURN_LIMIT.minusMillis(1));
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        assertThat(database.open).hasValue(1);
        ticker.advance(Duration.ofMillis(1));
        pool.sweep();
        if (abort == Abort.HANGS) {
            arrivals.acquire();
            await().untilAsserted(() -> assertThat(pool.snapshot().overflow())
                    .as("still open, so it counts")
                    .isZero());
            assertThat(database.attempts).hasValue(1);
            pass(Duration.ofNanos(Closer.PATIENCE));
            arrivals.acquire();
            pass(Duration.ofNanos(Closer.PATIENCE));
        }

        assertThat(database.behind(waiting.get()).number).isEqualTo(2);
        if (abort == Abort.ENDS_THE_CALL) {
            assertThat(closing.get()).isFalse();
        } else {
            assertThat(closing.isDone()).as("only the driver can let go of it").isFalse();
        }
        hanging.countDown();
        assertThat(closing.get()).isFalse();
        assertThat(stuck.isClosed()).isTrue();
        waiting.get().close();
        await().untilAsserted(() -> assertThat(database.open).hasValue(1));
        assertThat(pool.snapshot().checkedIn())
                .as("the place that came back is nobody's")
                .isEqualTo(1);
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    void aCommitOnReturnThatHangsIsBrokenOffToo() throws Exception {
        pool = new QueuePool(settings().resetOnReturn(ResetOnReturn.COMMIT).build());
        Connection stuck = withWorkOpen();
        hang("commit", Abort.ENDS_THE_CALL);
        Borrower<Boolean> closing = closing(stuck);

        pass(RETURN_LIMIT);

        assertThat(closing.failure()).isInstanceOf(SQLException.class).hasMessage("aborted");
        assertSound();
    }

    @Test
    void aReturnMayTakeFiveSecondsEvenIfCallersWaitForLess() throws Exception {
        pool = new QueuePool(settings().timeout(Duration.ofMillis(100)).build());
        Connection stuck = withWorkOpen();
        hang("rollback", Abort.ENDS_THE_CALL);
        Borrower<Boolean> closing = closing(stuck);

        pass(Duration.ofSeconds(5).minusMillis(1));
        assertThat(pool.snapshot().closed().values()).containsOnly(0L);
        pass(Duration.ofMillis(1));

        assertThat(closing.get()).isFalse();
        assertSound();
    }

    @Test
    void whereCallersWaitWithoutLimitAReturnMayTakeAsLongAsItTakes() throws Exception {
        pool = new QueuePool(settings().timeout(null).build());
        Connection stuck = withWorkOpen();
        hang("rollback", Abort.ENDS_THE_CALL);
        Borrower<Boolean> closing = closing(stuck);

        pass(Duration.ofDays(1));

        assertThat(pool.snapshot().closed().values()).containsOnly(0L);
        hanging.countDown();
        assertThat(closing.get()).isFalse();
    }

    @Test
    void anOperatorIsToldOnceWhichCallOfWhichThreadDoesNotEnd() throws Exception {
        pool = new QueuePool(settings().name("told").build());
        hang("rollback", Abort.ENDS_THE_CALL);
        try (LogRecorder log = new LogRecorder("dev.naiad.pool.QueuePool.told", Level.INFO)) {
            Borrower<Boolean> closing = Borrower.of(() -> {
                withWorkOpen().close();
                return true;
            });
            arrivals.acquire();

            pass(RETURN_LIMIT);
            closing.get();
            await().untilAsserted(() -> assertThat(database.open).hasValue(0));

            assertThat(log.lines)
                    .singleElement()
                    .asString()
                    .startsWith("WARN Pool 'told': giving back connection 1 takes longer than 30 s (thread "
                            + closing.thread.getName() + ", in ")
                    .endsWith("rollback); it is aborted");
        }
    }

    @ParameterizedTest
    @MethodSource("allPools")
    void theResetOfADetachedConnectionIsBrokenOffAsWell(Function<PoolConfig, Pool> poolClass) throws Exception {
        pool = poolClass.apply(settings().build());
        Connection detached = withWorkOpen();
        detached.unwrap(PoolProxiedConnection.class).detach();
        hang("rollback", Abort.ENDS_THE_CALL);
        Borrower<Boolean> closing = closing(detached);

        pass(RETURN_LIMIT.minusMillis(1));
        assertThat(database.open).hasValue(1);
        pass(Duration.ofMillis(1));

        assertThat(closing.get()).isFalse();
        assertThat(database.open).hasValue(0);
    }

    @Test
    void listenersHearOfAReturnThatIsBrokenOff() throws Exception {
        List<String> heard = new ArrayList<>();
        pool.addListener(new PoolListener() {
            @Override
            public void invalidate(PoolEvent.Invalidate event) {
                heard.add("invalidate: " + event.cause());
            }

            @Override
            public void close(PoolEvent.Close event) {
                heard.add("close: " + event.reason());
            }
        });
        Connection stuck = withWorkOpen();
        hang("rollback", Abort.ENDS_THE_CALL);
        Borrower<Boolean> closing = closing(stuck);

        pass(RETURN_LIMIT);
        closing.get();

        assertThat(heard)
                .containsExactly(
                        "invalidate: java.sql.SQLTimeoutException: Pool 'default': giving back connection 1 takes longer than"
                                + " 30 s.",
                        "close: INVALIDATED");
    }

    /** Runs something when the pool says that it breaks off a return, before the connection is touched. */
    private static Registration whenReturnIsBrokenOff(Runnable action) {
        UnsynchronizedAppenderBase<ILoggingEvent> appender = new UnsynchronizedAppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getFormattedMessage().endsWith("it is aborted")) {
                    action.run();
                }
            }
        };
        appender.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
        appender.start();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.naiad.pool.QueuePool.default");
        Level before = logger.getLevel();
        logger.setLevel(Level.WARN);
        logger.addAppender(appender);
        return () -> {
            logger.detachAppender(appender);
            logger.setLevel(before);
        };
    }

    @Test
    void aReturnThatEndsWhileItIsBrokenOffDoesNotCostTheNextBorrowerItsConnection() throws Exception {
        Connection stuck = withWorkOpen();
        database.script((call, connection) -> {
            if (call.equals("rollback") && connection.number == 1) {
                arrivals.release();
                TestSupport.awaitUninterruptibly(hanging);
            }
        });
        Borrower<Boolean> closing = closing(stuck);
        CompletableFuture<Borrower<Connection>> next = new CompletableFuture<>();
        Registration registration = whenReturnIsBrokenOff(() -> {
            hanging.countDown();
            await().until(closing::isDone);
            Borrower<Connection> borrower = Borrower.from(pool);
            await().until(() -> borrower.isDone() || borrower.isWaiting());
            next.complete(borrower);
        });
        try (registration) {
            pass(RETURN_LIMIT);

            Connection lent = next.get().get();
            await().untilAsserted(() -> assertThat(database.journal).contains("abort 1"));
            assertThat(database.behind(lent).closed).isFalse();
            assertThat(database.behind(lent).number).isEqualTo(2);
            assertThat(database.mostOpen).hasValue(1);
            lent.close();
            assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
            assertThat(pool.snapshot().checkedOut()).isZero();
        }
    }

    @Test
    void aPlaceReopenedWhileItsReturnIsBrokenOffIsStillReported() throws Exception {
        pool = new AssertionPool(settings().build());
        Connection stuck = withWorkOpen();
        hang("rollback", Abort.ENDS_THE_CALL);
        Borrower<Boolean> closing = closing(stuck);
        CompletableFuture<Thread> breaker = new CompletableFuture<>();
        CountDownLatch reopened = new CountDownLatch(1);
        pool.addListener(new PoolListener() {
            @Override
            public void close(PoolEvent.Close event) {
                hanging.countDown();
                breaker.complete(Thread.currentThread());
                TestSupport.awaitUninterruptibly(reopened);
            }
        });

        pass(RETURN_LIMIT);
        Thread housekeepers = breaker.get();
        closing.get();
        Connection next = pool.connect();
        reopened.countDown();
        await().until(() -> housekeepers.getState() == Thread.State.TIMED_WAITING || !housekeepers.isAlive());

        assertThat(pool.report().holders()).hasSize(1);
        next.close();
    }

    @ParameterizedTest
    @MethodSource("otherPools")
    void inEveryPoolAReturnThatHangsIsBrokenOff(Function<PoolConfig, Pool> poolClass) throws Exception {
        pool = poolClass.apply(settings().build());
        Connection stuck = withWorkOpen();
        hang("rollback", Abort.ENDS_THE_CALL);
        Borrower<Boolean> closing = closing(stuck);

        pass(RETURN_LIMIT);

        assertThat(closing.get()).isFalse();
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
        try (Connection next = pool.connect()) {
            assertThat(database.behind(next).number).isEqualTo(2);
            assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
        }
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    void anAssertionPoolLendsAgainEvenIfTheDriverNeverLetsGo() throws Exception {
        pool = new AssertionPool(settings().build());
        Connection stuck = withWorkOpen();
        hang("rollback", Abort.DOES_NOT_END_THE_CALL);
        Borrower<Boolean> closing = closing(stuck);

        pass(RETURN_LIMIT);
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedOut()).isZero());

        Connection next = pool.connect();
        assertThat(database.behind(next).number).isEqualTo(2);
        hanging.countDown();
        closing.get();
        assertThat(pool.snapshot().checkedOut()).as("nobody's but this").isEqualTo(1);
        assertThat(database.behind(next).closed).isFalse();
        next.close();
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
    }

    static Stream<Function<PoolConfig, Pool>> poolsInWhichOthersWait() {
        return Stream.of(StaticPool::new, SingletonThreadPool::new);
    }

    @ParameterizedTest
    @MethodSource("poolsInWhichOthersWait")
    void whereOthersWaitTheyAreServedEvenIfTheDriverNeverLetsGo(Function<PoolConfig, Pool> poolClass) throws Exception {
        pool = poolClass.apply(settings().build());
        Connection stuck = withWorkOpen();
        hang("rollback", Abort.DOES_NOT_END_THE_CALL);
        Borrower<Boolean> closing = closing(stuck);
        pass(RETURN_LIMIT.minusMillis(1));
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        pass(Duration.ofMillis(1));

        assertThat(database.behind(waiting.get()).number).isEqualTo(2);
        hanging.countDown();
        closing.get();
        assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
        waiting.get().close();
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(database.attempts).hasValue(2);
    }

    // --- pings

    private void restWithPing(PoolConfig.Builder settings) throws SQLException {
        pool = new QueuePool(settings.prePing(PrePing.ON).build());
        pool.connect().close();
    }

    @ParameterizedTest
    @EnumSource
    void aPingThatHangsIsTakenForNoAnswerAfterFiveSeconds(Abort abort) throws Exception {
        restWithPing(settings().maxOverflow(1));
        hang("isValid", abort);
        Borrower<Connection> borrower = Borrower.from(pool);
        arrivals.acquire();

        ticker.advance(Duration.ofSeconds(5));
        borrower.nudge();

        assertThat(database.behind(borrower.get()).number).isEqualTo(2);
        borrower.get().close();
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    void whoHasLessTimeThanThatWaitsNoLongerThanItsDeadline() throws Exception {
        restWithPing(settings().timeout(Duration.ofSeconds(2)).maxOverflow(1));
        database.script((call, connection) -> {
            if (call.equals("isValid") || call.equals("open")) {
                arrivals.release();
                TestSupport.awaitUninterruptibly(hanging);
            }
        });
        Borrower<Connection> borrower = Borrower.from(pool);
        arrivals.acquire();

        ticker.advance(Duration.ofSeconds(2));
        borrower.nudge();

        assertThat(borrower.failure()).isInstanceOf(PoolTimeoutException.class);
        hanging.countDown();
        try (Connection next = pool.connect()) {
            assertThat(database.behind(next).number).as("another one").isNotEqualTo(1);
        }
        await().untilAsserted(() ->
                assertThat(pool.snapshot().checkedOut()).as("openings included").isZero());
    }

    @Test
    void whoHasWaitedForAPingInVainDoesNotWaitForAnother() throws Exception {
        pool = new QueuePool(settings()
                .poolSize(2)
                .checkoutOrder(CheckoutOrder.FIFO)
                .timeout(Duration.ofSeconds(2))
                .prePing(PrePing.ON)
                .build());
        for (Connection each : Borrower.manyFrom(pool, 2)) {
            each.close();
        }
        Queue<Integer> asked = new ConcurrentLinkedQueue<>();
        database.script((call, connection) -> {
            if (call.equals("isValid")) {
                asked.add(connection.number);
                arrivals.release();
                TestSupport.awaitUninterruptibly(hanging);
            }
        });
        Borrower<Connection> borrower = Borrower.from(pool);
        arrivals.acquire();

        ticker.advance(Duration.ofSeconds(1));
        borrower.nudge();

        Connection lent = borrower.get();
        assertThat(database.behind(lent).number).isEqualTo(2);
        assertThat(asked).containsExactly(1);
        lent.close();
        hanging.countDown();
        pool.connect().close();
        assertThat(asked).as("the next one asks").containsExactly(1, 2);
    }

    @Test
    void inAPoolThatOpensOnTheCallersThreadADeadlineMissedByAPingIsNotStretchedByAnOpening() throws Exception {
        pool = new StaticPool(
                settings().timeout(Duration.ofSeconds(2)).prePing(PrePing.ON).build());
        pool.connect().close();
        hang("isValid", Abort.ENDS_THE_CALL);
        Borrower<Connection> borrower = Borrower.from(pool);
        arrivals.acquire();

        ticker.advance(Duration.ofSeconds(2));
        borrower.nudge();

        assertThat(borrower.failure()).isInstanceOf(PoolTimeoutException.class);
        assertThat(database.attempts).hasValue(1);
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    void whoDoesNotWaitForAConnectionGivesAPingASecond() throws Exception {
        restWithPing(settings().timeout(Duration.ZERO).maxOverflow(1));
        hang("isValid", Abort.ENDS_THE_CALL);
        Borrower<Connection> borrower = Borrower.from(pool);
        arrivals.acquire();

        ticker.advance(Duration.ofMillis(999));
        borrower.nudge();
        assertThat(borrower.isDone()).isFalse();
        ticker.advance(Duration.ofMillis(1));
        borrower.nudge();

        assertThat(database.behind(borrower.get()).number).isEqualTo(2);
    }

    @Test
    void beingInterruptedDoesNotEndAPing() throws Exception {
        restWithPing(settings());
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("isValid")) {
                asked.countDown();
                TestSupport.awaitUninterruptibly(answer);
            }
        });
        Borrower<Boolean> borrower = Borrower.of(() -> {
            try (Connection connection = pool.connect()) {
                return Thread.currentThread().isInterrupted() && database.behind(connection).number == 1;
            }
        });
        asked.await();

        borrower.thread.interrupt();
        answer.countDown();

        assertThat(borrower.get()).as("lent, and still interrupted").isTrue();
    }

    // --- ending

    @ParameterizedTest
    @ValueSource(strings = {"abort", "close"})
    void whoAbortsOrInvalidatesDoesNotWaitForTheDriver(String call) throws Exception {
        hang(call, Abort.DOES_NOT_END_THE_CALL);

        pool.connect().abort(Runnable::run); // returns
        arrivals.acquire();

        assertThat(pool.snapshot().checkedOut()).isZero();
        hanging.countDown();
        assertSound();
    }

    @Test
    void abortingConnectionsThatHangDoesNotKeepAPoolFromBeingClosed() throws Exception {
        Connection kept = pool.connect();
        hang("abort", Abort.DOES_NOT_END_THE_CALL);

        ((QueuePool) pool).close(Duration.ZERO); // returns
        arrivals.acquire();

        assertThat(kept.isClosed()).isFalse();
    }

    @Test
    void abortingAConnectionWhoseReturnHangsDoesNotWaitForTheDriver() throws Exception {
        Connection stuck = withWorkOpen();
        hang(Set.of("rollback", "abort"), Abort.DOES_NOT_END_THE_CALL);
        Borrower<Boolean> closing = closing(stuck);

        stuck.abort(Runnable::run); // returns
        arrivals.acquire();

        assertThat(closing.isDone()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("allPools")
    void closingADetachedConnectionEndsWhenTheDriverDoesNot(Function<PoolConfig, Pool> poolClass) throws Exception {
        pool = poolClass.apply(settings().build());
        PoolProxiedConnection detached = pool.connect();
        detached.detach();
        hang("close", Abort.HANGS);

        Borrower<Boolean> closing = closing(detached);
        await().until(() -> closing.isParkedIn(Closing.class));
        ticker.advance(Duration.ofNanos(Closer.PATIENCE - 1));
        closing.nudge();
        assertThat(closing.isDone()).isFalse();
        ticker.advance(Duration.ofNanos(1));
        closing.nudge();

        assertThat(closing.get()).isFalse();
        pool.sweep();
        arrivals.acquire(); // the abort
    }

    @ParameterizedTest
    @CsvSource({"30000, 5000", "2000, 2000", "0, 1000"})
    void aPoolThatClosesOnReturnWaitsForThatAsLongAsItsCallersWait(long timeout, long patience) throws Exception {
        pool = new NullPool(settings().timeout(Duration.ofMillis(timeout)).build());
        Connection connection = pool.connect();
        hang("close", Abort.ENDS_THE_CALL);
        Drain drain = pool.dispose();

        Borrower<Boolean> closing = closing(connection);
        await().until(() -> closing.isParkedIn(Closing.class));
        ticker.advance(Duration.ofMillis(patience).minusNanos(1));
        closing.nudge();
        assertThat(closing.isDone()).isFalse();
        ticker.advance(Duration.ofNanos(1));
        closing.nudge();

        assertThat(closing.get()).isFalse();
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(drain.remaining()).as("physically open").isEqualTo(1);
        ticker.advance(Duration.ofNanos(Closer.PATIENCE).minusMillis(patience));
        pool.sweep();
        assertThat(drain.await(Duration.ofSeconds(20))).as("aborted").isTrue();
        assertThat(database.open).hasValue(0);
    }

    @Test
    void whoIsInterruptedWhileAConnectionIsClosedStaysSoAndWaitsOn() throws Exception {
        pool = new NullPool(settings().build());
        Connection connection = pool.connect();
        hang("close", Abort.ENDS_THE_CALL);
        Borrower<Boolean> closing = Borrower.of(() -> {
            connection.close();
            return Thread.currentThread().isInterrupted();
        });
        arrivals.acquire();

        closing.thread.interrupt();
        hanging.countDown();

        assertThat(closing.get()).isTrue();
        assertThat(database.open).hasValue(0);
    }

    static Stream<Function<PoolConfig, Pool>> poolsOfOneConnection() {
        return Stream.of(StaticPool::new, SingletonThreadPool::new, AssertionPool::new);
    }

    @ParameterizedTest
    @MethodSource("poolsOfOneConnection")
    void whileAClosingHangsForWhichNobodyWaitsAnotherConnectionIsNotOpenedBesideIt(Function<PoolConfig, Pool> poolClass)
            throws Exception {
        pool = poolClass.apply(settings().build());
        pool.connect().close();
        hang(Set.of("close", "abort"), Abort.HANGS);
        Borrower<Drain> disposing = Borrower.of(pool::dispose);
        arrivals.acquire();
        await().until(() -> disposing.isParkedIn(Closing.class));
        ticker.advance(Duration.ofNanos(Closer.PATIENCE));
        disposing.nudge();
        Drain drain = disposing.get();
        assertThat(drain.remaining()).isEqualTo(1);

        Borrower<Connection> next = Borrower.from(pool);
        await().until(() -> pool.snapshot().opening() == 1);
        pass(Duration.ofNanos(Closer.PATIENCE - 1));
        assertThat(next.isDone()).isFalse();
        assertThat(database.attempts).hasValue(1);
        hanging.countDown();

        next.get().close();
        assertThat(drain.await(Duration.ofSeconds(20))).isTrue();
        assertThat(database.mostOpen).hasValue(1);
    }

    // --- opening

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** Has that attempt to open a connection hang. It succeeds in the end. */
    private void hangOpening(int attempt) {
        database.script((call, connection) -> {
            if (call.equals("open") && connection.number == attempt) {
                arrivals.release();
                TestSupport.awaitUninterruptibly(hanging);
            }
        });
    }

    private Borrower<Connection> opening() throws InterruptedException {
        Borrower<Connection> borrower = Borrower.from(pool);
        arrivals.acquire();
        return borrower;
    }

    static Stream<Function<PoolConfig, Pool>> poolsWhoseCallersWaitForOpenings() {
        return Stream.concat(otherPools(), Stream.of(BoundedPool::new));
    }

    /** Another connection serves others, also while that one hangs; which is closed if it comes after all. */
    private void assertAnotherServesAndTheLateOneIsClosed(int late) throws Exception {
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(pool.snapshot().opening()).isZero();
        try (Connection next = pool.connect()) {
            assertThat(database.behind(next).number).isEqualTo(late + 1);
            assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
            hanging.countDown();
            await().untilAsserted(() -> assertThat(pool.snapshot().closed()).containsEntry(CloseReason.LATE, 1L));
            assertThat(database.open).hasValue(1);
            assertThat(database.behind(next).closed).isFalse();
        }
        assertThat(pool.snapshot().checkedOut()).isZero();
        try (Connection again = pool.connect()) {
            assertThat(database.behind(again).closed).isFalse();
            assertThat(database.open).hasValue(1);
        }
    }

    @ParameterizedTest
    @MethodSource("poolsWhoseCallersWaitForOpenings")
    void inEveryPoolAnOpeningThatHangsIsAbandonedAfterConnectTimeout(Function<PoolConfig, Pool> poolClass)
            throws Exception {
        pool = poolClass.apply(settings().connectTimeout(CONNECT_TIMEOUT).build());
        hangOpening(1);
        Borrower<Connection> borrower = opening();

        pass(CONNECT_TIMEOUT.minusMillis(1));
        assertThat(borrower.isDone()).isFalse();
        assertThat(pool.snapshot().opening()).isEqualTo(1);
        assertThat(pool.report().openings()).hasSize(1);
        pass(Duration.ofMillis(1));

        assertThat(borrower.failure())
                .isInstanceOf(SQLTransientConnectionException.class)
                .hasMessage(
                        "Pool 'default': opening a connection took longer than connect_timeout (PT10S); it was abandoned.");
        assertThat(pool.snapshot().openFailures()).isEqualTo(1);
        assertAnotherServesAndTheLateOneIsClosed(1);
    }

    @ParameterizedTest
    @MethodSource("poolsWhoseCallersWaitForOpenings")
    void inEveryPoolACallerWaitsForAnOpeningNoLongerThanItHasTime(Function<PoolConfig, Pool> poolClass)
            throws Exception {
        pool = poolClass.apply(settings().timeout(Duration.ofSeconds(2)).build());
        hangOpening(1);
        Borrower<Connection> borrower = opening();

        ticker.advance(Duration.ofSeconds(2));
        borrower.nudge();

        assertThat(borrower.failure())
                .isInstanceOfSatisfying(
                        PoolTimeoutException.class,
                        failure -> assertThat(failure.report().diagnosis().verdict())
                                .isEqualTo(Verdict.CONNECT_SLOW));
        assertThat(pool.history()).anyMatch(event -> event.kind() == Transition.Kind.OPEN_ABANDONED);
        assertAnotherServesAndTheLateOneIsClosed(1);
    }

    @ParameterizedTest
    @MethodSource("poolsWhoseCallersWaitForOpenings")
    void inEveryPoolBeingInterruptedEndsTheWaitForAnOpening(Function<PoolConfig, Pool> poolClass) throws Exception {
        pool = poolClass.apply(settings().build());
        hangOpening(1);
        Borrower<Boolean> borrower = Borrower.of(() -> {
            try {
                pool.connect();
                return false;
            } catch (SQLException e) {
                return "HY008".equals(e.getSQLState()) && Thread.currentThread().isInterrupted();
            }
        });
        arrivals.acquire();

        borrower.thread.interrupt();

        assertThat(borrower.get()).isTrue();
        assertAnotherServesAndTheLateOneIsClosed(1);
    }

    static Stream<Function<PoolConfig, Pool>> poolsThatKeep() {
        return Stream.of(StaticPool::new, SingletonThreadPool::new, AssertionPool::new, BoundedPool::new);
    }

    @ParameterizedTest
    @MethodSource("poolsThatKeep")
    void aPlaceWhoseReopeningHangsIsDoneWithout(Function<PoolConfig, Pool> poolClass) throws Exception {
        pool = poolClass.apply(settings().connectTimeout(CONNECT_TIMEOUT).build());
        Connection first = pool.connect();
        first.unwrap(PoolProxiedConnection.class).invalidateSoftly(null);
        first.close();
        hangOpening(2);
        Borrower<Connection> borrower = opening();

        pass(CONNECT_TIMEOUT);

        assertThat(borrower.failure()).isInstanceOf(SQLTransientConnectionException.class);
        assertAnotherServesAndTheLateOneIsClosed(2);
        assertThat(database.mostOpen).as("the late one counts no longer").hasValueLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("poolsInWhichOthersWait")
    void whoWaitsForAPlaceWhoseOpeningHangsIsServedByAnother(Function<PoolConfig, Pool> poolClass) throws Exception {
        pool = poolClass.apply(settings()
                .timeout(Duration.ofMinutes(1))
                .connectTimeout(CONNECT_TIMEOUT)
                .build());
        hangOpening(1);
        Borrower<Connection> borrower = opening();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        pass(CONNECT_TIMEOUT);

        assertThat(borrower.failure()).isInstanceOf(SQLTransientConnectionException.class);
        assertThat(database.behind(waiting.get()).number).isEqualTo(2);
        waiting.get().close();
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @ParameterizedTest
    @MethodSource("poolsInWhichOthersWait")
    void whoHasWaitedForItsTurnHasOnlyWhatIsLeftOfItsTimeForTheOpening(Function<PoolConfig, Pool> poolClass)
            throws Exception {
        pool = poolClass.apply(settings().timeout(Duration.ofSeconds(30)).build());
        hangOpening(1);
        Borrower<Connection> borrower = opening();
        database.script((call, connection) -> {
            if (call.equals("open")) {
                arrivals.release();
                TestSupport.awaitUninterruptibly(hanging);
            }
        });
        ticker.advance(Duration.ofSeconds(20));
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        ticker.advance(Duration.ofSeconds(10));
        borrower.nudge();
        assertThat(borrower.failure()).isInstanceOf(PoolTimeoutException.class);
        arrivals.acquire(); // its turn

        ticker.advance(Duration.ofSeconds(20).minusNanos(1));
        waiting.nudge();
        assertThat(waiting.isDone()).isFalse();
        ticker.advance(Duration.ofNanos(1));
        waiting.nudge();

        assertThat(waiting.failure()).isInstanceOf(PoolTimeoutException.class);
    }

    @ParameterizedTest
    @MethodSource("allPools")
    void whoDoesNotWaitForOthersWaitsForAnOpeningUntilConnectTimeout(Function<PoolConfig, Pool> poolClass)
            throws Exception {
        pool = poolClass.apply(settings()
                .timeout(Duration.ZERO)
                .connectTimeout(CONNECT_TIMEOUT)
                .build());
        hangOpening(1);
        Borrower<Connection> borrower = opening();

        pass(CONNECT_TIMEOUT.minusMillis(1));
        borrower.nudge();
        assertThat(borrower.isDone()).isFalse();
        pass(Duration.ofMillis(1));

        assertThat(borrower.failure()).hasMessageContaining("connect_timeout (PT10S)");
        assertAnotherServesAndTheLateOneIsClosed(1);
    }

    @Test
    void aQueuePoolWhoseCallersDoNotWaitDoesWithoutAPlaceWhoseReopeningHangs() throws Exception {
        pool = new QueuePool(settings()
                .timeout(Duration.ZERO)
                .connectTimeout(CONNECT_TIMEOUT)
                .failFastAfter(null)
                .build());
        Connection first = pool.connect();
        hangOpening(2);
        first.unwrap(PoolProxiedConnection.class).invalidateSoftly(null);
        first.close();
        Borrower<Connection> borrower = opening();

        pass(CONNECT_TIMEOUT);
        pool.sweep();

        assertThat(borrower.failure()).hasMessageContaining("connect_timeout (PT10S)");
        await().untilAsserted(() -> assertThat(pool.snapshot().opening()).isZero());
        assertAnotherServesAndTheLateOneIsClosed(2);
    }

    @ParameterizedTest
    @MethodSource("allPools")
    void aTickerThatFailsWhileACallerWaitsForAnOpeningCostsNoConnection(Function<PoolConfig, Pool> poolClass)
            throws Exception {
        AtomicReference<Thread> unlucky = new AtomicReference<>();
        pool = poolClass.apply(settings()
                .ticker(() -> {
                    if (Thread.currentThread() == unlucky.get()) {
                        throw new IllegalStateException("no time");
                    }
                    return ticker.nanos();
                })
                .timeout(Duration.ZERO)
                .connectTimeout(CONNECT_TIMEOUT)
                .build());
        hangOpening(1);
        Borrower<Connection> borrower = opening();

        unlucky.set(borrower.thread);
        borrower.nudge();

        assertThat(borrower.failure()).hasMessage("no time");
        hanging.countDown();
        pool.close();
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
    }

    @ParameterizedTest
    @MethodSource("allPools")
    void aTickerThatFailsWhenAnOpeningHasJustEndedLeavesNothingBehind(Function<PoolConfig, Pool> poolClass)
            throws Exception {
        AtomicReference<Thread> unlucky = new AtomicReference<>();
        pool = poolClass.apply(settings()
                .ticker(() -> {
                    if (unlucky.compareAndSet(Thread.currentThread(), null)) {
                        hanging.countDown();
                        await().until(() -> !pool.awaitedOpenings().isBusy());
                        throw new IllegalStateException("no time");
                    }
                    return ticker.nanos();
                })
                .timeout(Duration.ZERO)
                .connectTimeout(CONNECT_TIMEOUT)
                .build());
        hangOpening(1);
        Borrower<Connection> borrower = opening();

        unlucky.set(borrower.thread);
        borrower.nudge();

        assertThat(borrower.failure()).hasMessage("no time");
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
        assertThat(pool.lostConnections().watches()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("allPools")
    void aDrainDoesNotWaitForAListenerWithAConnectionThatWasGivenUpBefore(Function<PoolConfig, Pool> poolClass)
            throws Exception {
        pool = poolClass.apply(settings()
                .timeout(Duration.ZERO)
                .connectTimeout(CONNECT_TIMEOUT)
                .build());
        pool.addListener(new PoolListener() {
            @Override
            public void connect(PoolEvent.Connect event) {
                arrivals.release();
                TestSupport.awaitUninterruptibly(hanging);
            }
        });
        Borrower<Connection> borrower = opening();
        pass(CONNECT_TIMEOUT);
        assertThat(borrower.failure()).hasMessageContaining("connect_timeout (PT10S)");
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));

        Drain drain = pool.dispose();

        assertThat(drain.await(Duration.ofSeconds(20))).isTrue();
    }

    @ParameterizedTest
    @MethodSource("poolsOfOneConnection")
    void whatIsGivenUpBeforeThereIsRoomForItIsNotOpened(Function<PoolConfig, Pool> poolClass) throws Exception {
        pool = poolClass.apply(settings().build());
        pool.connect().close();
        hang(Set.of("close", "abort"), Abort.HANGS);
        Borrower<Drain> disposing = Borrower.of(pool::dispose);
        arrivals.acquire();
        await().until(() -> disposing.isParkedIn(Closing.class));
        ticker.advance(Duration.ofNanos(Closer.PATIENCE));
        disposing.nudge();
        disposing.get();
        Borrower<Connection> next = Borrower.from(pool);
        await().until(() -> pool.snapshot().opening() == 1);

        next.thread.interrupt();
        assertThat(next.failure()).hasMessageContaining("interrupted");
        hanging.countDown();

        await().until(() -> !pool.awaitedOpenings().isBusy());
        assertThat(database.attempts).hasValue(1);
    }

    @Test
    void whereNothingLimitsAnOpeningItIsDoneInTheCallersThread() throws Exception {
        pool = new NullPool(settings().timeout(null).connectTimeout(null).build());
        Queue<Thread> openers = new ConcurrentLinkedQueue<>();
        database.script((call, connection) -> {
            if (call.equals("open")) {
                openers.add(Thread.currentThread());
            }
        });
        pool.connect().close();
        assertThat(openers).containsExactly(Thread.currentThread());
    }

    @ParameterizedTest
    @MethodSource("allPools")
    void noConnectionIsAskedForItsText(Function<PoolConfig, Pool> poolClass) throws Exception {
        hang("toString", Abort.DOES_NOT_END_THE_CALL);
        pool = poolClass.apply(settings().echo(Echo.DEBUG).build());

        withWorkOpen().close();
        pool.connect().invalidate(new SQLException("unfit"));
        PoolProxiedConnection last = pool.connect();
        assertThat(last.toString()).isNotEmpty();
        assertThat(last.entry().toString()).isNotEmpty();
        last.close();
        pool.dispose();

        assertThat(arrivals.availablePermits()).isZero();
    }
}
