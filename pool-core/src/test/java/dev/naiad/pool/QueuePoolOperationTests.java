/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an operator does to a running pool. */
@Timeout(60)
class QueuePoolOperationTests {

    private final StubDatabase database = new StubDatabase();
    private final TestTicker ticker = new TestTicker();
    private QueuePool pool = pool(settings(2, 0));

    private PoolConfig.Builder settings(int size, int maxOverflow) {
        return database.settings().poolSize(size).maxOverflow(maxOverflow).ticker(ticker);
    }

    private static QueuePool pool(PoolConfig.Builder settings) {
        return new QueuePool(settings.build());
    }

    @AfterEach
    void close() {
        pool.close(Duration.ZERO);
    }

    // --- suspending

    @Test
    void aSuspendedPoolHasCallersWaitUntilItIsResumed() throws Exception {
        pool.connect().close();
        pool.suspend(Suspension.WAIT);
        Borrower<Connection> first = Borrower.waitingFor(pool);
        Borrower<Connection> second = Borrower.waitingFor(pool);
        assertThat(pool.snapshot().waiting()).isEqualTo(2);
        assertThat(database.attempts).as("nothing is opened for them").hasValue(1);

        pool.resume();

        first.get().close();
        second.get().close();
        assertThat(pool.suspension()).isNull();
        assertThat(pool.snapshot().waiting()).isZero();
    }

    @Test
    void whatComesBackToASuspendedPoolIsNotLent() throws Exception {
        pool = pool(settings(1, 0));
        Connection held = pool.connect();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        pool.suspend(Suspension.WAIT);

        held.close();

        assertThat(waiting.isDone()).isFalse();
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        pool.resume();
        waiting.get().close();
    }

    @Test
    void whatWasBeingOpenedWhenThePoolWasSuspendedIsNotLent() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open")) {
                TestSupport.awaitUninterruptibly(opening);
            }
        });
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        pool.suspend(Suspension.WAIT);

        opening.countDown();

        await().until(() -> pool.snapshot().checkedIn() == 1);
        assertThat(waiting.isDone()).isFalse();
        pool.resume();
        waiting.get().close();
    }

    @Test
    void callersOfASuspendedPoolWaitNoLongerThanTheirTimeout() throws Exception {
        pool.suspend(Suspension.WAIT);
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        ticker.advance(Duration.ofSeconds(30));
        waiting.nudge();

        assertThat(waiting.failure()).isInstanceOf(PoolTimeoutException.class);
    }

    @Test
    void aSuspendedPoolCanFailItsCallers() throws Exception {
        Connection held = pool.connect();
        pool.suspend(Suspension.WAIT);
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        pool.suspend(Suspension.FAIL);

        assertThat(waiting.failure()).isInstanceOf(PoolSuspendedException.class);
        assertThatExceptionOfType(PoolSuspendedException.class).isThrownBy(() -> pool.connect());
        held.close();
        pool.resume();
        pool.connect().close();
        assertThat(database.attempts).hasValue(1);
    }

    @Test
    void aSuspendedPoolOpensNothingForThoseWhoDoNotWait() throws SQLException {
        pool = pool(settings(1, 0).timeout(Duration.ZERO));
        pool.suspend(Suspension.FAIL);
        assertThatExceptionOfType(PoolSuspendedException.class).isThrownBy(() -> pool.connect());
        pool.suspend(Suspension.WAIT);
        assertThatExceptionOfType(PoolTimeoutException.class).isThrownBy(() -> pool.connect());

        assertThat(database.attempts).hasValue(0);
        pool.resume();
        pool.connect().close();
    }

    @Test
    void aSuspendedPoolCanBeClosed() throws Exception {
        pool.suspend(Suspension.WAIT);
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        pool.close(Duration.ZERO);

        assertThat(waiting.failure()).isInstanceOf(PoolClosedException.class);
        assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> pool.connect());
    }

    // --- reconfiguring

    @Test
    void aHigherLimitServesThoseWhoWait() throws Exception {
        Connection first = pool.connect();
        Connection second = pool.connect();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        pool.reconfigure(settings -> settings.poolSize(3));

        waiting.get().close();
        first.close();
        second.close();
        assertThat(pool.snapshot().checkedIn()).isEqualTo(3);
    }

    @Test
    void aLowerLimitClosesIdleConnectionsAtOnceAndOthersWhenTheyComeBack() throws Exception {
        pool = pool(settings(4, 0));
        List<Connection> borrowed = Borrower.manyFrom(pool, 4);
        borrowed.get(0).close();
        borrowed.get(1).close();

        pool.reconfigure(settings -> settings.poolSize(1));

        assertThat(database.open).hasValue(3);
        borrowed.get(2).close();
        borrowed.get(3).close();
        assertThat(database.open).hasValue(1);
        assertThat(pool.snapshot().overflow()).isZero();
    }

    @Test
    void aLowerLimitTakesEffectThoughOthersWait() throws Exception {
        pool = pool(settings(3, 0));
        List<Connection> borrowed = Borrower.manyFrom(pool, 3);
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        pool.reconfigure(settings -> settings.poolSize(1));

        borrowed.get(0).close();
        borrowed.get(1).close();
        assertThat(waiting.isDone()).isFalse();
        assertThat(database.open).hasValue(1);
        borrowed.get(2).close();

        waiting.get().close();
        assertThat(database.open).hasValue(1);
    }

    @Test
    void nothingRemembersWhatWasRetired() throws Exception {
        pool = pool(settings(1, 1));
        for (int i = 0; i < 20; i++) {
            for (Connection connection : Borrower.manyFrom(pool, 2)) {
                connection.close();
            }
        }

        assertThat(database.attempts).hasValueGreaterThan(10);
        assertThat(pool.lostConnections().watching()).hasSize(1);
        assertThat(pool.lostConnections().records()).hasSize(1);
    }

    @Test
    void otherSettingsHoldFromTheNextUseOn() throws Exception {
        pool.reconfigure(settings -> settings.timeout(Duration.ZERO).resetOnReturn(ResetOnReturn.NONE));
        List<Connection> borrowed = Borrower.manyFrom(pool, 2);

        assertThatExceptionOfType(PoolTimeoutException.class).isThrownBy(() -> pool.connect());
        assertThat(pool.config().resetOnReturn()).isEqualTo(ResetOnReturn.NONE);
        for (Connection connection : borrowed) {
            connection.close();
        }
    }

    @Test
    void whatThePoolIsCannotBeChanged() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> pool.reconfigure(settings -> settings.name("other")))
                .withMessageContaining("name")
                .withMessageContaining("other");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> pool.reconfigure(settings -> settings.url("jdbc:x:secret")))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> pool.reconfigure(settings -> settings.poolSize(-1)));
        assertThat(pool.config().name()).isEqualTo("default");
    }

    // --- credentials

    @Test
    void aFactoryThatWouldNotHearOfNewCredentialsKeepsThemFromBeingChanged() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> pool.reconfigure(settings -> settings.username("other")))
                .withMessageContaining("username")
                .withMessageContaining("connection_factory");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> pool.reconfigure(settings -> settings.password("hidden")))
                .withMessageContaining("connection_factory")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hidden"));
        assertThat(pool.config().username()).isNull();
    }

    private static QueuePool poolAsking(CredentialsProvider credentials) {
        return new QueuePool(PoolConfig.builder()
                .url("jdbc:h2:mem:rotating;DB_CLOSE_DELAY=-1")
                .credentials(credentials)
                .build());
    }

    @Test
    void credentialsAreAskedForBeforeEachOpeningAndTriedBeforeTheyReplaceOthers() throws Exception {
        AtomicReference<Credentials> present = new AtomicReference<>(new Credentials("sa", "one"));
        try (QueuePool rotating = poolAsking(present::get);
                PoolProxiedConnection held = rotating.connect()) {
            rotating.connect().close();
            held.createStatement().execute("alter user sa set password 'two'");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(rotating::rotate)
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("28000"));
            assertThat(rotating.snapshot().closed())
                    .as("the old ones are kept")
                    .containsEntry(CloseReason.DISPOSED, 0L);

            present.set(new Credentials("sa", "two"));
            Drain drain = rotating.rotate();

            assertThat(drain.total()).isEqualTo(2);
            assertThat(drain.stragglers()).containsExactly(held.entry());
            rotating.connect().close();
            held.close();
            assertThat(drain.await(Duration.ofSeconds(20))).isTrue();
            assertThat(drain.remaining()).isZero();
        }
        assertThat(present.get().toString()).contains("sa").doesNotContain("two");
    }

    @Test
    void credentialsWhoseTrialHangsAreNotWaitedForLongerThanConnectTimeout() throws Exception {
        Duration limit = Duration.ofSeconds(10);
        pool = pool(settings(1, 0).connectTimeout(limit));
        PoolProxiedConnection held = pool.connect();
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open")) {
                hangs.countDown();
                TestSupport.awaitUninterruptibly(goOn);
            }
        });
        Borrower<Drain> operator = Borrower.of(pool::rotate);
        hangs.await();

        ticker.advance(limit.minusNanos(1));
        operator.nudge();
        assertThat(operator.isDone()).isFalse();
        ticker.advance(Duration.ofNanos(1));
        operator.nudge();

        assertThat(operator.failure())
                .isInstanceOf(SQLTransientConnectionException.class)
                .hasMessageContaining("connect_timeout (PT10S); the present ones are kept");
        goOn.countDown();
        await().untilAsserted(() -> assertThat(database.journal).contains("close 2"));
        held.close();
        assertThat(pool.snapshot().checkedIn()).as("the present one is kept").isEqualTo(1);
    }

    @Test
    void aTickerThatFailsDuringTheTrialOfCredentialsCostsNoConnection() throws Exception {
        AtomicReference<Thread> unlucky = new AtomicReference<>();
        pool = pool(settings(1, 0).connectTimeout(Duration.ofSeconds(10)).ticker(() -> {
            if (Thread.currentThread() == unlucky.get()) {
                throw new IllegalStateException("no time");
            }
            return ticker.nanos();
        }));
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open")) {
                hangs.countDown();
                TestSupport.awaitUninterruptibly(goOn);
            }
        });
        Borrower<Drain> operator = Borrower.of(pool::rotate);
        hangs.await();

        unlucky.set(operator.thread);
        operator.nudge();

        assertThat(operator.failure()).hasMessage("no time");
        goOn.countDown();
        await().untilAsserted(() -> assertThat(database.journal).contains("close 1"));
    }

    @Test
    void aClosedPoolTriesNoCredentials() {
        pool.close(Duration.ZERO);

        assertThatExceptionOfType(PoolClosedException.class).isThrownBy(pool::rotate);
        assertThat(database.attempts).hasValue(0);
    }

    // --- draining

    @Test
    void refreshingTellsWhatIsStillInUse() throws Exception {
        PoolProxiedConnection held = pool.connect();
        pool.connect().close();
        List<Thread> told = new ArrayList<>();

        Drain drain = pool.refresh();
        drain.completion().thenRun(() -> told.add(Thread.currentThread()));

        assertThat(drain.total()).isEqualTo(2);
        assertThat(drain.remaining()).isEqualTo(1);
        assertThat(drain.stragglers()).containsExactly(held.entry());
        assertThat(drain.await(Duration.ZERO)).isFalse();
        held.close();
        assertThat(drain.await(Duration.ofSeconds(20))).isTrue();
        await().until(() -> told.size() == 1);
        assertThat(drain).hasToString("Drain[0 of 2 remaining]");
    }

    @Test
    void aConnectionThatIsDetachedHasLeft() throws Exception {
        PoolProxiedConnection held = pool.connect();
        Drain drain = pool.refresh();

        held.detach();

        assertThat(drain.await(Duration.ofSeconds(20))).isTrue();
        held.close();
    }

    @Test
    void refreshingAnEmptyPoolIsOverAtOnce() throws Exception {
        assertThat(pool.refresh().await(Duration.ZERO)).isTrue();
    }

    // --- too many

    @Test
    void whoComesWhenTooManyWaitIsToldAtOnce() throws Exception {
        pool = pool(settings(1, 0).maxWaiters(1));
        Connection held = pool.connect();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        assertThatExceptionOfType(TooManyWaitersException.class)
                .isThrownBy(() -> pool.connect())
                .withMessageContaining("max_waiters 1")
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("HYT00"))
                .satisfies(e -> assertThat(e.snapshot().waiting()).isEqualTo(1));
        held.close();
        waiting.get().close();
    }

    @Test
    void aLimitForWaitersIsAtLeastOne() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> settings(1, 0).maxWaiters(0))
                .withMessageContaining("max_waiters");
    }

    // --- the order of idle connections

    private List<Integer> lentAfterReturning(int... order) throws SQLException {
        List<Connection> borrowed = Borrower.manyFrom(pool, order.length);
        for (int each : order) {
            borrowed.get(each).close();
        }
        List<Integer> lent = new ArrayList<>();
        List<Connection> again = Borrower.manyFrom(pool, order.length);
        for (Connection connection : again) {
            lent.add(borrowed.indexOf(connection) < 0 ? database.behind(connection).number : -1);
        }
        for (Connection connection : again) {
            connection.close();
        }
        return lent;
    }

    @Test
    @Tag("QP-02")
    void firstInFirstOutUsesAllInTurn() throws SQLException {
        pool = pool(settings(3, 0).checkoutOrder(CheckoutOrder.FIFO));

        assertThat(lentAfterReturning(2, 0, 1)).containsExactly(3, 1, 2);
    }

    @Test
    @Tag("QP-02")
    void lastInFirstOutLeavesIdleWhatIsNotNeeded() throws SQLException {
        pool = pool(settings(3, 0).checkoutOrder(CheckoutOrder.LIFO));

        assertThat(lentAfterReturning(2, 0, 1)).containsExactly(2, 1, 3);
    }

    @Test
    void theOrderSurvivesTheLateArrivalOfAConnectionFromBeforeADisposal() throws Exception {
        pool = pool(settings(3, 0).checkoutOrder(CheckoutOrder.LIFO));
        CountDownLatch late = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open") && connection.number == 1) {
                TestSupport.awaitUninterruptibly(late);
            }
        });
        Borrower<Connection> first = Borrower.waitingFor(pool);
        await().until(() -> database.attempts.get() == 1);
        pool.dispose();
        Connection second = pool.connect();
        Connection third = pool.connect();
        second.close();
        Connection handedOn = first.get();
        third.close();
        handedOn.close();

        late.countDown();
        await().until(() -> database.connections.stream().anyMatch(each -> each.number == 1 && each.closed));

        assertThat(database.behind(pool.connect()).number).isEqualTo(2);
    }

    @Test
    void theOrderSurvivesRecreation() {
        pool = pool(settings(3, 0).checkoutOrder(CheckoutOrder.LIFO));
        try (Pool again = pool.recreate()) {
            assertThat(again.config().checkoutOrder()).isEqualTo(CheckoutOrder.LIFO);
        }
    }
}
