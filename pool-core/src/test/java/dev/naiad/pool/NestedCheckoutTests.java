/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That threads which wait for each other are told apart from those for whom something can still come. */
@Timeout(60)
class NestedCheckoutTests {

    /** Longer than it takes to find a deadlock. */
    private static final long LONG_MILLIS = 1500;

    private final StubDatabase database = new StubDatabase();
    private final CountDownLatch never = new CountDownLatch(1);
    private final List<PoolEvent> events = new CopyOnWriteArrayList<>();
    private @Nullable QueuePool pool;

    private QueuePool pool(Consumer<PoolConfig.Builder> change) {
        PoolConfig.Builder settings =
                database.settings().poolSize(1).maxOverflow(0).timeout(Duration.ofSeconds(20));
        change.accept(settings);
        QueuePool made = new QueuePool(settings.build());
        made.subscribe(Set.of(PoolEvent.Kind.NESTED, PoolEvent.Kind.DEADLOCK), events::add);
        pool = made;
        return made;
    }

    @AfterEach
    void close() {
        if (pool != null) {
            pool.close(Duration.ofSeconds(1));
        }
    }

    /** A thread that borrows, hands the connection to another thread, and asks for a second one. */
    private Connection second(Consumer<Connection> other) throws Exception {
        return Borrower.of(() -> {
                    Connection first = pool.connect();
                    Borrower.of((Callable<Void>) () -> {
                        other.accept(first);
                        return null;
                    });
                    return (Connection) pool.connect();
                })
                .get();
    }

    private void pause(long millis) {
        try {
            assertThat(never.await(millis, TimeUnit.MILLISECONDS)).isFalse();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private interface Use {
        void of(Connection connection) throws Exception;
    }

    private static void use(Connection connection, Use use) {
        try {
            use.of(connection);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void assertNoAlarm() {
        assertThat(events).noneMatch(PoolEvent.Deadlock.class::isInstance);
        assertThat(pool.snapshot().deadlocks()).isZero();
    }

    @Test
    void aThreadThatWaitsForItselfFailsWithinASecond() throws Exception {
        pool(settings -> {});
        long start = System.nanoTime();
        try (Connection first = pool.connect()) {
            assertThatExceptionOfType(NestedCheckoutException.class)
                    .isThrownBy(pool::connect)
                    .withMessageStartingWith(
                            "Pool 'default': deadlock: the only connection is held by threads that wait")
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("HYT00"));
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(15));
            assertThat(first.isClosed()).isFalse();
        }
        assertThat(events).hasExactlyElementsOfTypes(PoolEvent.Nested.class, PoolEvent.Deadlock.class);
        assertThat(pool.snapshot().nested()).isEqualTo(1);
        assertThat(pool.snapshot().deadlocks()).isEqualTo(1);
        pool.connect().close();
    }

    @Test
    void aThreadThatHasUsedItsConnectionFailsAfterOneInterval() throws Exception {
        TestTicker ticker = new TestTicker();
        pool(settings -> settings.ticker(ticker));
        Borrower<Connection> borrower = Borrower.of(() -> {
            pool.connect().createStatement().execute("select 1");
            return pool.connect();
        });
        await().until(() -> pool.snapshot().waiting() == 1);
        ticker.advance(Duration.ofNanos(Watch.GLANCE + 1));
        await().until(() -> borrower.isParkedIn(NestedCheckouts.class));

        ticker.advance(Duration.ofNanos(NestedCheckouts.INTERVAL + 1));

        assertThat(borrower.failure()).isInstanceOf(NestedCheckoutException.class);
    }

    @Test
    void aWarningLeavesItAtThat() throws Exception {
        pool(settings -> settings.nested(Nested.WARN).timeout(Duration.ofMillis(LONG_MILLIS)));
        try (Connection first = pool.connect()) {
            assertThatExceptionOfType(PoolTimeoutException.class).isThrownBy(pool::connect);
            assertThat(first.isClosed()).isFalse();
        }
        assertThat(events)
                .filteredOn(PoolEvent.Deadlock.class::isInstance)
                .singleElement()
                .satisfies(event -> {
                    assertThat(((PoolEvent.Deadlock) event).broken()).isFalse();
                    assertThat(((PoolEvent.Deadlock) event).holders()).hasSize(1);
                });
    }

    @Test
    void offIsOff() throws Exception {
        pool(settings -> settings.nested(Nested.OFF).timeout(Duration.ofMillis(LONG_MILLIS)));
        try (Connection first = pool.connect()) {
            assertThatExceptionOfType(PoolTimeoutException.class).isThrownBy(pool::connect);
            assertThat(first.isClosed()).isFalse();
        }
        assertNoAlarm();
    }

    @Test
    void noAlarmIfAnotherThreadReturnsTheConnectionMeanwhile() throws Exception {
        pool(settings -> {});
        second(first -> {
                    pause(300);
                    use(first, Connection::close);
                })
                .close();
        assertNoAlarm();
    }

    @Test
    void noAlarmIfAnotherThreadHasUsedTheConnection() throws Exception {
        pool(settings -> {});
        second(first -> {
                    use(first, connection -> connection.createStatement().execute("select 1"));
                    pause(LONG_MILLIS);
                    use(first, Connection::close);
                })
                .close();
        assertNoAlarm();
    }

    @Test
    void noAlarmIfTheDriversOwnObjectWasUnwrapped() throws Exception {
        pool(settings -> {});
        second(first -> {
                    use(
                            first,
                            connection -> connection.unwrap(
                                    database.connections.get(0).connection.getClass()));
                    pause(LONG_MILLIS);
                    use(first, Connection::close);
                })
                .close();
        assertNoAlarm();
    }

    @Test
    void noAlarmWhileAConnectionIsBeingOpened() throws Exception {
        pool(settings -> settings.maxOverflow(1));
        try (Connection first = pool.connect()) {
            database.script((call, stub) -> {
                if (call.equals("open")) {
                    pause(LONG_MILLIS);
                }
            });
            pool.connect().close();
            assertThat(first.isClosed()).isFalse();
        }
        assertNoAlarm();
    }

    @Test
    void noAlarmIfOneHolderDoesNotWait() throws Exception {
        pool(settings -> settings.poolSize(2));
        CountDownLatch borrowed = new CountDownLatch(1);
        Borrower<Void> other = Borrower.of(() -> {
            try (Connection theirs = pool.connect()) {
                borrowed.countDown();
                pause(LONG_MILLIS);
                assertThat(theirs.isClosed()).isFalse();
            }
            return null;
        });
        TestSupport.awaitUninterruptibly(borrowed);
        try (Connection first = pool.connect()) {
            pool.connect().close();
            assertThat(first.isClosed()).isFalse();
        }
        other.get();
        assertNoAlarm();
        assertThat(pool.snapshot().nested()).isEqualTo(1);
    }

    /** Who holds nothing leaves it to those in front to look. */
    @Test
    void whoHoldsAConnectionIsCountedAsSoonBehindACrowd() throws Exception {
        TestTicker ticker = new TestTicker();
        pool(settings -> settings.poolSize(2).ticker(ticker));
        Connection other = pool.connect();
        CountDownLatch crowded = new CountDownLatch(1);
        Borrower<Void> holder = Borrower.of(() -> {
            try (Connection first = pool.connect()) {
                TestSupport.awaitUninterruptibly(crowded);
                pool.connect().close();
                return null;
            }
        });
        await().until(() -> pool.snapshot().checkedOut() == 2);
        List<Borrower<Void>> crowd = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            crowd.add(Borrower.of(() -> {
                pool.connect().close();
                return null;
            }));
        }
        await().until(() -> pool.snapshot().waiting() == crowd.size());
        crowded.countDown();
        await().until(() -> pool.snapshot().waiting() == crowd.size() + 1);

        ticker.advance(Duration.ofNanos(Watch.GLANCE + 1));

        await().until(() -> pool.snapshot().nested() == 1);
        other.close();
        for (Borrower<Void> borrower : crowd) {
            borrower.get();
        }
        holder.get();
    }

    @Test
    void aSuspensionIsNoDeadlock() throws Exception {
        pool(settings -> {});
        Borrower<Connection> borrower = Borrower.of(() -> {
            pool.connect();
            pool.suspend(Suspension.WAIT);
            return pool.connect();
        });
        await().until(() -> pool.snapshot().nested() == 1);
        pause(LONG_MILLIS);
        assertNoAlarm();

        pool.resume();
        assertThat(borrower.failure()).isInstanceOf(NestedCheckoutException.class);
    }
}
