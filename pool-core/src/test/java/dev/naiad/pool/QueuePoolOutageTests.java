/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.dialect.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A database that hangs, refuses, or is full. */
@Timeout(60)
class QueuePoolOutageTests {

    private final StubDatabase database = new StubDatabase();
    private final TestTicker ticker = new TestTicker();

    /** Each blocks one call of the driver. */
    private final ConcurrentLinkedQueue<CountDownLatch> blocks = new ConcurrentLinkedQueue<>();

    private QueuePool pool = pool(settings(1, 0));

    private PoolConfig.Builder settings(int size, int maxOverflow) {
        return database.settings()
                .closers(null)
                .poolSize(size)
                .maxOverflow(maxOverflow)
                .ticker(ticker);
    }

    private static QueuePool pool(PoolConfig.Builder settings) {
        return new QueuePool(settings.build());
    }

    @AfterEach
    void close() {
        blocks.forEach(CountDownLatch::countDown);
        pool.close(Duration.ZERO);
    }

    private CountDownLatch block() {
        CountDownLatch latch = new CountDownLatch(1);
        blocks.add(latch);
        return latch;
    }

    private void refuseConnections(String state, int code) {
        database.script((call, connection) -> {
            if (call.equals("open")) {
                throw new SQLException("refused", state, code);
            }
        });
    }

    // --- closing

    @Test
    void givingBackDoesNotWaitForAConnectionToBeClosed() throws Exception {
        pool = pool(settings(1, 1));
        CountDownLatch closing = block();
        database.script((call, connection) -> {
            if (call.equals("close")) {
                TestSupport.awaitUninterruptibly(closing);
            }
        });
        Connection first = pool.connect();
        Connection second = pool.connect();

        first.close();
        second.close();

        assertThat(pool.snapshot().overflow()).as("one is still being closed").isEqualTo(1);
        closing.countDown();
        await().untilAsserted(() -> assertThat(pool.snapshot().overflow()).isZero());
    }

    @Test
    void aConnectionBeingClosedCountsAgainstTheLimit() throws Exception {
        CountDownLatch closing = block();
        database.script((call, connection) -> {
            if (call.equals("abort")) {
                TestSupport.awaitUninterruptibly(closing);
            }
        });
        pool.connect().invalidate(null);

        Borrower<Connection> next = Borrower.waitingFor(pool);
        assertThat(database.attempts).hasValue(1);
        closing.countDown();

        next.get().close();
        assertThat(database.mostOpen).hasValue(1);
    }

    @Test
    void aConnectionThatDoesNotCloseIsAborted() throws Exception {
        pool = pool(settings(1, 1));
        CountDownLatch closing = block();
        database.script((call, connection) -> {
            switch (call) {
                case "close" -> TestSupport.awaitUninterruptibly(closing);
                case "abort" -> closing.countDown();
                default -> {}
            }
        });
        Connection first = pool.connect();
        Connection second = pool.connect();
        first.close();
        second.close();

        ticker.advance(Duration.ofNanos(Closer.PATIENCE));
        pool.sweep();

        await().untilAsserted(() -> assertThat(database.open).hasValue(1));
        await().untilAsserted(() -> assertThat(pool.snapshot().overflow()).isZero());
    }

    @Test
    void aConnectionThatCanNeitherBeClosedNorAbortedIsGivenUp() throws Exception {
        CountDownLatch forever = block();
        AtomicInteger aborts = new AtomicInteger();
        database.script((call, connection) -> {
            if (call.equals("abort") || call.equals("close")) {
                aborts.incrementAndGet();
                TestSupport.awaitUninterruptibly(forever);
            }
        });
        pool.connect().invalidate(null);
        Borrower<Connection> next = Borrower.waitingFor(pool);
        await().until(() -> aborts.get() == 1);

        ticker.advance(Duration.ofNanos(Closer.PATIENCE));
        pool.sweep();
        await().until(() -> aborts.get() == 2);
        assertThat(next.isDone()).isFalse();
        ticker.advance(Duration.ofNanos(Closer.PATIENCE));
        pool.sweep();

        Connection served = next.get();
        assertThat(database.attempts).hasValue(2);
        database.script((call, connection) -> {});
        served.close();
    }

    @Test
    void manyConnectionsThatHangDoNotKeepOthersFromBeingClosed() throws Exception {
        int hanging = 2 * Closer.CONCURRENCY;
        pool = pool(settings(hanging + 1, 0));
        CountDownLatch forever = block();
        database.script((call, connection) -> {
            if (call.equals("close") && connection.number <= hanging) {
                TestSupport.awaitUninterruptibly(forever);
            }
        });
        for (Connection connection : Borrower.manyFrom(pool, hanging + 1)) {
            connection.close();
        }
        pool.dispose();

        await().until(() -> {
            ticker.advance(Duration.ofNanos(Closer.PATIENCE));
            pool.sweep();
            return pool.snapshot().closed().get(CloseReason.DISPOSED) == 1;
        });
    }

    @Test
    void ofConnectionsThatAllHangInClosingNoneWaitsForTheOthersOnceOneHadToBeAborted() throws Exception {
        int all = 5 * Closer.CONCURRENCY;
        pool = pool(settings(all, 0));
        CountDownLatch forever = block();
        AtomicInteger closings = new AtomicInteger();
        database.script((call, connection) -> {
            if (call.equals("close")) {
                closings.incrementAndGet();
            }
            if (call.equals("close") || call.equals("abort")) {
                TestSupport.awaitUninterruptibly(forever);
            }
        });
        for (Connection connection : Borrower.manyFrom(pool, all)) {
            connection.close();
        }
        pool.dispose();
        await().until(() -> closings.get() == Closer.CONCURRENCY);

        ticker.advance(Duration.ofNanos(Closer.PATIENCE));
        pool.sweep();
        await().until(() -> closings.get() == all);
        for (int i = 0; i < 2; i++) {
            ticker.advance(Duration.ofNanos(Closer.PATIENCE));
            pool.sweep();
        }

        assertThat(pool.snapshot().overflow()).as("none counts any more").isEqualTo(-all);
    }

    // --- connecting

    @Test
    void aWaiterWhoseConnectionHangsGetsAnotherAttempt() throws Exception {
        pool = pool(settings(2, 0));
        CountDownLatch hanging = block();
        database.script((call, connection) -> {
            if (call.equals("open") && connection.number == 1) {
                TestSupport.awaitUninterruptibly(hanging);
            }
        });
        Borrower<Connection> borrower = Borrower.waitingFor(pool);
        await().until(() -> database.attempts.get() == 1);

        ticker.advance(Duration.ofNanos(OpeningsInFlight.DOUBT));
        pool.sweep();

        Connection served = borrower.get();
        assertThat(database.behind(served).number).isEqualTo(2);
        hanging.countDown();
        await().untilAsserted(() -> assertThat(pool.snapshot().opening()).isZero());
        assertThat(pool.snapshot().checkedIn()).as("the late one is of use").isEqualTo(1);
        served.close();
    }

    @Test
    void anAttemptThatHangsIsAbandonedAndItsConnectionClosed() throws Exception {
        pool = pool(settings(1, 0).connectTimeout(Duration.ofSeconds(10)).timeout(Duration.ofSeconds(60)));
        CountDownLatch hanging = block();
        database.script((call, connection) -> {
            if (call.equals("open") && connection.number == 1) {
                TestSupport.awaitUninterruptibly(hanging);
            }
        });
        Borrower<Connection> borrower = Borrower.waitingFor(pool);
        await().until(() -> database.attempts.get() == 1);

        ticker.advance(Duration.ofSeconds(10));
        pool.sweep();

        Connection served = borrower.get();
        assertThat(database.behind(served).number).isEqualTo(2);
        hanging.countDown();
        await().untilAsserted(() -> assertThat(pool.snapshot().closed()).containsEntry(CloseReason.LATE, 1L));
        assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
        served.close();
        assertThat(database.open).hasValue(1);
    }

    @Test
    void anAbandonedAttemptThatFailsInTheEndChangesNothing() throws Exception {
        pool = pool(settings(1, 0).connectTimeout(Duration.ofSeconds(10)).timeout(Duration.ofSeconds(60)));
        CountDownLatch hanging = block();
        CountDownLatch failed = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open") && connection.number == 1) {
                TestSupport.awaitUninterruptibly(hanging);
                failed.countDown();
                throw new SQLException("at last", "08001");
            }
        });
        Borrower<Connection> borrower = Borrower.waitingFor(pool);
        await().until(() -> database.attempts.get() == 1);
        ticker.advance(Duration.ofSeconds(10));
        pool.sweep();
        Connection served = borrower.get();

        hanging.countDown();
        failed.await();

        served.close();
        pool.connect().close();
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        assertThat(database.attempts).hasValue(2);
    }

    @Test
    void aCallerThatDoesNotWaitIsToldWhenItsOwnAttemptTookTooLong() throws Exception {
        pool = pool(settings(1, 0).connectTimeout(Duration.ofSeconds(10)).timeout(Duration.ZERO));
        CountDownLatch hanging = block();
        database.script((call, connection) -> {
            if (call.equals("open")) {
                TestSupport.awaitUninterruptibly(hanging);
            }
        });
        Borrower<Connection> borrower = Borrower.from(pool);
        await().until(() -> database.attempts.get() == 1);
        ticker.advance(Duration.ofSeconds(10));
        pool.sweep();
        hanging.countDown();

        assertThat(borrower.failure())
                .isInstanceOf(SQLTransientConnectionException.class)
                .hasMessageContaining("connect_timeout");
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
        database.script((call, connection) -> {});
        pool.connect().close();
    }

    // --- failing fast

    private void failOnce() {
        assertThatExceptionOfType(SQLException.class).isThrownBy(() -> pool.connect());
    }

    @Test
    void whileTheDatabaseRefusesCallersFailAtOnce() throws Exception {
        pool = pool(settings(2, 0).failFastAfter(Duration.ofSeconds(10)));
        refuseConnections("08001", 0);
        failOnce();
        ticker.advance(Duration.ofSeconds(10));
        failOnce();
        int attempts = database.attempts.get();

        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(() -> pool.connect())
                .withMessageContaining("10 s")
                .withMessageContaining("refused")
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08001"))
                .satisfies(e -> assertThat(e.duration()).isEqualTo(Duration.ofSeconds(10)));
        assertThat(database.attempts).hasValue(attempts);
    }

    @Test
    void afterAPauseOneCallerTriesAgainAndItsSuccessIsEverybodys() throws Exception {
        pool = pool(settings(2, 0).failFastAfter(Duration.ZERO));
        refuseConnections("08001", 0);
        failOnce();
        database.script((call, connection) -> {});

        ticker.advance(Duration.ofNanos(Circuit.FIRST_PAUSE));

        Connection first = pool.connect();
        Connection second = pool.connect();
        first.close();
        second.close();
        assertThat(pool.snapshot().waiting()).isZero();
    }

    @Test
    void whileOneCallerTriesTheOthersFailAtOnce() throws Exception {
        pool = pool(settings(2, 0).failFastAfter(Duration.ZERO));
        refuseConnections("08001", 0);
        failOnce();
        CountDownLatch hanging = block();
        database.script((call, connection) -> {
            if (call.equals("open")) {
                TestSupport.awaitUninterruptibly(hanging);
            }
        });
        ticker.advance(Duration.ofNanos(Circuit.FIRST_PAUSE));
        Borrower<Connection> probe = Borrower.waitingFor(pool);

        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(() -> pool.connect());
        hanging.countDown();

        probe.get().close();
    }

    @Test
    void whoCanHopeForAConnectionInUseWaitsForIt() throws Exception {
        pool = pool(settings(2, 0).failFastAfter(Duration.ZERO));
        Connection held = pool.connect();
        refuseConnections("08001", 0);
        failOnce();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        held.close();

        waiting.get().close();
    }

    @Test
    void whenTheLastConnectionDiesThoseWhoHopedForItAreTold() throws Exception {
        pool = pool(settings(2, 0).failFastAfter(Duration.ZERO));
        PoolProxiedConnection held = pool.connect();
        refuseConnections("08001", 0);
        failOnce();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        held.invalidate(null);

        assertThat(waiting.failure()).isInstanceOf(DatabaseUnavailableException.class);
    }

    @Test
    void withoutFailFastEveryCallerTries() throws Exception {
        pool = pool(settings(2, 0).failFastAfter(null));
        refuseConnections("08001", 0);
        for (int i = 0; i < 5; i++) {
            failOnce();
            ticker.advance(Duration.ofHours(1));
        }

        assertThat(database.attempts).hasValue(5);
    }

    @Test
    void whoIsToleratedLongerAgainIsTriedAgain() throws Exception {
        pool = pool(settings(2, 0).failFastAfter(Duration.ZERO));
        refuseConnections("08001", 0);
        failOnce();
        pool.reconfigure(settings -> settings.failFastAfter(null));
        ticker.advance(Duration.ofNanos(Circuit.FIRST_PAUSE));
        failOnce();
        database.script((call, connection) -> {});

        pool.connect().close();
    }

    @Test
    void callersOfASuspendedPoolWaitEvenIfTheDatabaseCannotBeReached() throws Exception {
        pool = pool(settings(2, 0).failFastAfter(Duration.ZERO));
        refuseConnections("08001", 0);
        failOnce();
        pool.suspend(Suspension.WAIT);
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        pool.sweep();
        assertThat(waiting.isDone()).isFalse();

        database.script((call, connection) -> {});
        ticker.advance(Duration.ofNanos(Circuit.FIRST_PAUSE));
        pool.resume();

        waiting.get().close();
    }

    @Test
    void aDialectThatFailsCostsNoPlace() throws Exception {
        pool = pool(settings(1, 0).dialect(new Dialect() {
            @Override
            public boolean isDisconnect(SQLException exception, @Nullable Connection connection) {
                return false;
            }

            @Override
            public boolean isServerFull(SQLException exception) {
                throw new IllegalStateException("no");
            }
        }));
        refuseConnections("08001", 0);
        failOnce();
        database.script((call, connection) -> {});

        pool.connect().close();
    }

    @Test
    void aPlaceWhoseOpeningFailsDoesNotRestBesideEnoughOthers() throws Exception {
        pool = pool(settings(1, 1));
        List<Connection> both = Borrower.manyFrom(pool, 2);
        both.get(0).unwrap(PoolProxiedConnection.class).entry().invalidateSoftly(null);
        both.get(0).close();
        CountDownLatch opening = block();
        database.script((call, connection) -> {
            if (call.equals("open")) {
                TestSupport.awaitUninterruptibly(opening);
                throw new SQLException("refused", "08001");
            }
        });
        Borrower<Connection> borrower = Borrower.waitingFor(pool);
        await().until(() -> database.attempts.get() == 3);
        both.get(1).close();
        borrower.get().close();

        opening.countDown();

        await().until(() -> pool.snapshot().openFailures() == 1);
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedIn()).isEqualTo(1));
        assertThat(database.open).hasValue(1);
    }

    // --- a full database

    @Test
    void aDatabaseThatIsFullMakesCallersWaitForTheConnectionsThereAre() throws Exception {
        pool = pool(settings(5, 0));
        Connection held = pool.connect();
        refuseConnections("53300", 0);
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        await().until(() -> database.attempts.get() == 2);
        await().until(() -> pool.snapshot().opening() == 0);
        pool.grow();

        assertThat(database.attempts).as("it is left in peace").hasValue(2);
        held.close();

        waiting.get().close();
    }

    @Test
    void aDatabaseThatWasFullIsAskedAgainLater() throws Exception {
        pool = pool(settings(5, 0));
        Connection held = pool.connect();
        refuseConnections("53300", 0);
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        await().until(() -> database.attempts.get() == 2 && pool.snapshot().opening() == 0);
        database.script((call, connection) -> {});

        ticker.advance(Duration.ofNanos(Modesty.PERIOD));
        pool.grow();

        waiting.get().close();
        held.close();
    }

    @Test
    void afterRealIdlenessAFullDatabaseIsAskedAgainAtOnce() throws Exception {
        pool = pool(settings(5, 0).timeout(Duration.ofDays(1)));
        Connection held = pool.connect();
        refuseConnections("53300", 0);
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        await().until(() -> database.attempts.get() == 2 && pool.snapshot().opening() == 0);
        database.script((call, connection) -> {});

        ticker.advance(Duration.ofNanos(10 * SteadyTime.LEAP));
        pool.grow();

        waiting.get().close();
        held.close();
    }

    @Test
    void afterRealIdlenessADatabaseThatWasDownIsTriedAgainAtOnce() throws Exception {
        pool = pool(settings(1, 0).failFastAfter(Duration.ZERO));
        refuseConnections("08001", 0);
        failOnce();
        for (int i = 0; i < 5; i++) { // so that the pause is longer than a leap counts for
            ticker.advance(Duration.ofNanos(Circuit.LONGEST_PAUSE));
            failOnce();
        }
        database.script((call, connection) -> {});

        ticker.advance(Duration.ofNanos(10 * SteadyTime.LEAP));

        pool.connect().close();
    }

    @Test
    void whoIsRefusedByAFullDatabaseWhileOthersAreLetInWaitsForTheirConnections() throws Exception {
        pool = pool(settings(5, 0));
        CountDownLatch letIn = block();
        CountDownLatch refused = block();
        database.script((call, connection) -> {
            if (call.equals("open") && connection.number == 1) {
                TestSupport.awaitUninterruptibly(letIn);
            } else if (call.equals("open")) {
                TestSupport.awaitUninterruptibly(refused);
                throw new SQLException("refused", "53300");
            }
        });
        Borrower<Connection> first = Borrower.waitingFor(pool);
        await().until(() -> database.attempts.get() == 1);
        Borrower<Connection> second = Borrower.waitingFor(pool);
        await().until(() -> database.attempts.get() == 2);

        refused.countDown();
        await().until(() -> pool.snapshot().opening() == 1);
        letIn.countDown();
        first.get().close();

        second.get().close();
        assertThat(database.attempts).hasValue(2);
    }

    @Test
    void aPingThatHangsLeavesTimeForAnotherConnection() throws Exception {
        pool = pool(settings(2, 0)
                .ticker(Ticker.system())
                .timeout(Duration.ofSeconds(2))
                .prePing(PrePing.ON));
        pool.connect().close();
        CountDownLatch hanging = block();
        database.script((call, connection) -> {
            if (call.equals("isValid") && connection.number == 1) {
                TestSupport.awaitUninterruptibly(hanging);
            } else if (call.equals("open")) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200)); // it is not there at once
            }
        });

        try (Connection connection = pool.connect()) {
            assertThat(database.behind(connection).number).isEqualTo(2);
        }
    }

    @Test
    void aFullDatabaseThatGivesUsNothingIsAFailure() {
        refuseConnections("53300", 0);

        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> pool.connect())
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("53300"));
    }

    // --- settings

    @Test
    void refusesTimesThatCannotBe() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> settings(1, 0).connectTimeout(Duration.ZERO))
                .withMessageContaining("connect_timeout");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> settings(1, 0).failFastAfter(Duration.ofSeconds(-1)))
                .withMessageContaining("fail_fast_after");
    }
}
