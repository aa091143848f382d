/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.StubDatabase.StubConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done for idle connections, and when. */
@Timeout(60)
class UpkeepTests {

    private static final Duration ROUND = Duration.ofMillis(Housekeeper.INTERVAL_MILLIS);
    private static final Duration HOUR = Duration.ofHours(1);

    private final StubDatabase database = new StubDatabase();
    private final TestTicker ticker = new TestTicker();
    private final CountDownLatch end = new CountDownLatch(1);
    private QueuePool pool = pool(settings(1, 0));

    private PoolConfig.Builder settings(int size, int maxOverflow) {
        return database.settings().poolSize(size).maxOverflow(maxOverflow).ticker(ticker);
    }

    private static QueuePool pool(PoolConfig.Builder settings) {
        return new QueuePool(settings.build());
    }

    @AfterEach
    void close() {
        end.countDown();
        pool.close(Duration.ZERO);
    }

    /** Rounds of the housekeeper, each of which finds what the last one began to open. */
    private void sweep(int rounds) {
        for (int i = 0; i < rounds; i++) {
            ticker.advance(ROUND);
            pool.sweep();
            while (pool.snapshot().opening() > 0 || pool.openings.threads.getActiveCount() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    private void pass(Duration time) {
        sweep((int) (time.toMillis() / ROUND.toMillis()));
    }

    private void fill(int count) throws SQLException {
        for (Connection connection : Borrower.manyFrom(pool, count)) {
            connection.close();
        }
    }

    private long closed(CloseReason reason) {
        return pool.snapshot().closed().getOrDefault(reason, 0L);
    }

    // --- replacing

    @Test
    void anIdleConnectionThatIsTooOldIsReplacedBeforeItGoes() throws Exception {
        pool = pool(settings(1, 1).recycle(HOUR));
        fill(1);
        ticker.advance(HOUR.plusNanos(1));

        sweep(2);

        assertThat(database.journal).containsExactly("open 1", "open 2", "abort 1");
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        pool.connect().close();
        assertThat(database.attempts).as("the borrower found it ready").hasValue(2);
    }

    @Test
    void withoutRoomAnIdleConnectionThatIsTooOldGoesBeforeItIsReplaced() throws Exception {
        pool = pool(settings(2, 0).recycle(HOUR));
        fill(2);
        ticker.advance(HOUR.plusNanos(1));

        sweep(6);

        assertThat(database.mostOpen).hasValue(2);
        assertThat(database.open).hasValue(2);
        assertThat(closed(CloseReason.RECYCLED)).isEqualTo(2);
        assertThat(pool.snapshot().checkedIn()).isEqualTo(2);
    }

    @Test
    void connectionsInvalidatedSoftlyOrByGenerationAreReplacedWithoutABorrower() throws Exception {
        pool = pool(settings(3, 3));
        fill(3);
        Connection one = pool.connect();
        one.unwrap(PoolProxiedConnection.class).entry().invalidateSoftly(null);
        one.close();
        sweep(2);
        assertThat(closed(CloseReason.RECYCLED)).isEqualTo(1);

        pool.invalidate(pool.connect(), null);
        sweep(6);

        assertThat(closed(CloseReason.RECYCLED)).isEqualTo(3);
        assertThat(database.connections.stream().filter(each -> !each.closed).map(each -> each.number))
                .allMatch(number -> number > 4);
    }

    @Test
    void manyConnectionsThatAreTooOldAtOnceAreReplacedLittleByLittle() throws Exception {
        pool = pool(settings(10, 10).recycle(HOUR));
        fill(10);
        ticker.advance(Duration.ofHours(3));

        int most = 0;
        for (int i = 0; i < 30; i++) {
            long before = closed(CloseReason.RECYCLED);
            sweep(1);
            most = Math.max(most, (int) (closed(CloseReason.RECYCLED) - before));
            assertThat(pool.snapshot().checkedIn()).isGreaterThanOrEqualTo(10);
        }

        assertThat(closed(CloseReason.RECYCLED)).isEqualTo(10);
        assertThat(most).isBetween(1, 2);
        assertThat(database.attempts).as("no replacement is replaced").hasValue(20);
    }

    @Test
    void aConnectionIsReplacedALittleEarlyWhenItsLifeIsARoughFigureAnyway() throws Exception {
        pool = pool(settings(1, 1).recycle(HOUR).recycleJitter(0.000_001));
        fill(1);
        ticker.advance(HOUR.minusSeconds(20));

        sweep(2);

        assertThat(database.journal).containsExactly("open 1", "open 2", "abort 1");
    }

    @Test
    void replacementsWaitLongerAndLongerWhileTheDatabaseRefuses() throws Exception {
        pool = pool(settings(1, 1).recycle(HOUR).failFastAfter(null));
        fill(1);
        database.script((call, connection) -> {
            if (call.equals("open")) {
                throw new SQLException("refused", "08001");
            }
        });
        ticker.advance(HOUR.plusNanos(1));

        pass(Duration.ofMinutes(5));

        assertThat(database.attempts.get() - 1).isBetween(10, 40);
        assertThat(database.open).as("the old one is kept meanwhile").hasValue(1);

        database.script((call, connection) -> {});
        pass(Duration.ofSeconds(40));
        assertThat(closed(CloseReason.RECYCLED)).isEqualTo(1);
    }

    @Test
    void aConnectionBorrowedWhileItsReplacementIsOpenedIsNotTakenAway() throws Exception {
        pool = pool(settings(1, 1));
        fill(1);
        Connection first = pool.connect();
        first.unwrap(PoolProxiedConnection.class).entry().invalidateSoftly(null);
        first.close();
        CountDownLatch opening = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open") && connection.number == 2) {
                TestSupport.awaitUninterruptibly(opening);
            }
        });
        ticker.advance(ROUND);
        pool.sweep();
        pool.sweep();
        await().until(() -> database.attempts.get() == 2);

        Borrower<Connection> borrower = Borrower.waitingFor(pool);
        opening.countDown();

        Connection lent = borrower.get();
        assertThat(database.behind(lent).closed).isFalse();
        lent.close();
        sweep(2);
        assertThat(database.open).hasValue(1);
    }

    @Test
    void nothingIsReplacedWhileThePoolIsSuspended() throws Exception {
        pool = pool(settings(1, 1).recycle(HOUR));
        fill(1);
        ticker.advance(HOUR.plusNanos(1));
        pool.suspend(Suspension.WAIT);

        sweep(4);
        assertThat(database.attempts).hasValue(1);

        pool.resume();
        sweep(4);
        assertThat(database.attempts).hasValue(2);
    }

    // --- min_idle and warm_up

    @Test
    void connectionsAreOpenedAtTheStart() {
        pool = pool(settings(20, 0).warmUp(12));
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedIn()).isEqualTo(12));
        sweep(3);
        assertThat(database.attempts).hasValue(12);
    }

    @Test
    void onRequestSomebodyWaitsForTheConnectionsOfTheStart() throws Exception {
        pool = pool(settings(20, 0).warmUp(12));

        pool.awaitWarm(Duration.ofSeconds(20));

        assertThat(database.open).hasValue(12);
    }

    @Test
    void whoWaitsForTheConnectionsOfTheStartHearsWhyThereAreNone() {
        database.script((call, connection) -> {
            if (call.equals("open")) {
                throw new SQLException("refused", "08001");
            }
        });
        pool = pool(settings(20, 0).warmUp(2));
        await().until(() -> pool.snapshot().openFailures() == 2);

        assertThatExceptionOfType(SQLTransientConnectionException.class)
                .isThrownBy(() -> pool.awaitWarm(Duration.ofMillis(1)))
                .withMessageContaining("0 of 2")
                .withStackTraceContaining("refused");
    }

    @Test
    void whatFailedAtTheStartIsTriedAgainUntilThePoolIsWarm() {
        AtomicBoolean refusing = new AtomicBoolean(true);
        database.script((call, connection) -> {
            if (call.equals("open") && refusing.get()) {
                throw new SQLException("refused", "08001");
            }
        });
        pool = pool(settings(20, 0).warmUp(2));
        await().until(() -> pool.snapshot().openFailures() == 2);
        sweep(3);
        assertThat(pool.isWarm()).isFalse();

        refusing.set(false);
        sweep(120);

        assertThat(pool.snapshot().checkedIn()).isEqualTo(2);
        assertThat(pool.isWarm()).isTrue();
    }

    @Test
    void aPoolStaysWarmWhateverBecomesOfItsConnections() throws Exception {
        pool = pool(settings(20, 0).warmUp(2));
        pool.awaitWarm(Duration.ofSeconds(20));
        assertThat(pool.isWarm()).isTrue();

        pool.refresh();
        sweep(3);

        assertThat(pool.isWarm()).isTrue();
        assertThat(database.attempts)
                .as("a pool that was disposed of stays empty")
                .hasValue(2);
    }

    @Test
    void whoDisposesOfAColdPoolDoesNotWantItWarm() {
        database.script((call, connection) -> {
            if (call.equals("open")) {
                throw new SQLException("refused", "08001");
            }
        });
        pool = pool(settings(20, 0).warmUp(2));
        await().until(() -> pool.snapshot().openFailures() == 2);

        pool.dispose();
        sweep(120);

        assertThat(pool.isWarm()).isTrue();
        assertThat(database.attempts).hasValue(2);
    }

    @Test
    void whoObservesThePoolFromTheStartMissesNoneOfItsConnections() {
        List<PoolEvent> heard = new CopyOnWriteArrayList<>();
        pool = pool(settings(20, 0)
                .warmUp(12)
                .observer(made -> made.subscribe(Set.of(PoolEvent.Kind.CONNECT), heard::add)));
        await().untilAsserted(() -> assertThat(heard).hasSize(12));

        Pool next = pool.recreate();
        try {
            await().untilAsserted(() ->
                    assertThat(heard).as("listeners are inherited once").hasSize(24));
            assertThat(next.snapshot().opened()).isEqualTo(12);
        } finally {
            next.close();
        }
    }

    @Test
    void noMoreThanThePoolSizeAreOpenedAtTheStart() {
        pool = pool(settings(2, 5).warmUp(12));
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedIn()).isEqualTo(2));
        sweep(3);
        assertThat(database.attempts).hasValue(2);
    }

    @Test
    void idleConnectionsAreKeptReady() throws Exception {
        pool = pool(settings(5, 0).minIdle(2));
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedIn()).isEqualTo(2));

        List<Connection> borrowed = Borrower.manyFrom(pool, 2);
        sweep(2);
        assertThat(pool.snapshot().checkedIn()).isEqualTo(2);

        borrowed.addAll(Borrower.manyFrom(pool, 2));
        sweep(2);
        assertThat(database.open).as("no more than pool_size for nobody").hasValue(5);

        pool.refresh();
        sweep(2);
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        for (Connection connection : borrowed) {
            connection.close();
        }
        sweep(2);
        assertThat(pool.snapshot().checkedIn()).isEqualTo(2);
    }

    @Test
    void aPoolDisposedOfStaysEmptyUntilSomebodyNeedsAConnection() throws Exception {
        pool = pool(settings(5, 0).minIdle(2));
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedIn()).isEqualTo(2));

        pool.dispose();
        sweep(4);
        assertThat(database.open).hasValue(0);

        pool.connect().close();
        sweep(2);
        assertThat(database.open).hasValue(2);
    }

    @Test
    void aDatabaseThatIsDownAtTheStartIsTriedAgain() {
        AtomicBoolean down = new AtomicBoolean(true);
        database.script((call, connection) -> {
            if (call.equals("open") && down.get()) {
                throw new SQLException("refused", "08001");
            }
        });
        pool = pool(settings(5, 0).minIdle(2));
        pass(Duration.ofSeconds(20));
        assertThat(database.attempts).hasValueLessThan(30);

        down.set(false);
        pass(Duration.ofSeconds(60));
        assertThat(pool.snapshot().checkedIn()).isEqualTo(2);
    }

    // --- idle_timeout

    @Test
    void whatThePeakOfUseDidNotNeedIsClosed() throws Exception {
        pool = pool(settings(10, 0).idleTimeout(Duration.ofMinutes(1)).minIdle(1));
        fill(10);
        for (int i = 0; i < 12; i++) {
            List<Connection> borrowed = Borrower.manyFrom(pool, 3);
            sweep(5);
            for (Connection connection : borrowed) {
                connection.close();
            }
            sweep(5);
        }
        assertThat(pool.snapshot().checkedIn())
                .as("the first peak is remembered")
                .isEqualTo(10);

        pass(Duration.ofSeconds(20));
        assertThat(pool.snapshot().checkedIn()).isEqualTo(3);
        assertThat(closed(CloseReason.IDLE)).isEqualTo(7);

        pass(Duration.ofMinutes(2));
        assertThat(pool.snapshot().checkedIn()).as("down to min_idle").isEqualTo(1);
        sweep(10);
        assertThat(database.attempts).hasValue(10);
    }

    @Test
    void noDemandIsForgottenBecauseTheClockLeaps() throws Exception {
        pool = pool(settings(10, 0).idleTimeout(Duration.ofMinutes(10)));
        fill(10);
        sweep(3);

        ticker.advance(Duration.ofHours(3));
        sweep(20);

        assertThat(database.open).hasValue(10);
    }

    @Test
    void idleConnectionsAreKeptByDefault() throws Exception {
        pool = pool(settings(5, 0));
        fill(5);
        ticker.advance(Duration.ofDays(1));
        sweep(10);
        ticker.advance(Duration.ofDays(1));
        sweep(10);
        assertThat(database.open).hasValue(5);
        assertThat(database.attempts).hasValue(5);
    }

    // --- keepalive

    @Test
    void connectionsAtRestAreAskedNowAndThenButNotAllAtOnce() throws Exception {
        List<Integer> asked = new ArrayList<>();
        database.script((call, connection) -> {
            if (call.equals("isValid")) {
                asked.add(connection.number);
            }
        });
        pool = pool(settings(10, 0).keepalive(Duration.ofSeconds(100)));
        fill(10);

        pass(Duration.ofSeconds(79));
        assertThat(asked).isEmpty();

        int most = 0;
        for (int i = 0; i < 46; i++) {
            int before = asked.size();
            sweep(1);
            most = Math.max(most, asked.size() - before);
        }
        assertThat(asked).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(most).isLessThan(8);
        assertThat(pool.snapshot().checkedIn()).isEqualTo(10);
    }

    @Test
    void aConnectionAtRestThatDoesNotAnswerIsReplaced() throws Exception {
        Set<Integer> dead = ConcurrentHashMap.newKeySet();
        database.script((call, connection) -> {
            if (call.equals("isValid") && dead.contains(connection.number)) {
                throw new SQLException("gone", "08006");
            }
        });
        pool = pool(settings(2, 0).keepalive(Duration.ofSeconds(10)).minIdle(2));
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedIn()).isEqualTo(2));
        dead.add(1);

        pass(Duration.ofSeconds(15));

        assertThat(closed(CloseReason.INVALIDATED)).isEqualTo(1);
        assertThat(database.open).hasValue(2);
        assertThat(database.attempts).hasValue(3);
    }

    // --- suspicion

    @Test
    void afterAFatalErrorIdleConnectionsAreAskedAtOnceOffTheBorrowersThreads() throws Exception {
        Set<Thread> askers = ConcurrentHashMap.newKeySet();
        AtomicInteger asking = new AtomicInteger();
        AtomicInteger mostAsking = new AtomicInteger();
        Set<Integer> dead = Set.of(2, 4);
        database.script((call, connection) -> {
            if (call.equals("isValid")) {
                askers.add(Thread.currentThread());
                mostAsking.accumulateAndGet(asking.incrementAndGet(), Math::max);
                await().atMost(Duration.ofSeconds(20)).until(() -> mostAsking.get() == Probes.CONCURRENCY);
                asking.decrementAndGet();
                if (dead.contains(connection.number)) {
                    throw new SQLException("gone", "08006");
                }
            }
        });
        pool = pool(settings(10, 0).closers(null));
        fill(10);

        pool.suspectAll();

        await().untilAsserted(() -> assertThat(closed(CloseReason.INVALIDATED)).isEqualTo(2));
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedIn()).isEqualTo(10));
        assertThat(askers).doesNotContain(Thread.currentThread());
        assertThat(mostAsking).hasValue(Probes.CONCURRENCY);
        assertThat(database.open).hasValue(8);
    }

    @Test
    void aConnectionThatNeverAnswersIsGivenUpAndItsPlaceReplaced() throws Exception {
        pool = pool(settings(1, 0).closers(null));
        fill(1);
        CompletableFuture<Thread> asked = new CompletableFuture<>();
        database.script((call, connection) -> {
            if (call.equals("isValid") && connection.number == 1) {
                asked.complete(Thread.currentThread());
                TestSupport.awaitUninterruptibly(end);
                throw new SQLException("late", "08006");
            }
        });
        pool.suspectAll();
        Thread prober = asked.get();
        Borrower<Connection> borrower = Borrower.waitingFor(pool);

        ticker.advance(Duration.ofNanos(Probes.PATIENCE));
        pool.sweep();

        Connection next = borrower.get();
        assertThat(database.behind(next).number).isEqualTo(2);
        end.countDown();
        await().until(() -> prober.getState() == Thread.State.TIMED_WAITING || !prober.isAlive());
        assertThat(next.isClosed()).as("whom the late answer does not concern").isFalse();
        assertThat(next.unwrap(PoolProxiedConnection.class).isValid()).isTrue();
    }

    @Test
    void aPlaceWhoseConnectionWasFoundDeadDoesNotStayBeyondPoolSize() throws Exception {
        pool = pool(settings(1, 1).closers(null));
        List<Connection> both = Borrower.manyFrom(pool, 2);
        CompletableFuture<Thread> asked = new CompletableFuture<>();
        database.script((call, connection) -> {
            if (call.equals("isValid")) {
                asked.complete(Thread.currentThread());
                TestSupport.awaitUninterruptibly(end);
                throw new SQLException("dead", "08006");
            }
        });
        both.get(0).close();
        pool.suspectAll();
        asked.get();
        both.get(1).close();

        end.countDown();

        await().untilAsserted(() -> assertThat(database.open).hasValue(1));
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedIn()).isEqualTo(1));
    }

    @Test
    void askingLeavesNoTransactionBehind() throws Exception {
        database.withoutAutoCommit();
        pool = pool(settings(1, 0));
        fill(1);
        database.journal.clear();

        pool.suspectAll();

        assertThat(database.journal).containsExactly("rollback 1");
    }

    @Test
    void askingDoesNotChangeTheOrderOfRest() throws Exception {
        pool = pool(settings(3, 0).checkoutOrder(CheckoutOrder.LIFO));
        List<Connection> borrowed = Borrower.manyFrom(pool, 3);
        for (int each : new int[] {2, 0, 1}) {
            borrowed.get(each).close();
        }

        pool.suspectAll();

        assertThat(database.behind(pool.connect()).number).isEqualTo(2);
        assertThat(database.behind(pool.connect()).number).isEqualTo(1);
    }

    @Test
    void borrowersDoNotOpenAnotherConnectionWhileTheIdleOneIsBeingAsked() throws Exception {
        pool = pool(settings(2, 0).closers(null));
        fill(1);
        CountDownLatch asked = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("isValid")) {
                asked.countDown();
                TestSupport.awaitUninterruptibly(end);
            }
        });
        pool.suspectAll();
        asked.await();

        Borrower<Connection> borrower = Borrower.waitingFor(pool);
        assertThat(database.attempts).hasValue(1);
        end.countDown();

        assertThat(database.behind(borrower.get()).number).isEqualTo(1);
        assertThat(database.attempts).hasValue(1);
    }

    private ConnectionPoolEntry beingAsked(CountDownLatch answer, List<Integer> asked) throws Exception {
        pool = pool(settings(1, 0).closers(null));
        ConnectionPoolEntry entry;
        try (PoolProxiedConnection connection = pool.connect()) {
            entry = connection.entry();
        }
        CountDownLatch asking = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("isValid")) {
                asked.add(connection.number);
                asking.countDown();
                TestSupport.awaitUninterruptibly(answer);
            }
        });
        pool.suspectAll();
        asking.await();
        return entry;
    }

    @Test
    void aConnectionThatBecameStaleWhileItWasAskedIsNotHandedToWhoWaits() throws Exception {
        ConnectionPoolEntry entry = beingAsked(end, new CopyOnWriteArrayList<>());
        Borrower<Connection> borrower = Borrower.waitingFor(pool);

        ticker.advance(Duration.ofSeconds(1)); // its patience is over, so it is handed what comes
        entry.invalidateSoftly(null);
        end.countDown();

        assertThat(database.behind(borrower.get()).number).isEqualTo(2);
    }

    @Test
    void aSuspicionThatComesWhileAConnectionIsAskedIsNotDispelledByTheAnswer() throws Exception {
        List<Integer> asked = new CopyOnWriteArrayList<>();
        beingAsked(end, asked);

        pool.suspectAll();
        end.countDown();
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedIn()).isEqualTo(1));

        pool.connect().close();
        assertThat(asked).containsExactly(1, 1);
    }

    // --- listeners

    @ParameterizedTest
    @EnumSource(names = {"CLOSE", "HELD_TOO_LONG"})
    void aListenerThatDoesNotReturnDoesNotKeepAHangingCloseFromBeingAborted(PoolEvent.Kind kind) throws Exception {
        pool = pool(settings(3, 0).closers(null).recycle(HOUR).holdLimit(Duration.ofMinutes(1)));
        List<Connection> borrowed = Borrower.manyFrom(pool, 3);
        borrowed.get(0).close();
        pool.sweep();
        CountDownLatch telling = new CountDownLatch(1);
        AtomicBoolean isFirst = new AtomicBoolean(true);
        pool.subscribe(Set.of(kind), event -> {
            if (isFirst.getAndSet(false)) {
                telling.countDown();
                TestSupport.awaitUninterruptibly(end);
            }
        });
        ticker.advance(HOUR.plusNanos(1));
        telling.await();
        Semaphore aborts = new Semaphore(0);
        database.script((call, connection) -> {
            if (call.equals("abort")) {
                aborts.release();
                TestSupport.awaitUninterruptibly(end);
            }
        });

        borrowed.get(1).unwrap(PoolProxiedConnection.class).invalidate(null);
        aborts.acquire();
        ticker.advance(Duration.ofNanos(Closer.PATIENCE));

        assertThat(aborts.tryAcquire(20, TimeUnit.SECONDS)).as("aborted again").isTrue();
    }

    // --- time

    @Test
    void anOpeningDuringWhichTheMachineStoodStillIsNotAbandoned() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open")) {
                TestSupport.awaitUninterruptibly(opening);
            }
        });
        pool = pool(settings(1, 0).timeout(Duration.ofDays(1)).connectTimeout(Duration.ofSeconds(30)));
        Borrower<Connection> borrower = Borrower.waitingFor(pool);
        await().until(() -> database.attempts.get() == 1);

        ticker.advance(Duration.ofHours(3));
        pool.sweep();
        sweepWhileOpening(10);
        assertThat(pool.snapshot().openFailures()).isZero();

        opening.countDown();
        borrower.get().close();
        assertThat(database.attempts).hasValue(1);
        assertThat(closed(CloseReason.LATE)).isZero();
    }

    private void sweepWhileOpening(int rounds) {
        for (int i = 0; i < rounds; i++) {
            ticker.advance(ROUND);
            pool.sweep();
        }
    }

    @Test
    void theCircuitDoesNotTakeALeapOfTheClockForAnOutage() throws Exception {
        AtomicBoolean down = new AtomicBoolean(true);
        database.script((call, connection) -> {
            if (call.equals("open") && down.get()) {
                throw new SQLException("refused", "08001");
            }
        });
        pool = pool(settings(1, 0).failFastAfter(Duration.ofMinutes(10)));
        assertThatExceptionOfType(SQLException.class).isThrownBy(pool::connect).withMessage("refused");

        ticker.advance(Duration.ofHours(3));

        assertThatExceptionOfType(SQLException.class).isThrownBy(pool::connect).withMessage("refused");
        down.set(false);
        assertThatCode(() -> pool.connect().close()).doesNotThrowAnyException();
    }

    @Test
    void afterHoursOfIdlenessConnectionsAreAskedButNotClosed() throws Exception {
        List<StubConnection> asked = new ArrayList<>();
        database.script((call, connection) -> {
            if (call.equals("isValid")) {
                asked.add(connection);
            }
        });
        pool = pool(settings(5, 0));
        fill(5);
        sweep(3);
        ticker.advance(Duration.ofHours(9));

        List<Connection> borrowed = Borrower.manyFrom(pool, 5);

        assertThat(asked).hasSize(5);
        assertThat(database.attempts).hasValue(5);
        for (Connection connection : borrowed) {
            connection.close();
        }
    }

    // --- off means off

    @Test
    void theHousekeeperSleepsWhenNothingIsDue() throws Exception {
        pool = pool(settings(2, 2));
        fill(2);
        sweep(3);
        assertThat(pool.sweep()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theHousekeeperSleepsWhenNothingIsDueForLong(boolean recycles) throws Exception {
        PoolConfig.Builder settings =
                settings(2, 2).idleTimeout(HOUR).keepalive(HOUR).minIdle(1).warmUp(9);
        pool = pool(recycles ? settings.recycle(HOUR) : settings);
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedIn()).isEqualTo(2));
        sweep(3);
        assertThat(pool.sweep()).isFalse();
    }
}
