/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** With {@code reset_timeout} nobody waits for a driver that does not come back, not even who closes the connection. */
@Timeout(60)
class BoundedReturnTests extends WithHangingDriver {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    BoundedReturnTests() {
        pool = new QueuePool(settings().build());
    }

    @Override
    PoolConfig.Builder settings() {
        return super.settings().resetTimeout(LIMIT);
    }

    private void pass(Duration time, Borrower<?> waiting) {
        ticker.advance(time);
        waiting.nudge();
    }

    static Stream<Arguments> calls() {
        return Stream.of(
                        "getAutoCommit",
                        "rollback",
                        "setAutoCommit",
                        "setTransactionIsolation",
                        "clearWarnings",
                        "statement.close")
                .flatMap(call -> Stream.of(Abort.ENDS_THE_CALL, Abort.DOES_NOT_END_THE_CALL)
                        .map(abort -> Arguments.of(call, abort)));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void whoeverClosesAConnectionIsFreeAfterThatTimeWhateverTheDriverDoes(String call, Abort abort) throws Exception {
        Connection stuck = withWorkOpen();
        hang(call, abort);
        Borrower<Boolean> closing = closing(stuck);
        pass(LIMIT.minusNanos(1), closing);
        assertThat(closing.isDone()).isFalse();
        assertThat(database.open).as("still there, and counted").hasValue(1);
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        pass(Duration.ofNanos(1), closing);

        assertThat(closing.get()).isFalse();
        assertThat(stuck.isClosed()).isTrue();
        assertThat(database.behind(waiting.get()).number).isEqualTo(2);
        assertThat(database.mostOpen)
                .as("nothing was opened before that was closed")
                .hasValue(1);
        hanging.countDown();
        assertNothingComesBackTwice(waiting.get());
    }

    private void assertNothingComesBackTwice(Connection lent) throws SQLException {
        await().untilAsserted(() -> assertThat(helpersOf(pool)).isEmpty());
        assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
        lent.close();
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedIn()).isEqualTo(1));
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(database.open).hasValue(1);
    }

    /** The threads of the pool that are busy with something. */
    private static List<Thread> helpersOf(Pool pool) {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> entry.getKey().getName().startsWith("naiad-" + pool.name() + "-helper"))
                .filter(entry -> Stream.of(entry.getValue())
                        .anyMatch(frame -> frame.getClassName().equals(Errand.class.getName())))
                .map(Map.Entry::getKey)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("otherPools")
    void theSameHoldsInEveryPool(Function<PoolConfig, Pool> poolClass) throws Exception {
        pool = poolClass.apply(settings().build());
        Connection stuck = withWorkOpen();
        hang("rollback", Abort.DOES_NOT_END_THE_CALL);
        Borrower<Boolean> closing = closing(stuck);

        pass(LIMIT, closing);

        assertThat(closing.get()).isFalse();
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedOut())
                .as("where that is no matter of limits, what is in the driver counts")
                .isEqualTo(pool instanceof NullPool || pool instanceof StaticPool ? 1 : 0));
        try (Connection next = pool.connect()) {
            assertThat(database.behind(next).number).isEqualTo(2);
            hanging.countDown();
            await().untilAsserted(() -> assertThat(pool.snapshot().checkedOut()).isEqualTo(1));
            assertThat(database.behind(next).closed).isFalse();
        }
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(database.mostOpen).hasValue(1);
    }

    @Test
    void whoeverWantedSomethingCommittedHearsThatNobodyKnowsWhatBecameOfIt() throws Exception {
        pool = new QueuePool(
                settings().name("shop").resetOnReturn(ResetOnReturn.COMMIT).build());
        Connection stuck = withWorkOpen();
        hang("commit", Abort.DOES_NOT_END_THE_CALL);
        Borrower<Boolean> closing = closing(stuck);

        pass(LIMIT, closing);

        assertThat(closing.failure())
                .isInstanceOf(SQLTimeoutException.class)
                .hasMessage(
                        "Pool 'shop': the commit on return of connection 1 takes longer than reset_timeout (PT2S); what"
                                + " becomes of it is not known.")
                .extracting(e -> ((SQLException) e).getSQLState())
                .isEqualTo("08007");
    }

    @Test
    void anOperatorIsToldOnceWhichCallDoesNotEnd() throws Exception {
        pool = new QueuePool(settings().name("told").build());
        try (LogRecorder log = new LogRecorder("dev.naiad.pool.QueuePool.told", Level.INFO)) {
            Connection stuck = withWorkOpen();
            hang("rollback", Abort.ENDS_THE_CALL);
            Borrower<Boolean> closing = closing(stuck);

            pass(LIMIT, closing);
            closing.get();
            await().untilAsserted(() -> assertThat(helpersOf(pool)).isEmpty());
            await().untilAsserted(() -> assertThat(database.open).hasValue(0));

            assertThat(log.lines).singleElement().asString().matches("""
                            WARN Pool 'told': giving back connection 1 takes longer than reset_timeout \\(PT2S\\) \\(thread \\S+, in\
                             \\S*\\$Proxy\\d+.rollback\\); it is aborted""");
        }
    }

    @Test
    void aReturnWhoseBorrowerHasGoneComesToNothingEvenIfOnlyAListenerHeldItUp() throws Exception {
        pool.addListener(new PoolListener() {
            @Override
            public void checkin(PoolEvent.Checkin event) {
                if (event.entry().id() == 1) {
                    arrivals.release();
                    TestSupport.awaitUninterruptibly(hanging);
                }
            }
        });
        Borrower<Boolean> closing = closing(withWorkOpen());
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        pass(LIMIT, closing);
        closing.get();

        Connection next = waiting.get();
        assertThat(database.behind(next).number).isEqualTo(2);
        hanging.countDown();
        assertNothingComesBackTwice(next);
    }

    @Test
    void aReturnThatEndsInTheMomentInWhichItIsBrokenOffIsEitherOfThese() throws Exception {
        for (int round = 0; round < 300; round++) {
            CountDownLatch go = new CountDownLatch(1);
            long late = ThreadLocalRandom.current().nextLong(1, 150_000);
            Registration listening = pool.addListener(new PoolListener() {
                @Override
                public void checkin(PoolEvent.Checkin event) {
                    arrivals.release();
                    TestSupport.awaitUninterruptibly(go);
                    LockSupport.parkNanos(late); // only so that the two meet at various places
                }
            });
            Borrower<Boolean> closing = Borrower.of(() -> {
                withWorkOpen().close();
                return true;
            });
            arrivals.acquire();
            listening.close();
            go.countDown();
            pass(LIMIT, closing);
            closing.get();

            try (Connection next = pool.connect()) {
                assertThat(next.isClosed()).isFalse();
                assertThat(database.behind(next).closed).isFalse();
                assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
                assertThat(database.open).hasValue(1);
            }
            assertThat(pool.snapshot().checkedOut()).isZero();
            assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
            assertThat(database.mostOpen).hasValue(1);
        }
    }

    @Test
    void whatDoesNotHangIsResetOnAThreadOfThePoolAndLentAgain() throws Exception {
        CompletableFuture<Thread> resetter = new CompletableFuture<>();
        pool.addListener(new PoolListener() {
            @Override
            public void reset(PoolEvent.Reset event) {
                resetter.complete(Thread.currentThread());
            }
        });

        withWorkOpen().close();

        assertThat(resetter.get().getName()).startsWith("naiad-default-helper");
        assertThat(database.journal).endsWith("rollback 1");
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        try (Connection next = pool.connect()) {
            assertThat(database.behind(next).number).isEqualTo(1);
            assertThat(next.getAutoCommit()).isTrue();
        }
    }

    @Test
    void whatWasNotUsedCostsNoHandover() throws Exception {
        pool = new QueuePool(settings().name("unused").build());
        pool.connect().close();

        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("naiad-unused-helper"));
    }

    @Test
    void aCommitThatFailsIsThrownByClose() throws Exception {
        pool = new QueuePool(settings().resetOnReturn(ResetOnReturn.COMMIT).build());
        Connection connection = withWorkOpen();
        database.script((call, stub) -> {
            if (call.equals("commit")) {
                throw new SQLException("deferred constraint", "23505");
            }
        });

        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(connection::close)
                .withMessage("deferred constraint");
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    void anErrorInADriverIsThrownByClose() throws Exception {
        Connection connection = withWorkOpen();
        database.script((call, stub) -> {
            if (call.equals("rollback")) {
                throw new StackOverflowError("deep");
            }
        });

        assertThatExceptionOfType(StackOverflowError.class)
                .isThrownBy(connection::close)
                .withMessage("deep");
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    void beingInterruptedEndsNothing() throws Exception {
        Connection stuck = withWorkOpen();
        hang("rollback", Abort.ENDS_THE_CALL);
        Borrower<Boolean> closing = closing(stuck);

        closing.thread.interrupt();
        closing.nudge();
        assertThat(closing.isDone()).isFalse();
        pass(LIMIT, closing);

        assertThat(closing.get()).as("still interrupted").isTrue();
    }

    @ParameterizedTest
    @MethodSource("allPools")
    void whoeverClosesADetachedConnectionIsFreeToo(Function<PoolConfig, Pool> poolClass) throws Exception {
        pool = poolClass.apply(settings().build());
        Connection stuck = withWorkOpen();
        stuck.unwrap(PoolProxiedConnection.class).detach();
        hang("rollback", Abort.DOES_NOT_END_THE_CALL);
        Borrower<Boolean> closing = closing(stuck);

        pass(LIMIT, closing);

        assertThat(closing.get()).isFalse();
        assertThat(stuck.isClosed()).isTrue();
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
    }

    @Test
    void aDetachedConnectionThatDoesNotHangIsResetAndClosed() throws Exception {
        Connection detached = withWorkOpen();
        detached.unwrap(PoolProxiedConnection.class).detach();

        detached.close();

        assertThat(database.journal).endsWith("rollback 1", "close 1");
    }

    @Test
    void aLimitIsMoreThanNothing() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> settings().resetTimeout(Duration.ZERO))
                .withMessage("Invalid value 'PT0S' for reset_timeout. Allowed: a duration of more than 0.");
    }
}
