/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionFairyTests {

    private final StubDatabase database = new StubDatabase();
    private final QueuePool pool =
            new QueuePool(database.settings().poolSize(2).maxOverflow(0).build());

    @Test
    @Tag("F-03")
    void closingTwiceGivesBackOnce() throws SQLException {
        Connection connection = pool.connect();
        connection.close();
        connection.close();

        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    @Tag("R-10")
    @Tag("F-13")
    @Tag("E-03")
    void aClosedProxyCannotGiveBackWhatItsNextUserHolds() throws SQLException {
        Connection former = pool.connect();
        former.close();
        Connection present = pool.connect();
        assertThat(database.behind(present).number).isEqualTo(1);

        former.close();
        former.abort(Runnable::run);

        assertThat(present.isClosed()).isFalse();
        assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
        present.close();
    }

    @Test
    @Tag("F-04")
    void aClosedProxyIsDeadForGood() throws SQLException {
        Connection connection = pool.connect();
        connection.close();

        assertThat(connection.isClosed()).isTrue();
        assertThat(connection.isValid(1)).isFalse();
        assertThatThrownBy(connection::createStatement)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
        assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
    }

    @Test
    @Tag("F-04")
    @Tag("IN-06")
    @Tag("DT-03")
    void aClosedProxyTellsNothingOfTheNextUsersConnection() throws SQLException {
        PoolProxiedConnection former = pool.connect();
        former.close();
        try (PoolProxiedConnection present = pool.connect()) {
            present.info().put("of", "present");

            assertThat(former.isValid()).isFalse();
            assertThat(former.info()).isEmpty();
            former.invalidate(null);
            former.invalidateSoftly(null);
            former.detach();
            former.transactionWasReset();

            assertThat(former.isDetached()).isFalse();
            assertThat(present.isValid()).isTrue();
        }
        pool.connect().close();
        assertThat(database.attempts).hasValue(1);
    }

    @Test
    @Tag("PB-05")
    @Tag("F-12")
    @Tag("F-13")
    void everyCheckoutHasAProxyOfItsOwnThatGivesBackOnce() throws SQLException {
        PoolProxiedConnection first = pool.connect();
        PoolProxiedConnection second = pool.connect();
        assertThat(second).isNotSameAs(first);
        first.close();
        first.close();
        first.close();

        assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
        assertThat(second.isValid()).isTrue();
        second.close();
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    @Tag("F-11")
    void isGivenBackAtTheEndOfItsBlockAlsoOnAnError() throws SQLException {
        try (Connection connection = pool.connect()) {
            assertThat(connection).isNotNull();
            assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
        }
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThatThrownBy(() -> {
                    try (Connection connection = pool.connect()) {
                        throw new IllegalStateException("of " + connection);
                    }
                })
                .isInstanceOf(IllegalStateException.class);
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    @Tag("E3-06")
    @Tag("E-03")
    void whenManyThreadsCloseAtOnceOneGivesBack() throws Exception {
        List<String> checkins = Collections.synchronizedList(new ArrayList<>());
        pool.addListener(new PoolListener() {
            @Override
            public void checkin(PoolEvent.Checkin event) {
                checkins.add("checkin");
            }
        });
        for (int round = 0; round < 200; round++) {
            Connection connection = pool.connect();
            CountDownLatch start = new CountDownLatch(1);
            List<Borrower<Void>> closers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int how = i;
                closers.add(Borrower.of(() -> {
                    start.await();
                    if (how == 3) {
                        connection.unwrap(PoolProxiedConnection.class).invalidate(null);
                    } else {
                        connection.close();
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Borrower<Void> closer : closers) {
                closer.get();
            }
            assertThat(checkins).hasSize(round + 1);
            assertThat(pool.snapshot().checkedOut()).isZero();
        }
    }

    @Test
    @Tag("F-05")
    void invalidatingFreesThePlaceAtOnce() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        connection.invalidate(new SQLException("stale"));

        assertThat(database.open).hasValue(0);
        assertThat(pool.snapshot().checkedOut()).isZero();
        connection.close();
        connection.invalidate(null);
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
    }

    @Test
    void abortEndsTheConnectionAndFreesThePlace() throws SQLException {
        Connection connection = pool.connect();
        connection.abort(Runnable::run);

        assertThat(connection.isClosed()).isTrue();
        assertThat(database.open).hasValue(0);
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    @Tag("IN-01")
    void infoBelongsToThePhysicalConnection() throws SQLException {
        try (PoolProxiedConnection connection = pool.connect()) {
            connection.info().put("key", "value");
        }
        try (PoolProxiedConnection connection = pool.connect()) {
            assertThat(connection.info()).containsEntry("key", "value");
            assertThat(connection.entry().info()).containsEntry("key", "value");
            connection.invalidate(null);
        }
        try (PoolProxiedConnection connection = pool.connect()) {
            assertThat(connection.info()).isEmpty();
        }
    }

    @Test
    void isFoundThroughUnwrap() throws SQLException {
        try (Connection connection = pool.connect()) {
            assertThat(connection.isWrapperFor(PoolProxiedConnection.class)).isTrue();
            assertThat(connection.unwrap(PoolProxiedConnection.class)).isSameAs(connection);
        }
    }

    @Test
    void namesItsPlaceWithoutAskingTheDriver() throws SQLException {
        try (Connection connection = pool.connect()) {
            assertThat(connection).hasToString("PoolProxiedConnection of Entry 1 of pool 'default' (IN_USE)");
        }
    }

    @Test
    void aDriverThatFailsToCloseAStatementCostsNothing() throws SQLException {
        Connection connection = pool.connect();
        connection.createStatement();
        database.script((call, stub) -> {
            if (call.equals("statement.close")) {
                throw new IllegalStateException("no");
            }
        });
        connection.close();

        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        assertThat(database.open).hasValue(1);
    }
}
