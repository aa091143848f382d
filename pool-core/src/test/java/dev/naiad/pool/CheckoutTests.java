/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.dialect.Disconnect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens between finding a connection and lending it: pings, listeners that refuse, replacement. */
@Timeout(60)
class CheckoutTests {

    private final StubDatabase database = new StubDatabase();
    private final List<String> pings = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private QueuePool pool = pool(PrePing.OFF);

    private QueuePool pool(PrePing prePing) {
        return pool(database.settings().poolSize(3).maxOverflow(0).prePing(prePing));
    }

    private QueuePool pool(PoolConfig.Builder settings) {
        QueuePool made = new QueuePool(settings.build());
        made.subscribe(EnumSet.complementOf(EnumSet.of(PoolEvent.Kind.WAITED)), event -> {
            if (event instanceof PoolEvent.Checkin checkin) {
                events.add("CHECKIN" + (checkin.connection() == null ? " none" : ""));
            } else {
                events.add(event.kind().name());
            }
        });
        return made;
    }

    @AfterEach
    void nothingIsLost() {
        await().until(() -> pool.snapshot().opening() == 0); // what was opened for somebody served otherwise
        assertThat(pool.snapshot().checkedOut()).isZero();
        pool.close(Duration.ZERO);
        assertThat(database.open).hasValue(0);
    }

    private void answerPings(boolean alive) {
        database.script((call, connection) -> {
            if (call.equals("isValid")) {
                pings.add("ping " + connection.number);
                if (!alive) {
                    throw new SQLException("no answer", "08006");
                }
            }
        });
    }

    @Test
    @Tag("PP-01")
    @Tag("PP-02")
    @Tag("PP-05")
    @Tag("E-44")
    @Tag("E-22")
    void pingsBeforeEachCheckoutButNotANewConnection() throws SQLException {
        pool = pool(PrePing.ON);
        answerPings(true);
        pool.connect().close();
        assertThat(pings).isEmpty();
        pool.connect().close();
        pool.connect().close();

        assertThat(pings).containsExactly("ping 1", "ping 1");
        assertThat(database.attempts).hasValue(1);
    }

    /** Two idle connections, of which the one that comes first is lost while it is being checked out. */
    private ConnectionRecord remainingOfTwo(AtomicLong now) throws SQLException {
        Thread borrower = Thread.currentThread();
        AtomicReference<@Nullable Runnable> onLook = new AtomicReference<>();
        pool = new QueuePool(database.settings()
                .poolSize(2)
                .maxOverflow(0)
                .prePing(PrePing.OFF)
                .recycle(Duration.ofHours(1))
                .ticker(() -> {
                    Runnable once = Thread.currentThread() == borrower ? onLook.getAndSet(null) : null;
                    if (once != null) {
                        once.run();
                    }
                    return now.get();
                })
                .build());
        pool.housekeeper().stop(); // it would have idle connections looked at
        List<ConnectionRecord> records = new ArrayList<>();
        for (Connection each : Borrower.manyFrom(pool, 2)) {
            records.add(
                    (ConnectionRecord) each.unwrap(PoolProxiedConnection.class).entry());
            each.close();
        }
        ConnectionRecord first;
        try (PoolProxiedConnection next = pool.connect()) {
            first = (ConnectionRecord) next.entry();
        }
        first.addFinalizer(connection -> {}); // has it looked at
        onLook.set(() -> first.invalidate(null));
        records.remove(first);
        return records.get(0);
    }

    @Test
    void whatComesInPlaceOfAConnectionLostDuringCheckoutIsLookedAtToo() throws SQLException {
        ConnectionRecord other = remainingOfTwo(new AtomicLong());
        answerPings(true);
        other.markSuspect();

        try (PoolProxiedConnection lent = pool.connect()) {
            assertThat(lent.entry()).isSameAs(other);
            assertThat(pings).hasSize(1);
        }
    }

    @Test
    void aDeadlineDoesNotOutliveItsCheckout() throws SQLException {
        AtomicLong now = new AtomicLong();
        ConnectionRecord other = remainingOfTwo(now);
        pool.connect().close();
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        other.markSuspect();

        try (PoolProxiedConnection lent = pool.connect()) {
            assertThat(lent.entry()).isSameAs(other);
            assertThat(database.attempts).as("nothing had to be opened").hasValue(2);
        }
    }

    @Test
    @Tag("PP-11")
    void pingsAfterIdlenessOnly() throws SQLException {
        pool = pool(PrePing.IDLE);
        answerPings(true);
        pool.connect().close();
        assertThat(pool.sweep()).isTrue();
        pool.connect().close();
        assertThat(pool.sweep()).as("seen in another state than last time").isTrue();
        assertThat(pings).isEmpty();

        assertThat(pool.sweep()).as("nothing to mark any more").isFalse();
        pool.connect().close();
        pool.connect().close();

        assertThat(pings).containsExactly("ping 1");
    }

    @Test
    @Tag("PP-01")
    @Tag("D-04")
    void aConnectionThatFailsItsPingIsReplacedAndSoAreItsSiblings() throws SQLException {
        pool = pool(PrePing.ON);
        try (Connection one = pool.connect();
                Connection two = pool.connect()) {
            assertThat(List.of(one, two)).hasSize(2);
        }
        answerPings(false);
        events.clear();

        Connection fresh = pool.connect();
        Connection sibling = pool.connect();

        assertThat(List.of(database.behind(fresh).number, database.behind(sibling).number))
                .containsExactly(3, 4);
        assertThat(pings).as("the sibling was known to be stale").hasSize(1);
        assertThat(events)
                .startsWith("INVALIDATE", "CLOSE")
                .containsExactlyInAnyOrder(
                        "INVALIDATE", "CLOSE", "CONNECT", "CHECKOUT", "CLOSE", "CONNECT", "CHECKOUT");
        fresh.close();
        sibling.close();
    }

    @Test
    @Tag("PP-03")
    void aPingThatFailsForAnotherReasonFailsTheCheckout() throws SQLException {
        pool = pool(PrePing.ON);
        pool.connect().close();
        SQLException other = new SQLException("odd", "42000");
        database.script((call, connection) -> {
            if (call.equals("isValid")) {
                throw other;
            }
        });

        assertThatThrownBy(pool::connect).isSameAs(other);
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
    }

    @Test
    @Tag("PP-04")
    void whileTheDatabaseIsDownTheCallerSeesWhyAndTheCountersStay() throws SQLException {
        pool = pool(PrePing.ON);
        pool.connect().close();
        database.script((call, connection) -> {
            if (call.equals("isValid") || call.equals("open")) {
                throw new SQLException("down", "08001");
            }
        });
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(pool::connect).hasMessage("down");
            assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
            assertThat(pool.snapshot().overflow()).isEqualTo(-2);
        }
        database.script((call, connection) -> {});
        pool.connect().close();
    }

    @Test
    @Tag("D-01")
    @Tag("A23.3")
    @Tag("EV-06")
    void aConnectionThatAListenerCallsDeadIsReplacedAndAllListenersAreAskedAgain() throws SQLException {
        List<String> asked = new ArrayList<>();
        pool.subscribe(EnumSet.of(PoolEvent.Kind.CHECKOUT), event -> asked.add("l1"));
        pool.subscribe(EnumSet.of(PoolEvent.Kind.CHECKOUT), event -> {
            asked.add("l2");
            if (asked.size() == 2) {
                throw new DisconnectionException("gone");
            }
        });
        pool.subscribe(EnumSet.of(PoolEvent.Kind.CHECKOUT), event -> asked.add("l3"));

        try (Connection connection = pool.connect()) {
            assertThat(database.behind(connection).number).isEqualTo(2);
        }

        assertThat(asked).containsExactly("l1", "l2", "l1", "l2", "l3");
        assertThat(events)
                .containsExactly(
                        "FIRST_CONNECT",
                        "CONNECT",
                        "CHECKOUT",
                        "INVALIDATE",
                        "CLOSE",
                        "CONNECT",
                        "CHECKOUT",
                        "RESET",
                        "CHECKIN");
    }

    @Test
    @Tag("D-02")
    @Tag("E-45")
    void afterTwoRoundsItGivesUpWithoutOpeningAThirdConnection() {
        pool.subscribe(EnumSet.of(PoolEvent.Kind.CHECKOUT), event -> {
            throw new DisconnectionException("gone");
        });

        assertThatThrownBy(pool::connect)
                .isInstanceOf(SQLException.class)
                .hasMessage("Pool 'default': gave up after 2 connections that were found dead.")
                .hasCauseInstanceOf(DisconnectionException.class);

        assertThat(database.attempts).hasValue(2);
        assertThat(database.open).hasValue(0);
        assertThat(events).endsWith("CHECKOUT", "INVALIDATE", "CLOSE", "CHECKIN none");
    }

    @Test
    @Tag("D-03")
    void ifTheReplacementFailsItsErrorReachesTheCaller() {
        pool.subscribe(EnumSet.of(PoolEvent.Kind.CHECKOUT), event -> {
            database.script((call, connection) -> {
                if (call.equals("open")) {
                    throw new SQLException("down");
                }
            });
            throw new DisconnectionException("gone");
        });

        assertThatThrownBy(pool::connect).hasMessage("down");

        assertThat(events).endsWith("CHECKOUT", "INVALIDATE", "CLOSE", "CONNECT_FAILED", "CHECKIN none");
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("F-09")
    @Tag("E-43")
    void aListenerMayDoAnythingToTheConnectionAndTheSlotSurvives(boolean thenThrow) {
        for (String deed : List.of("close", "invalidate", "detach", "entry", "abort")) {
            Registration registration = pool.subscribe(EnumSet.of(PoolEvent.Kind.CHECKOUT), event -> {
                PoolProxiedConnection proxy = ((PoolEvent.Checkout) event).proxy();
                switch (deed) {
                    case "close" -> proxy.close();
                    case "invalidate" -> proxy.invalidate(null);
                    case "detach" -> proxy.detach();
                    case "entry" -> ((PoolEvent.Checkout) event).entry().invalidate(null);
                    default -> proxy.abort(Runnable::run);
                }
                if (thenThrow) {
                    throw new DisconnectionException("and gone");
                }
            });
            try {
                pool.connect().close();
            } catch (SQLException e) {
                assertThat(e.getMessage()).matches("Pool 'default': (gave up|a checkout listener closed).*");
            }
            registration.close();
            assertThat(pool.snapshot().checkedOut()).as(deed).isZero();
        }
    }

    @Test
    @Tag("EV-10")
    @Tag("DR-03")
    @Tag("EN-07")
    @Tag("E-04")
    @Tag("E3-10")
    void aListenerOfTheFirstConnectionThatFailsGetsAnotherChance() throws SQLException {
        List<String> firsts = new ArrayList<>();
        pool.subscribe(EnumSet.of(PoolEvent.Kind.FIRST_CONNECT), event -> {
            firsts.add("first");
            if (firsts.size() == 1) {
                throw new SQLException("not ready");
            }
        });

        assertThatThrownBy(pool::connect).hasMessage("not ready");
        assertThat(database.open).hasValue(0);
        pool.connect().close();
        pool.dispose();
        pool.connect().close();

        assertThat(firsts).hasSize(2);
    }

    @Test
    @Tag("EV-10")
    @Tag("E3-10")
    void nobodyGetsAConnectionWhileTheFirstIsBeingSetUp() throws Exception {
        var entered = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        pool.addListenerFirst(new PoolListener() {
            @Override
            public void firstConnect(PoolEvent.FirstConnect event) {
                entered.countDown();
                TestSupport.awaitUninterruptibly(release);
            }
        });
        Borrower<Connection> first = Borrower.from(pool);
        entered.await();
        Borrower<Connection> second = Borrower.waitingFor(pool);
        await().until(() -> database.attempts.get() == 2);
        assertThat(second.isDone()).isFalse();
        assertThat(events).isEmpty();
        release.countDown();

        first.get().close();
        second.get().close();
        assertThat(events).startsWith("FIRST_CONNECT", "CONNECT");
    }

    @Test
    @Tag("PP-02")
    @Tag("E-22")
    void doesNotPingWhatWasJustOpenedInAnOldPlace() throws SQLException {
        pool = pool(PrePing.ON);
        answerPings(true);
        PoolProxiedConnection first = pool.connect();
        ConnectionPoolEntry entry = first.entry();
        first.invalidate(null);
        try (PoolProxiedConnection second = pool.connect()) {
            assertThat(second.entry()).isSameAs(entry);
            second.invalidateSoftly(null);
        }
        pool.connect().close();

        assertThat(database.attempts).hasValue(3);
        assertThat(pings).isEmpty();
    }

    @Test
    @Tag("PP-08")
    void withoutPingADeadConnectionIsLentAndFailsItsUser() throws SQLException {
        pool.connect().close();
        database.script((call, connection) -> {
            if (call.startsWith("statement.execute") || call.equals("isValid")) {
                throw new SQLException("gone", "08006");
            }
        });

        try (Connection connection = pool.connect()) {
            assertThatThrownBy(() -> connection.createStatement().executeUpdate("x"))
                    .hasMessage("gone");
        }
        assertThat(database.open).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({"08006, NONE, false", "08006, CONNECTION, true", "42000, NONE, false", "42000, CONNECTION, true"})
    @Tag("PP-07")
    @Tag("PP-03")
    void theClassifierDecidesWhatAFailedPingMeans(String state, Disconnect verdict, boolean replaced)
            throws SQLException {
        List<Disconnect> proposals = new ArrayList<>();
        pool = pool(database.settings().prePing(PrePing.ON).disconnectClassifier((exception, proposal) -> {
            proposals.add(proposal);
            return verdict;
        }));
        pool.connect().close();
        SQLException failure = new SQLException("odd", state);
        database.script((call, connection) -> {
            if (call.equals("isValid")) {
                throw failure;
            }
        });

        if (replaced) {
            pool.connect().close();
            assertThat(database.attempts).hasValue(2);
        } else {
            assertThatThrownBy(pool::connect).isSameAs(failure);
        }
        assertThat(proposals).first().isEqualTo(state.equals("08006") ? Disconnect.CONNECTION : Disconnect.NONE);
    }

    @Test
    @Tag("D-06")
    void aDisconnectionExceptionMeansNothingOutsideTheCheckout() throws SQLException {
        DisconnectionException elsewhere = new DisconnectionException("elsewhere");
        Registration onConnect = pool.subscribe(EnumSet.of(PoolEvent.Kind.CONNECT), event -> {
            throw elsewhere;
        });
        assertThatThrownBy(pool::connect).isSameAs(elsewhere);
        assertThat(database.attempts).hasValue(1);
        onConnect.close();
        Registration onReset = pool.subscribe(EnumSet.of(PoolEvent.Kind.RESET), event -> {
            throw elsewhere;
        });
        pool.connect().close();
        onReset.close();

        assertThat(database.open).hasValue(0);
        assertThat(events).endsWith("RESET", "INVALIDATE", "CLOSE", "CHECKIN none");
    }

    @Test
    @Tag("D-08")
    @Tag("E-01")
    void theProxyOfAReplacedConnectionIsDead() throws SQLException {
        List<PoolProxiedConnection> offered = new ArrayList<>();
        pool.subscribe(EnumSet.of(PoolEvent.Kind.CHECKOUT), event -> {
            offered.add(((PoolEvent.Checkout) event).proxy());
            if (offered.size() == 1) {
                throw new DisconnectionException("gone");
            }
        });
        try (PoolProxiedConnection lent = pool.connect()) {
            assertThat(offered).hasSize(2).last().isSameAs(lent);
            assertThat(offered.get(0).isClosed()).isTrue();
            offered.get(0).close();
            assertThat(lent.isValid()).isTrue();
        }
    }

    /** The ticker is read after the connection was found present: the last moment before it is lent. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("F-08")
    @Tag("E-43")
    void whatIsInvalidatedBetweenTakingAndLendingIsReplaced(boolean withListener) throws SQLException {
        List<ConnectionPoolEntry> victims = new CopyOnWriteArrayList<>();
        pool = new QueuePool(database.settings()
                .poolSize(1)
                .maxOverflow(0)
                .prePing(PrePing.OFF)
                .recycle(Duration.ofDays(1))
                .ticker(() -> {
                    if (!victims.isEmpty()) {
                        victims.remove(0).invalidate(null);
                    }
                    return 0;
                })
                .build());
        if (withListener) {
            pool.subscribe(EnumSet.of(PoolEvent.Kind.CHECKOUT), event -> {});
        }
        PoolProxiedConnection first = pool.connect();
        ConnectionPoolEntry entry = first.entry();
        first.close();
        pool.subscribe(EnumSet.of(PoolEvent.Kind.LOST), event -> {}); // so that everything is looked at again
        victims.add(entry);

        try (PoolProxiedConnection second = pool.connect()) {
            assertThat(second.isValid()).isTrue();
            assertThat(database.behind(second).number).isEqualTo(2);
        }
    }

    @Test
    void whatListenersDoToTheDriversConnectionIsNotTakenForWhatWasSetBefore() throws SQLException {
        List<String> calls = new CopyOnWriteArrayList<>();
        database.script((call, connection) -> calls.add(call));
        try (Connection connection = pool.connect()) {
            connection.setReadOnly(true);
        }
        pool.addListener(new PoolListener() {
            @Override
            public void checkout(PoolEvent.Checkout event) throws SQLException {
                event.proxy().setSchema("tenant");
                event.connection().createStatement().execute("set schema other");
                event.connection().setReadOnly(true);
            }
        });
        try (Connection connection = pool.connect()) {
            calls.clear();
            connection.setSchema("tenant");
            connection.setReadOnly(false);

            assertThat(calls).contains("setSchema", "setReadOnly");
        }
    }

    @Test
    @Tag("R-08")
    @Tag("IN-05")
    void aCheckoutListenerFindsWhatTheConnectListenerPrepared() throws SQLException {
        List<String> told = new ArrayList<>();
        boolean[] down = new boolean[1];
        TestTicker ticker = new TestTicker();
        pool = pool(database.settings()
                .poolSize(1)
                .recycle(Duration.ofSeconds(1))
                .ticker(ticker)
                .listener(new PoolListener() {
                    @Override
                    public void connect(PoolEvent.Connect event) {
                        event.entry().info().put("prepared", true);
                        told.add("connect");
                    }

                    @Override
                    public void checkout(PoolEvent.Checkout event) {
                        told.add("checkout, prepared: " + event.entry().info().containsKey("prepared"));
                    }
                }));
        database.script((call, connection) -> {
            if (call.equals("open") && down[0]) {
                throw new SQLException("down");
            }
        });
        pool.connect().close();
        ticker.advance(Duration.ofSeconds(2));
        down[0] = true;
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(pool::connect).hasMessage("down");
        }
        down[0] = false;
        pool.connect().close();
        pool.connect().close();

        assertThat(told)
                .containsExactly(
                        "connect",
                        "checkout, prepared: true",
                        "connect",
                        "checkout, prepared: true",
                        "checkout, prepared: true");
    }

    private QueuePool pool(TestTicker ticker, Duration timeout) {
        return pool(database.settings()
                .poolSize(1)
                .maxOverflow(0)
                .prePing(PrePing.OFF)
                .ticker(ticker)
                .timeout(timeout));
    }

    private CountDownLatch hangWhenOpening(int number) {
        CountDownLatch release = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open") && connection.number == number) {
                TestSupport.awaitUninterruptibly(release);
            }
        });
        return release;
    }

    @Test
    @Tag("QP-06")
    @Tag("E-48")
    @Tag("E3-02")
    void theDeadlineCoversTheOpening() throws Exception {
        TestTicker ticker = new TestTicker();
        pool = pool(ticker, Duration.ofMillis(500));
        CountDownLatch release = hangWhenOpening(1);
        Borrower<Connection> caller = Borrower.waitingFor(pool);
        ticker.advance(Duration.ofMillis(499));
        caller.nudge();
        await().until(caller::isWaiting);
        assertThat(caller.isDone()).isFalse();
        ticker.advance(Duration.ofMillis(1));
        caller.nudge();

        assertThat(caller.failure())
                .isInstanceOf(PoolTimeoutException.class)
                .hasMessageContaining("within 0.5 s")
                .hasMessageContaining("being opened 1");
        release.countDown();
        await().until(() -> pool.snapshot().checkedIn() == 1);
    }

    @Test
    @Tag("E-48")
    void theDeadlineCoversTheReplacementOfWhatAListenerRefused() throws Exception {
        TestTicker ticker = new TestTicker();
        pool = pool(ticker, Duration.ofSeconds(10));
        Registration registration = pool.subscribe(EnumSet.of(PoolEvent.Kind.CHECKOUT), event -> {
            ticker.advance(Duration.ofSeconds(9));
            throw new DisconnectionException("gone");
        });
        CountDownLatch release = hangWhenOpening(2);
        Borrower<Connection> caller = Borrower.from(pool);
        await().until(() -> database.attempts.get() == 2 && caller.isWaiting());
        registration.close();
        ticker.advance(Duration.ofSeconds(1));
        caller.nudge();

        assertThat(caller.failure()).isInstanceOf(PoolTimeoutException.class);
        release.countDown();
        await().until(() -> pool.snapshot().checkedIn() == 1);
    }

    @Test
    @Tag("EN-03")
    void afterADisconnectTheOthersAreAskedBeforeTheyAreLent() throws SQLException {
        try (Connection one = pool.connect();
                Connection two = pool.connect()) {
            assertThat(one).isNotSameAs(two);
        }
        Connection broken = pool.connect();
        database.script((call, connection) -> {
            if (call.equals("isValid")) {
                pings.add("ping " + connection.number);
            } else if (call.equals("statement.executeUpdate")) {
                throw new SQLException("lost", "08006");
            }
        });
        assertThatThrownBy(() -> broken.createStatement().executeUpdate("x")).hasMessage("lost");
        broken.close();

        try (Connection other = pool.connect();
                Connection another = pool.connect()) {
            assertThat(other).isNotSameAs(another);
            assertThat(pings).hasSize(1);
        }
    }

    @Test
    @Tag("EN-03")
    void theClassifierHasTheLastWord() throws SQLException {
        pool = pool(database.settings()
                .poolSize(3)
                .prePing(PrePing.OFF)
                .disconnectClassifier((exception, proposal) -> switch (exception.getSQLState()) {
                    case "25006" -> Disconnect.GENERATION;
                    case "08006" -> Disconnect.NONE;
                    default -> proposal;
                }));
        try (Connection one = pool.connect();
                Connection two = pool.connect()) {
            assertThat(one).isNotSameAs(two);
        }
        for (String state : List.of("08006", "25006")) {
            database.script((call, connection) -> {
                if (call.equals("statement.executeUpdate")) {
                    throw new SQLException("fails", state);
                }
            });
            try (Connection connection = pool.connect()) {
                assertThatThrownBy(() -> connection.createStatement().executeUpdate("x"))
                        .hasMessage("fails");
            }
            if (state.equals("08006")) {
                assertThat(database.open).as("downgraded").hasValue(2);
            }
        }
        Connection next = pool.connect();
        Connection after = pool.connect();
        assertThat(database.behind(next).number).as("upgraded").isGreaterThan(2);
        assertThat(database.behind(after).number).isGreaterThan(2);
        next.close();
        after.close();
    }
}
