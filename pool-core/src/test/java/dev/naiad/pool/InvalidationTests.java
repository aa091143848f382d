/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class InvalidationTests {

    private final StubDatabase database = new StubDatabase().withoutAutoCommit();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private QueuePool pool = pool(database.settings().poolSize(2).maxOverflow(0));

    private QueuePool pool(PoolConfig.Builder settings) {
        QueuePool made = new QueuePool(settings.build());
        made.subscribe(EnumSet.complementOf(EnumSet.of(PoolEvent.Kind.LEFT_OPEN, PoolEvent.Kind.WAITED)), event -> {
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
        pool.close(Duration.ofSeconds(10));
        assertThat(database.open).hasValue(0);
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    private static void work(Connection connection) throws SQLException {
        connection.createStatement().executeUpdate("x");
    }

    @Test
    @Tag("I-01")
    @Tag("F-05")
    @Tag("A23.3")
    void hardThroughTheProxy() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        events.clear();
        connection.invalidate(new SQLException("why"));
        assertThat(events).containsExactly("INVALIDATE", "CLOSE", "CHECKIN none");
        assertThat(connection.isValid()).isFalse();
        events.clear();
        pool.connect().close();
        assertThat(events).startsWith("CONNECT", "CHECKOUT");
    }

    @Test
    @Tag("F-07")
    @Tag("R-12")
    @Tag("E-14")
    void hardThroughTheEntryBehindTheUsersBack() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        work(connection);
        events.clear();
        connection.entry().invalidate(null);
        connection.entry().invalidate(null);

        assertThat(connection.isValid()).isFalse();
        assertThat(database.open).hasValue(0);
        connection.close();
        assertThat(events).as("no reset of a closed connection").containsExactly("INVALIDATE", "CLOSE", "CHECKIN none");
        assertThat(database.journal).doesNotContain("rollback 1");
    }

    @Test
    @Tag("R-01")
    void anIdleConnectionInvalidatedThroughItsEntryIsReplacedOnDemand() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        ConnectionPoolEntry entry = connection.entry();
        connection.close();
        entry.invalidate(null);
        assertThat(database.open).hasValue(0);

        try (PoolProxiedConnection next = pool.connect()) {
            assertThat(next.entry()).isSameAs(entry);
        }
    }

    @Test
    @Tag("I-02")
    @Tag("F-06")
    @Tag("R-12")
    void softlyTheUserGoesOnAndTheNextGetsANewConnection() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        events.clear();
        connection.invalidateSoftly(null);
        work(connection);
        assertThat(connection.isValid()).isTrue();
        connection.close();
        try (PoolProxiedConnection next = pool.connect()) {
            assertThat(database.behind(next).number).isEqualTo(2);
        }

        assertThat(events)
                .containsExactly(
                        "SOFT_INVALIDATE", "RESET", "CHECKIN", "CLOSE", "CONNECT", "CHECKOUT", "RESET", "CHECKIN");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R-05")
    @Tag("R-06")
    @Tag("E-33")
    void countsEvenIfNoTimeHasPassedSinceTheOpening(boolean softly) throws SQLException {
        pool = pool(database.settings().poolSize(2).ticker(new TestTicker()));
        PoolProxiedConnection one = pool.connect();
        PoolProxiedConnection two = pool.connect();
        if (softly) {
            one.invalidateSoftly(null);
            two.invalidateSoftly(null);
        } else {
            pool.invalidate(one, null);
        }
        one.close();
        two.close();

        try (PoolProxiedConnection three = pool.connect();
                PoolProxiedConnection four = pool.connect()) {
            assertThat(database.behind(three).number + database.behind(four).number)
                    .isEqualTo(3 + 4);
        }
    }

    @Test
    @Tag("I-09")
    void ofThePoolSurvivesItsDisposalAndDoesNotReachItsSuccessor() throws SQLException {
        PoolProxiedConnection one = pool.connect();
        PoolProxiedConnection two = pool.connect();
        pool.invalidate(one, null);
        pool.dispose();
        two.close();
        assertThat(database.open).hasValue(0);

        Pool successor = pool.recreate();
        successor.connect().close();
        successor.connect().close();
        assertThat(database.attempts).hasValue(3);
        successor.close();
    }

    @Test
    @Tag("I-03")
    @Tag("I-06")
    @Tag("E-34")
    void thePoolAsAWholeByAConnectionOfThePresentGeneration() throws SQLException {
        PoolProxiedConnection one = pool.connect();
        PoolProxiedConnection two = pool.connect();
        pool.invalidate(one, new SQLException("fail-over"));
        work(two);
        two.close();
        assertThat(database.open).as("closed when it is asked for").hasValue(1);
        try (PoolProxiedConnection a = pool.connect();
                PoolProxiedConnection b = pool.connect()) {
            assertThat(database.behind(a).number + database.behind(b).number).isEqualTo(3 + 4);
            pool.invalidate(one, null);
            pool.invalidate(two, null);
        }
        pool.connect().close();
        assertThat(database.attempts).as("closed ones report nothing new").hasValue(4);
    }

    @Test
    @Tag("I-04")
    @Tag("I-07")
    @Tag("E3-08")
    @Tag("E-34")
    void manyReportsOfOneGenerationMakeOneChange() throws Exception {
        int count = 15;
        pool = pool(database.settings().poolSize(count).maxOverflow(0));
        List<PoolProxiedConnection> dead = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            dead.add(pool.connect());
        }
        CountDownLatch start = new CountDownLatch(1);
        List<Borrower<Connection>> reporters = new ArrayList<>();
        for (PoolProxiedConnection connection : dead) {
            reporters.add(Borrower.of(() -> {
                start.await();
                pool.invalidate(connection, null);
                return pool.connect();
            }));
        }
        start.countDown();
        List<Connection> replacements = new ArrayList<>();
        for (Borrower<Connection> reporter : reporters) {
            replacements.add(reporter.get());
        }
        for (Connection replacement : replacements) {
            replacement.close();
        }

        for (int i = 0; i < count; i++) {
            pool.connect().close();
        }
        assertThat(database.attempts).hasValue(2 * count);
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.INVALIDATED, (long) count);
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.RECYCLED, 0L);
    }

    @Test
    @Tag("CR-04")
    @Tag("E3-09")
    void aConnectionOpenedWhileThePoolIsInvalidatedIsStaleAtItsNextCheckout() throws Exception {
        PoolProxiedConnection reporter = pool.connect();
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open")) {
                opening.countDown();
                TestSupport.awaitUninterruptibly(release);
            }
        });
        Borrower<Connection> other = Borrower.from(pool);
        opening.await();
        pool.invalidate(reporter, null);
        release.countDown();
        other.get().close();
        database.script((call, connection) -> {});

        try (Connection a = pool.connect();
                Connection b = pool.connect()) {
            assertThat(List.of(database.behind(a).number, database.behind(b).number))
                    .doesNotContain(2);
        }
    }

    @Test
    @Tag("DT-01")
    @Tag("DT-02")
    @Tag("DT-03")
    @Tag("DT-07")
    @Tag("RR-03")
    @Tag("IN-03")
    @Tag("F-10")
    @Tag("QP-21")
    void detachingFreesThePlaceAndLeavesTheConnectionToItsUser() throws SQLException {
        PoolProxiedConnection mine = pool.connect();
        ConnectionPoolEntry place = mine.entry();
        mine.info().put("key", "value");
        work(mine);
        events.clear();
        mine.detach();
        mine.detach();

        assertThat(events).containsExactly("DETACH");
        assertThat(mine.isDetached()).isTrue();
        assertThat(mine.isValid()).isTrue();
        assertThat(mine.entry()).isNull();
        assertThat(mine.info()).containsEntry("key", "value").isNotSameAs(place.info());
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        try (Connection a = pool.connect();
                Connection b = pool.connect()) {
            assertThat(database.open).as("beyond the limit").hasValue(3);
            assertThat(place.info()).isEmpty();
            assertThat(mine.info()).containsEntry("key", "value");
            assertThat(a).isNotSameAs(b);
        }
        work(mine);
        events.clear();
        mine.close();
        mine.close();

        assertThat(events).containsExactly("RESET", "CLOSE_DETACHED");
        assertThat(database.journal).endsWith("rollback 1", "close 1");
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.DETACHED, 1L);
        assertThat(mine.isClosed()).isTrue();
        mine.detach();
    }

    @Test
    @Tag("DT-04")
    @Tag("E-29")
    void aDetachedConnectionThatIsInvalidatedOrAbortedIsClosed() throws SQLException {
        PoolProxiedConnection one = pool.connect();
        PoolProxiedConnection two = pool.connect();
        one.detach();
        two.detach();
        one.invalidate(null);
        two.abort(Runnable::run);

        assertThat(database.open).hasValue(0);
    }

    @Test
    @Tag("DT-08")
    @Tag("E-30")
    void aListenerThatThrowsDoesNotKeepADetachedConnectionOpen() throws SQLException {
        pool.subscribe(EnumSet.of(PoolEvent.Kind.DETACH, PoolEvent.Kind.CLOSE_DETACHED), event -> {
            throw new SQLException("no");
        });
        PoolProxiedConnection connection = pool.connect();
        connection.detach();
        connection.close();

        assertThat(database.open).hasValue(0);
    }

    @Test
    @Tag("E3-06")
    void ofACloseAndADetachAtTheSameTimeNeitherIsLost() throws Exception {
        for (int round = 0; round < 300; round++) {
            PoolProxiedConnection connection = pool.connect();
            CountDownLatch start = new CountDownLatch(1);
            Borrower<Void> closer = Borrower.of(() -> {
                start.await();
                connection.close();
                return null;
            });
            Borrower<Void> detacher = Borrower.of(() -> {
                start.await();
                connection.detach();
                return null;
            });
            start.countDown();
            closer.get();
            detacher.get();
            assertThat(pool.snapshot().checkedOut()).isZero();
            assertThat(database.open.get()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    @Tag("FC-01")
    @Tag("FC-02")
    @Tag("R-13")
    void finalizersRunOnceNewestFirstBetweenResetAndCheckin() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        work(connection);
        events.clear();
        connection.entry().addFinalizer(raw -> events.add("older"));
        connection.entry().addFinalizer(raw -> events.add("newer"));
        connection.close();
        assertThat(events).containsExactly("RESET", "newer", "older", "CHECKIN");

        PoolProxiedConnection again = pool.connect();
        again.entry().addFinalizer(raw -> events.add("never"));
        again.invalidate(null);
        pool.connect().close();
        assertThat(events).doesNotContain("never");
    }

    @Test
    @Tag("FC-03")
    @Tag("E-25")
    void aFinalizerThatThrowsCostsTheConnectionAndNotTheSlot() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        connection.entry().addFinalizer(raw -> {
            throw new SQLException("no");
        });
        connection.close();

        assertThat(database.open).hasValue(0);
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
    }

    @Test
    @Tag("DT-06")
    @Tag("E-31")
    void finalizersGoWithADetachedConnection() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        connection.entry().addFinalizer(raw -> events.add("final"));
        connection.detach();
        pool.connect().close();
        assertThat(events).doesNotContain("final");
        events.clear();
        connection.close();
        assertThat(events).containsExactly("RESET", "final", "CLOSE_DETACHED");
    }

    @ParameterizedTest
    @EnumSource(names = {"ROLLBACK", "COMMIT"})
    @Tag("RR-05")
    void aUserThatHasRolledBackSavesTheRollbackButNotTheCommitNorTheEvent(ResetOnReturn style) throws SQLException {
        pool = new QueuePool(database.settings().resetOnReturn(style).build());
        List<Boolean> said = new ArrayList<>();
        pool.subscribe(
                EnumSet.of(PoolEvent.Kind.RESET), event -> said.add(((PoolEvent.Reset) event).transactionWasReset()));
        for (boolean workAfterwards : new boolean[] {false, true}) {
            try (PoolProxiedConnection connection = pool.connect()) {
                work(connection);
                connection.transactionWasReset();
                if (workAfterwards) {
                    work(connection);
                }
            }
        }

        assertThat(said).containsExactly(true, false);
        assertThat(database.journal.stream().filter("rollback 1"::equals))
                .hasSize(style == ResetOnReturn.ROLLBACK ? 1 : 0);
        assertThat(database.journal.stream().filter("commit 1"::equals)).hasSize(style == ResetOnReturn.COMMIT ? 2 : 0);
    }

    @Test
    @Tag("I-10")
    @Tag("E-26")
    void aListenerThatThrowsDoesNotKeepAnUnfitConnection() throws SQLException {
        pool.subscribe(EnumSet.of(PoolEvent.Kind.INVALIDATE, PoolEvent.Kind.CLOSE), event -> {
            throw new SQLException("no");
        });
        pool.connect().invalidate(null);

        assertThat(database.open).hasValue(0);
        try (Connection next = pool.connect()) {
            assertThat(database.behind(next).number).isEqualTo(2);
        }
    }
}
