/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SingletonThreadPoolTests {

    private final StubDatabase database = new StubDatabase().withoutAutoCommit();

    private SingletonThreadPool pool(int size) {
        return new SingletonThreadPool(database.settings()
                .poolSize(size)
                .timeout(Duration.ofSeconds(10))
                .build());
    }

    private static Object place(PoolProxiedConnection connection) throws SQLException {
        Object place = connection.entry();
        connection.close();
        return place;
    }

    @Test
    @Tag("STP-01")
    @Tag("STP-03")
    void aThreadKeepsItsConnectionAndThreadsDoNotShare() throws Exception {
        SingletonThreadPool pool = pool(5);
        Object mine = place(pool.connect());
        Object yours = Borrower.of(() -> place(pool.connect())).get();

        assertThat(yours).isNotSameAs(mine);
        assertThat(place(pool.connect())).isSameAs(mine);
    }

    @Test
    @Tag("STP-02")
    void nestedConnectionsAreRolledBackOnce() throws SQLException {
        SingletonThreadPool pool = pool(5);
        PoolProxiedConnection outer = pool.connect();
        PoolProxiedConnection inner = pool.connect();
        assertThat(inner.entry()).isSameAs(outer.entry());
        inner.createStatement().executeUpdate("insert");
        inner.close();
        assertThat(database.journal).doesNotContain("rollback 1");
        outer.close();

        assertThat(database.journal).containsExactly("open 1", "update 1", "rollback 1");
    }

    @Test
    @Tag("STP-04")
    @Tag("STP-08")
    @Tag("E-40")
    @Tag("E3-13")
    void neverHasMoreThanPoolSizeAndNeverClosesWhatIsInUse() throws Exception {
        SingletonThreadPool pool = pool(3);
        List<Borrower<Void>> borrowers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            borrowers.add(Borrower.of(() -> {
                for (int round = 0; round < 100; round++) {
                    try (PoolProxiedConnection connection = pool.connect()) {
                        Thread.onSpinWait();
                        assertThat(database.behind(connection).closed).isFalse();
                    }
                }
                return null;
            }));
        }
        for (Borrower<Void> borrower : borrowers) {
            borrower.get();
        }

        assertThat(database.mostOpen.get()).isLessThanOrEqualTo(3);
        assertThat(database.open.get()).isLessThanOrEqualTo(3);
    }

    @Test
    @Tag("STP-04")
    void waitsForAConnectionInUse() throws Exception {
        SingletonThreadPool pool = pool(1);
        PoolProxiedConnection held = pool.connect();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        assertThat(waiting.isDone()).isFalse();
        held.close();

        assertThat(waiting.get().isClosed()).isFalse();
        assertThat(database.journal).containsExactly("open 1", "close 1", "open 2");
    }

    @Test
    void whoWaitsInVainIsToldSo() throws Exception {
        TestTicker ticker = new TestTicker();
        SingletonThreadPool pool = new SingletonThreadPool(
                database.settings().poolSize(1).ticker(ticker).build());
        PoolProxiedConnection held = pool.connect();
        Borrower<Connection> borrower = Borrower.from(pool);
        await().until(() -> {
            ticker.advance(pool.config().timeout());
            borrower.nudge();
            return borrower.isDone();
        });
        assertThat(borrower.failure()).isInstanceOf(PoolTimeoutException.class);
        assertThat(held.isValid()).isTrue();
    }

    @Test
    @Tag("STP-05")
    @Tag("E-40")
    @Tag("E3-13")
    void forgetsDeadThreadsBeforeItTakesFromTheLiving() throws Exception {
        SingletonThreadPool pool = pool(2);
        Object mine = place(pool.connect());
        for (int i = 0; i < 5; i++) {
            Borrower<Object> mortal = Borrower.of(() -> place(pool.connect()));
            mortal.get();
            mortal.thread.join();
        }

        assertThat(database.mostOpen.get()).isEqualTo(2);
        assertThat(place(pool.connect())).isSameAs(mine);
        assertThat(database.journal).doesNotContain("close 1");
    }

    @Test
    @Tag("STP-05")
    void theConnectionOfAThreadThatDiedWithItIsClosedWhenItComesBack() throws Exception {
        SingletonThreadPool pool = pool(2);
        Borrower<PoolProxiedConnection> mortal = Borrower.of(pool::connect);
        PoolProxiedConnection left = mortal.get();
        mortal.thread.join();
        left.createStatement().close();
        left.close();

        assertThat(database.open).hasValue(0);
        assertThat(pool.snapshot().checkedIn()).isZero();
    }

    @Test
    @Tag("STP-06")
    void disposingClosesWhatIsIdleAndLeavesWhatIsInUse() throws Exception {
        SingletonThreadPool pool = pool(2);
        Borrower.of(() -> place(pool.connect())).get();
        PoolProxiedConnection held = pool.connect();
        pool.dispose();

        assertThat(database.open).hasValue(1);
        held.close();
        assertThat(database.open).hasValue(0);
    }

    @Test
    @Tag("STP-07")
    void tellsHowManyConnectionsItHas() throws SQLException {
        SingletonThreadPool pool = pool(2);
        pool.connect().close();
        assertThat(pool.status()).isEqualTo("SingletonThreadPool 'default': pool size 2, connections 1");
    }

    @Test
    @Tag("STP-09")
    void afterDetachingTheThreadGetsAnotherConnection() throws SQLException {
        SingletonThreadPool pool = pool(2);
        PoolProxiedConnection detached = pool.connect();
        detached.detach();
        PoolProxiedConnection next = pool.connect();

        assertThat(next.isDetached()).isFalse();
        detached.close();
        assertThat(next.isValid()).isTrue();
    }

    @Test
    void whoWaitsIsToldWhenThePoolIsClosed() throws Exception {
        SingletonThreadPool pool = pool(1);
        PoolProxiedConnection held = pool.connect();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        pool.close();
        assertThatExceptionOfType(PoolClosedException.class).isThrownBy(waiting::get);
        held.close();
        assertThat(database.open).hasValue(0);
    }
}
