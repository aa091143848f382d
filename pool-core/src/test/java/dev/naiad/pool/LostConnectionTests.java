/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * What becomes of connections that are dropped without being closed. They are lost in methods of their own, since a local
 * variable of the test may keep them.
 */
@Timeout(120)
class LostConnectionTests {

    private final StubDatabase database = new StubDatabase().withoutAutoCommit();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<PoolEvent.Lost> losses = new CopyOnWriteArrayList<>();
    private Pool pool = listenedTo(new QueuePool(settings().build()));

    private PoolConfig.Builder settings() {
        return database.settings().poolSize(1).maxOverflow(0);
    }

    private Pool listenedTo(Pool made) {
        made.subscribe(EnumSet.complementOf(EnumSet.of(PoolEvent.Kind.WAITING, PoolEvent.Kind.WAITED)), event -> {
            if (event instanceof PoolEvent.Checkin checkin) {
                events.add("CHECKIN" + (checkin.connection() == null ? " none" : ""));
            } else {
                events.add(event.kind().name());
            }
            if (event instanceof PoolEvent.Lost loss) {
                losses.add(loss);
            }
        });
        return made;
    }

    @AfterEach
    void theAccountsAgreeWithTheDatabase() {
        PoolSnapshot now = pool.snapshot();
        long closed = now.closed().values().stream().mapToLong(n -> n).sum();
        assertThat(now.opened() - closed).isEqualTo(database.open.get());
        if (pool instanceof QueuePool queuePool) {
            queuePool.close(Duration.ZERO); // what was unwrapped never comes back
        } else {
            pool.close();
        }
    }

    /** Has the collector run, and the housekeeper, until something is so. */
    private void collectUntil(BooleanSupplier condition) {
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            System.gc();
            pool.sweep();
            return condition.getAsBoolean();
        });
    }

    /** Has the collector run twice for sure, and the housekeeper before and after. */
    private void collect() {
        for (int i = 0; i < 2; i++) {
            pool.sweep();
            pool.sweep();
            WeakReference<Object> canary = new WeakReference<>(new Object());
            collectUntil(() -> canary.get() == null);
        }
    }

    private void awaitLosses(int count) {
        collectUntil(() -> losses.size() == count);
    }

    private void lose() throws SQLException {
        pool.connect().createStatement();
    }

    private void loseUnwrapped() throws SQLException {
        assertThat(pool.connect().unwrap(Proxy.class)).isNotNull();
    }

    private void loseDetached(boolean unwrapped) throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        connection.detach();
        if (unwrapped) {
            assertThat(connection.unwrap(Proxy.class)).isNotNull();
        }
    }

    @Test
    @Tag("GC-01")
    @Tag("GC-02")
    @Tag("GC-08")
    @Tag("E-15")
    void aLostConnectionIsClosedAndItsPlaceComesBack() throws SQLException {
        lose();
        events.clear();
        awaitLosses(1);
        await().until(() -> pool.snapshot().checkedIn() == 1);

        assertThat(events).containsExactly("LOST", "CLOSE", "CHECKIN none");
        assertThat(database.journal).containsExactly("open 1", "abort 1");
        assertThat(pool.snapshot().lost()).isEqualTo(1);
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.LOST, 1L);
        assertThat(losses).singleElement().satisfies(loss -> {
            assertThat(loss.reclaimed()).isTrue();
            assertThat(loss.entry()).isNotNull();
            assertThat(loss.connection()).isSameAs(database.connections.get(0).connection);
            assertThat(loss.borrower()).isEqualTo(Thread.currentThread().getName());
        });
        try (Connection next = pool.connect()) {
            assertThat(database.behind(next).number).isEqualTo(2);
        }
    }

    @Test
    void aThreadThatHasEndedIsReportedByItsName() throws Exception {
        Borrower<Void> borrower = Borrower.of(() -> {
            lose();
            return null;
        });
        borrower.get();
        borrower.thread.join();
        awaitLosses(1);

        assertThat(losses.get(0).borrower()).isEqualTo(borrower.thread.getName());
    }

    @Test
    void whoWaitsGetsThePlaceOfALostConnection() throws Exception {
        lose();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        collectUntil(waiting::isDone);

        waiting.get().close();
        assertThat(database.attempts).hasValue(2);
    }

    /** With nobody but the housekeeper to look, which had gone to sleep. */
    @Test
    void theHousekeeperWakesWhenAnIdleConnectionIsLent() throws SQLException {
        pool = listenedTo(new QueuePool(settings().prePing(PrePing.OFF).build()));
        pool.connect().close();
        await().until(() -> !pool.sweep());
        await().until(() -> !pool.housekeeper().isAwake());
        lose();

        await().until(() -> {
            System.gc();
            return losses.size() == 1;
        });
    }

    @Test
    @Tag("E3-07")
    void everythingOpenedThroughAConnectionKeepsIt() throws SQLException {
        AtomicInteger kept = new AtomicInteger();
        for (Opening opening : List.<Opening>of(
                Connection::createStatement,
                connection -> connection.prepareStatement("x"),
                Connection::getMetaData,
                connection -> connection.createStatement().getConnection())) {
            kept.incrementAndGet();
            assertKeeps(opening);
            awaitLosses(kept.get());
            await().until(() -> pool.snapshot().checkedOut() == 0);
        }
    }

    private interface Opening {
        Object open(Connection connection) throws SQLException;
    }

    private void assertKeeps(Opening opening) throws SQLException {
        int before = losses.size();
        Object kept = opening.open(pool.connect());
        collect();
        assertThat(losses).hasSize(before);
        assertThat(kept).as("still here").isNotNull();
    }

    @Test
    @Tag("E3-07")
    void aCallOfTheDriverKeepsTheConnectionItGoesThrough() throws Exception {
        CountDownLatch inDriver = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("statement.executeUpdate")) {
                inDriver.countDown();
                TestSupport.awaitUninterruptibly(goOn);
            }
        });
        Borrower<Integer> borrower =
                Borrower.of(() -> pool.connect().createStatement().executeUpdate("x"));
        inDriver.await();
        collect();
        assertThat(losses).isEmpty();
        goOn.countDown();

        assertThat(borrower.get()).isEqualTo(1);
        awaitLosses(1);
        await().until(() -> pool.snapshot().checkedOut() == 0);
    }

    @Test
    @Tag("GC-03")
    void whatWasClosedOrLentAgainIsNotLost() throws SQLException {
        pool.connect().close();
        Connection present = pool.connect();
        collect();
        present.setAutoCommit(true);
        present.close();
        collect();

        assertThat(losses).isEmpty();
        assertThat(database.attempts).hasValue(1);
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
    }

    @Test
    @Tag("GC-04")
    @Tag("E-14")
    void ofAnInvalidatedConnectionOnlyThePlaceComesBack() throws SQLException {
        loseInvalidated();
        events.clear();
        database.journal.clear();
        awaitLosses(1);
        await().until(() -> pool.snapshot().checkedIn() == 1);

        assertThat(events).containsExactly("LOST", "CHECKIN none");
        assertThat(database.journal).isEmpty();
        assertThat(losses.get(0).connection()).isNull();
    }

    private void loseInvalidated() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        assertThat(connection.entry()).isNotNull();
        connection.entry().invalidate(null);
    }

    @Test
    @Tag("GC-05")
    @Tag("D-08")
    @Tag("E-01")
    void afterAReplacementItIsThePresentConnectionThatIsClosed() throws SQLException {
        AtomicBoolean refused = new AtomicBoolean();
        pool.subscribe(EnumSet.of(PoolEvent.Kind.CHECKOUT), event -> {
            if (refused.compareAndSet(false, true)) {
                throw new DisconnectionException("gone");
            }
        });
        lose();
        awaitLosses(1);
        await().until(() -> pool.snapshot().checkedIn() == 1);

        assertThat(database.journal).containsExactly("open 1", "abort 1", "open 2", "abort 2");
    }

    @Test
    @Tag("GC-06")
    void aDriverThatFailsToCloseItCostsNothing() throws SQLException {
        database.script((call, connection) -> {
            if (call.equals("abort")) {
                throw new IllegalStateException("no");
            }
        });
        lose();
        awaitLosses(1);
        await().until(() -> pool.snapshot().checkedIn() == 1);

        assertThat(database.open).hasValue(0);
    }

    static Stream<Throwable> failures() {
        return Stream.of(new SQLException("sql"), new IllegalStateException("state"), new AssertionError("error"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    @Tag("E3-15")
    void aListenerThatThrowsCostsNothing(Throwable failure) throws SQLException {
        pool.subscribe(
                EnumSet.of(PoolEvent.Kind.LOST, PoolEvent.Kind.CLOSE, PoolEvent.Kind.CHECKIN),
                event -> TestSupport.sneakyThrow(failure));
        lose();
        awaitLosses(1);
        await().until(() -> pool.snapshot().checkedIn() == 1);

        assertThat(database.open).hasValue(0);
    }

    @Test
    void afterAnUnwrapTheLossIsReportedOnceAndTheConnectionLeftAlone() throws SQLException {
        loseUnwrapped();
        awaitLosses(1);
        collect();

        assertThat(losses)
                .singleElement()
                .satisfies(loss -> assertThat(loss.reclaimed()).isFalse());
        assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
        assertThat(database.open).hasValue(1);
    }

    @Test
    void anUnwrapDuringAnEarlierLoanDoesNotMatterNorDoesItsProxyThatSomebodyKeeps() throws SQLException {
        PoolProxiedConnection former = pool.connect();
        assertThat(former.unwrap(Proxy.class)).isNotNull();
        former.close();
        lose();
        awaitLosses(1);
        await().until(() -> pool.snapshot().checkedIn() == 1);

        assertThat(database.open).hasValue(0);
        assertThat(former.isValid()).isFalse();
    }

    @Test
    @Tag("DT-05")
    @Tag("E-29")
    void aLostDetachedConnectionIsClosed() throws SQLException {
        loseDetached(false);
        events.clear();
        awaitLosses(1);
        await().until(() -> database.open.get() == 0);

        assertThat(events).containsExactly("LOST", "CLOSE_DETACHED");
        assertThat(losses.get(0).entry()).isNull();
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.LOST, 1L);
    }

    @Test
    @Tag("DT-05")
    void aLostDetachedConnectionIsClosedAlsoAfterThePoolWas() throws SQLException {
        loseDetached(false);
        pool.close();
        await().until(() -> {
            System.gc(); // the housekeeper is still there for it
            return database.open.get() == 0;
        });
    }

    @Test
    void aLostDetachedConnectionThatWasUnwrappedIsOnlyReported() throws SQLException {
        loseDetached(true);
        awaitLosses(1);
        collect();

        assertThat(losses)
                .singleElement()
                .satisfies(loss -> assertThat(loss.reclaimed()).isFalse());
        assertThat(database.open).hasValue(1);
    }

    @Test
    void aDetachedConnectionThatWasClosedIsNotLost() throws SQLException {
        closeDetached();
        collect();

        assertThat(losses).isEmpty();
        assertThat(database.open).hasValue(0);
    }

    private void closeDetached() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        connection.detach();
        connection.close();
    }

    @Test
    void aPoolThatKeepsNothingClosesWhatIsLost() throws SQLException {
        pool = listenedTo(new NullPool(database.settings().build()));
        lose();
        lose();
        events.clear();
        awaitLosses(2);
        await().until(() -> pool.snapshot().checkedOut() == 0);

        assertThat(database.open).hasValue(0);
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.LOST, 2L);
        await().until(() -> !pool.sweep());
    }

    @Test
    void closingThePoolNeedsNotWaitForALostConnection() throws Exception {
        QueuePool closing = (QueuePool) pool;
        lose();
        Borrower<Void> closer = Borrower.of(() -> {
            closing.close(Duration.ofMinutes(2));
            return null;
        });
        collectUntil(closer::isDone);

        assertThat(database.open).hasValue(0);
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.LOST, 1L);
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    void aConnectionLostBeforeDisposingLeavesNoPlace() throws SQLException {
        lose();
        pool.dispose();
        awaitLosses(1);
        await().until(() -> pool.snapshot().checkedOut() == 0);

        assertThat(pool.snapshot().overflow()).isEqualTo(-1);
        assertThat(database.open).hasValue(0);
    }

    /** The collector's verdict is made up: the proxy is still there, and is closed at the same time. */
    @Test
    @Tag("E3-06")
    void ofAReturnAndAReclaimAtTheSameTimeOneHappens() throws Exception {
        int returned = 0;
        for (int round = 0; round < 500; round++) {
            Connection connection = pool.connect();
            LostConnections.Sentinel sentinel =
                    pool.lostConnections().watching().findAny().orElseThrow();
            events.clear();
            CountDownLatch start = new CountDownLatch(1);
            Borrower<Void> closer = Borrower.of(() -> {
                start.await();
                connection.close();
                return null;
            });
            Borrower<Void> finder = Borrower.of(() -> {
                sentinel.enqueue();
                start.await();
                pool.lostConnections().reclaim();
                return null;
            });
            start.countDown();
            closer.get();
            finder.get();
            await().pollDelay(Duration.ZERO).until(() -> pool.snapshot().checkedIn() == 1);

            boolean reclaimed = events.contains("LOST");
            returned += reclaimed ? 0 : 1;
            if (reclaimed) {
                assertThat(events).containsExactly("LOST", "CLOSE", "CHECKIN none");
            } else {
                assertThat(events).containsExactly("RESET", "CHECKIN");
            }
            assertThat(database.open).hasValue(reclaimed ? 0 : 1);
            pool.dispose(); // the next one has a sentinel of its own
        }
        assertThat(pool.snapshot().lost() + returned).isEqualTo(500);
    }

    /** The housekeeper lets go of sessions all the time, under borrowers that hold on for any time. */
    @Test
    void aSessionIsThereForEachBorrowerWhateverTheHousekeeperDoes() throws Exception {
        pool = new QueuePool(database.settings().poolSize(2).build());
        AtomicBoolean done = new AtomicBoolean();
        Borrower<Integer> housekeeper = Borrower.of(() -> {
            int rounds = 0;
            while (!done.get()) {
                pool.sweep();
                if (++rounds % 5_000 == 0) {
                    System.gc();
                }
            }
            return rounds;
        });
        List<Borrower<Void>> borrowers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            borrowers.add(Borrower.of(() -> {
                for (int round = 0; round < 5_000; round++) {
                    try (Connection connection = pool.connect()) {
                        if (round % 3 == 0) {
                            connection.setAutoCommit(true);
                        }
                    }
                }
                return null;
            }));
        }
        for (Borrower<Void> borrower : borrowers) {
            borrower.get();
        }
        done.set(true);

        assertThat(housekeeper.get()).isPositive();
        assertThat(pool.snapshot().lost()).isZero();
        await().until(() -> pool.snapshot().checkedOut() == 0);
        lose();
        collectUntil(() -> pool.snapshot().lost() == 1 && pool.snapshot().checkedOut() == 0);
    }

    @Test
    void theLogSaysWhoLostWhat() throws SQLException {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.naiad.pool.QueuePool.lossy");
        logger.setLevel(Level.WARN);
        logger.setAdditive(false);
        logger.addAppender(lines);
        try {
            pool = listenedTo(
                    new QueuePool(settings().name("lossy").trace(Trace.ALWAYS).build()));
            lose();
            awaitLosses(1);
            await().until(() -> pool.snapshot().checkedOut() == 0);
            loseUnwrapped();
            awaitLosses(2);
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(null);
            logger.setAdditive(true);
        }
        String thread = Thread.currentThread().getName();
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "Pool 'lossy': connection 1 borrowed by thread " + thread
                                + " at " + losses.get(0).borrowedAt().get(0)
                                + " was never closed, and nobody can reach it any more; it is closed now",
                        "Pool 'lossy': connection 1 borrowed by thread " + thread
                                + " at " + losses.get(1).borrowedAt().get(0)
                                + " was never closed, and nobody can reach it any more; it is left alone, because the"
                                + " driver's own object was unwrapped and may be in use");
    }
}
