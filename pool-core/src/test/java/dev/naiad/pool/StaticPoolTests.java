/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StaticPoolTests {

    private final StubDatabase database = new StubDatabase().withoutAutoCommit();
    private final TestTicker ticker = new TestTicker();
    private final StaticPool pool = new StaticPool(
            database.settings().ticker(ticker).recycle(Duration.ofMinutes(1)).build());

    @Test
    @Tag("SP-01")
    void everybodyHasAHandleOfHisOwnOnTheSameConnection() throws Exception {
        PoolProxiedConnection mine = pool.connect();
        PoolProxiedConnection yours = Borrower.of(pool::connect).get();

        assertThat(yours).isNotSameAs(mine);
        assertThat(yours.entry()).isSameAs(mine.entry());
        assertThat(database.attempts).hasValue(1);
        assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
    }

    @Test
    @Tag("SP-03")
    @Tag("SP-04")
    @Tag("E-09")
    @Tag("E-42")
    void nobodysCloseRollsBackTheWorkOfOthers() throws SQLException {
        AtomicInteger checkins = new AtomicInteger();
        pool.subscribe(EnumSet.of(PoolEvent.Kind.CHECKIN), event -> checkins.incrementAndGet());
        PoolProxiedConnection first = pool.connect();
        PoolProxiedConnection second = pool.connect();
        Statement ofTheFirst = first.createStatement();
        second.createStatement().executeUpdate("insert");
        first.close();
        first.close();

        assertThat(database.journal).containsExactly("open 1", "update 1");
        assertThat(second.isValid()).isTrue();
        assertThat(ofTheFirst.isClosed()).isTrue();
        second.close();
        assertThat(database.journal).containsExactly("open 1", "update 1", "rollback 1");
        assertThat(checkins).hasValue(1);
    }

    @Test
    @Tag("SP-02")
    @Tag("SP-05")
    @Tag("E-08")
    void disposingClosesTheConnectionAndAnUnusedPoolHasNone() throws SQLException {
        pool.dispose();
        assertThat(database.journal).isEmpty();
        pool.connect().close();
        pool.dispose();
        assertThat(database.journal).containsExactly("open 1", "close 1");
        assertThat(pool.connect().isValid()).isTrue();
    }

    @Test
    @Tag("SP-06")
    @Tag("E-42")
    void aConnectionThatIsTooOldIsReplacedForNewcomersAndClosedByItsLastUser() throws SQLException {
        PoolProxiedConnection old = pool.connect();
        ticker.advance(Duration.ofMinutes(2));
        PoolProxiedConnection fresh = pool.connect();

        assertThat(fresh.entry().connection()).isNotSameAs(old.entry().connection());
        old.createStatement().close();
        assertThat(database.open).hasValue(2);
        old.close();
        assertThat(database.journal).containsExactly("open 1", "open 2", "abort 1");
        assertThat(pool.connect().entry()).isSameAs(fresh.entry());
    }

    @Test
    @Tag("SP-06")
    @Tag("E-09")
    @Tag("E-42")
    void softlyInvalidatedTheSame() throws SQLException {
        PoolProxiedConnection old = pool.connect();
        old.invalidateSoftly(null);
        PoolProxiedConnection fresh = pool.connect();
        old.close();
        fresh.close();

        assertThat(database.open).hasValue(1);
        assertThat(database.attempts).hasValue(2);
    }

    @Test
    @Tag("SP-06")
    void invalidatingEndsTheConnectionForAll() throws SQLException {
        PoolProxiedConnection mine = pool.connect();
        PoolProxiedConnection yours = pool.connect();
        mine.invalidate(null);

        assertThat(yours.isValid()).isFalse();
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(yours::createStatement)
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08003"));
        assertThat(pool.connect().isValid()).isTrue();
        yours.close();
        assertThat(database.open).hasValue(1);
    }

    @Test
    @Tag("E-42")
    void whoComesWhileItIsBeingOpenedSharesIt() throws Exception {
        CountDownLatch proceed = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open")) {
                TestSupport.awaitUninterruptibly(proceed);
            }
        });
        List<Borrower<Connection>> borrowers = new ArrayList<>();
        borrowers.add(Borrower.from(pool));
        await().until(() -> database.attempts.get() == 1);
        for (int i = 0; i < 4; i++) {
            borrowers.add(Borrower.waitingFor(pool));
        }
        proceed.countDown();
        for (Borrower<Connection> borrower : borrowers) {
            assertThat(borrower.get().isClosed()).isFalse();
        }
        assertThat(database.attempts).hasValue(1);
    }

    @Test
    void whoWaitsInVainIsToldSo() throws Exception {
        StaticPool impatient =
                new StaticPool(database.settings().timeout(Duration.ZERO).build());
        CountDownLatch proceed = new CountDownLatch(1);
        database.script((call, connection) -> {
            if (call.equals("open")) {
                TestSupport.awaitUninterruptibly(proceed);
            }
        });
        Borrower<Connection> first = Borrower.from(impatient);
        await().until(() -> database.attempts.get() == 1);

        assertThatExceptionOfType(PoolTimeoutException.class).isThrownBy(impatient::connect);
        proceed.countDown();
        assertThat(first.get().isClosed()).isFalse();
    }

    @Test
    void aDatabaseInMemoryLivesFromBorrowerToBorrower() throws SQLException {
        try (StaticPool memory =
                new StaticPool(PoolConfig.builder().url("jdbc:h2:mem:").build())) {
            try (Connection connection = memory.connect()) {
                connection.createStatement().execute("create table t (n int)");
            }
            try (Connection outer = memory.connect();
                    Connection inner = memory.connect()) {
                inner.createStatement().execute("insert into t values (1)");
                try (var results = outer.createStatement().executeQuery("select count(*) from t")) {
                    assertThat(results.next()).isTrue();
                    assertThat(results.getInt(1)).isEqualTo(1);
                }
            }
        }
    }
}
