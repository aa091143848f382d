/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.diagnose.Holder;
import dev.naiad.pool.diagnose.Place;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PlacesTests {

    private final TestTicker ticker = new TestTicker();
    private final StubDatabase database = new StubDatabase();
    private final QueuePool pool = new QueuePool(
            database.settings().poolSize(5).ticker(ticker).trace(Trace.ALWAYS).build());

    @AfterEach
    void close() {
        pool.close(Duration.ZERO);
    }

    @Test
    void thereAreNoneBeforeTheFirstConnection() {
        assertThat(pool.places()).isEmpty();
    }

    @Test
    void tellWhatIsInEachByTheirNumbers() throws SQLException {
        try (Connection one = pool.connect();
                Connection other = pool.connect()) {
            try (Statement statement = other.createStatement()) {
                statement.execute("select * from users where name = 'Ann'");
            }
            ticker.advance(Duration.ofSeconds(3));
            assertThat(pool.places()).hasSize(2).allSatisfy(place -> {
                assertThat(place.state()).isEqualTo(Place.State.IN_USE);
                assertThat(place.age()).isEqualTo(Duration.ofSeconds(3));
            });
            assertThat(pool.places()).extracting(Place::connection).isSorted();
            assertThat(pool.places()).extracting(Place::sql).containsOnlyOnce("select * from users where name = ?");
            assertThat(one.isClosed()).isFalse();
        }
        assertThat(pool.places())
                .hasSize(2)
                .allSatisfy(place -> assertThat(place.state()).isEqualTo(Place.State.IDLE));
    }

    @Test
    void rememberTheSqlOfTheLastBorrower() throws SQLException {
        try (Connection connection = pool.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1");
        }
        assertThat(pool.places()).singleElement().satisfies(place -> {
            assertThat(place.state()).isEqualTo(Place.State.IDLE);
            assertThat(place.sql()).isEqualTo("select ?");
        });
    }

    @Test
    void oneThatComesBackSaysSo() throws Exception {
        CountDownLatch resetting = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        pool.addListener(new PoolListener() {
            @Override
            public void reset(PoolEvent.Reset event) {
                resetting.countDown();
                TestSupport.awaitUninterruptibly(goOn);
            }
        });
        Connection connection = pool.connect();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        TestSupport.awaitUninterruptibly(resetting);
        assertThat(pool.places()).extracting(Place::state).containsExactly(Place.State.RETURNING);
        goOn.countDown();
        closing.get();
    }

    @Test
    void lookingBorrowsAndOpensNothing() throws SQLException {
        pool.connect().close();
        long checkouts = pool.snapshot().checkouts();
        pool.places();
        assertThat(pool.snapshot().checkouts()).isEqualTo(checkouts);
        assertThat(pool.snapshot().opened()).isEqualTo(1);
    }

    @Test
    void holderNamesTheLineThatBorrowed() throws SQLException {
        try (Connection held = pool.connect()) {
            assertThat(held.isClosed()).isFalse();
            Holder holder = pool.report().holders().get(0);
            assertThat(holder.place())
                    .hasValueSatisfying(
                            place -> assertThat(place.getMethodName()).isEqualTo("holderNamesTheLineThatBorrowed"));
        }
        await().untilAsserted(() -> assertThat(pool.report().holders()).isEmpty());
    }
}
