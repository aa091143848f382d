/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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

    private final StubDatabase database = new StubDatabase();
    private final List<PoolEvent> events = new CopyOnWriteArrayList<>();
    private final TestTicker ticker = new TestTicker();

    /** How often each thread has read the clock. */
    private final Map<Thread, Integer> readings = new ConcurrentHashMap<>();

    private @Nullable QueuePool pool;

    private QueuePool pool(Consumer<PoolConfig.Builder> change) {
        PoolConfig.Builder settings = database.settings()
                .poolSize(1)
                .maxOverflow(0)
                .timeout(Duration.ofSeconds(20))
                .ticker(this::readClock);
        change.accept(settings);
        QueuePool made = new QueuePool(settings.build());
        made.subscribe(Set.of(PoolEvent.Kind.NESTED, PoolEvent.Kind.DEADLOCK), events::add);
        pool = made;
        return made;
    }

    private long readClock() {
        long now = ticker.nanos();
        readings.merge(Thread.currentThread(), 1, Integer::sum);
        return now;
    }

    @AfterEach
    void close() {
        if (pool != null) {
            pool.close(Duration.ZERO);
        }
    }

    /** A thread that borrows a connection, and waits for a second one when this returns. */
    private Borrower<Void> nested(Consumer<Connection> first) {
        CountDownLatch isHeld = new CountDownLatch(1);
        Borrower<Void> borrower = Borrower.of(() -> {
            Connection held = pool.connect();
            first.accept(held);
            isHeld.countDown();
            pool.connect().close();
            return null;
        });
        TestSupport.awaitUninterruptibly(isHeld);
        await().failFast(borrower::failIfDone).until(() -> pool.snapshot().waiting() == 1);
        pass(Watch.GLANCE, borrower);
        // Only now has its first interval begun, so that one can go by.
        await().until(() -> pool.snapshot().nested() == 1 && borrower.isParkedIn(NestedCheckouts.class));
        return borrower;
    }

    /** As {@link #nested(Consumer)}; tells what it holds. */
    private Borrower<Void> nested(CompletableFuture<Connection> first) {
        return nested(first::complete);
    }

    private Borrower<Void> nested() {
        return nested(first -> {});
    }

    private void pass(long nanos, Borrower<?> waiting) {
        ticker.advance(Duration.ofNanos(nanos + 1));
        waiting.nudge();
    }

    /** Lets intervals go by, in each of which it looks if there is a deadlock. */
    private void look(int times, Borrower<?> waiting) {
        for (int i = 0; i < times; i++) {
            ticker.advance(Duration.ofNanos(NestedCheckouts.INTERVAL + 1));
            int before = readings.getOrDefault(waiting.thread, 0);
            waiting.nudge();
            // The first may be one that was on its way; one says that the interval is over, and one begins the next.
            await().until(() -> waiting.isDone() || readings.getOrDefault(waiting.thread, 0) >= before + 3);
        }
    }

    /** More often than it takes to find a deadlock. */
    private void look(Borrower<?> waiting) {
        look(NestedCheckouts.LOOKS + 2, waiting);
    }

    private void assertNoAlarm() {
        assertThat(events).noneMatch(PoolEvent.Deadlock.class::isInstance);
        assertThat(pool.snapshot().deadlocks()).isZero();
    }

    @Test
    void aThreadThatWaitsForItselfFailsWithinASecond() throws Exception {
        pool(settings -> settings.ticker(Ticker.system()));
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
        pool(settings -> {});
        Borrower<Void> borrower = nested(
                first -> use(first, connection -> connection.createStatement().execute("select 1")));

        look(1, borrower);

        assertThat(borrower.failure()).isInstanceOf(NestedCheckoutException.class);
    }

    @Test
    void aThreadThatHasNotUsedItsConnectionFailsAfterMore() throws Exception {
        pool(settings -> {});
        Borrower<Void> borrower = nested();

        look(NestedCheckouts.LOOKS - 1, borrower);
        assertNoAlarm();
        look(1, borrower);

        assertThat(borrower.failure()).isInstanceOf(NestedCheckoutException.class);
    }

    @Test
    void aWarningLeavesItAtThat() throws Exception {
        pool(settings -> settings.nested(Nested.WARN));
        Borrower<Void> borrower = nested();

        look(borrower);

        assertThat(events)
                .filteredOn(PoolEvent.Deadlock.class::isInstance)
                .singleElement()
                .satisfies(event -> {
                    assertThat(((PoolEvent.Deadlock) event).broken()).isFalse();
                    assertThat(((PoolEvent.Deadlock) event).holders()).hasSize(1);
                });
        pass(TimeUnit.SECONDS.toNanos(20), borrower);
        assertThat(borrower.failure()).isExactlyInstanceOf(PoolTimeoutException.class);
    }

    @Test
    void offIsOff() throws Exception {
        pool(settings -> settings.nested(Nested.OFF));
        Borrower<Void> borrower = nested();

        look(borrower);

        assertNoAlarm();
        pass(TimeUnit.SECONDS.toNanos(20), borrower);
        assertThat(borrower.failure()).isExactlyInstanceOf(PoolTimeoutException.class);
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

    @Test
    void noAlarmIfAnotherThreadReturnsTheConnectionMeanwhile() throws Exception {
        pool(settings -> {});
        CompletableFuture<Connection> first = new CompletableFuture<>();
        Borrower<Void> borrower = nested(first);

        look(1, borrower);
        first.get().close();

        borrower.get();
        assertNoAlarm();
    }

    @Test
    void noAlarmIfAnotherThreadHasUsedTheConnection() throws Exception {
        pool(settings -> {});
        CompletableFuture<Connection> first = new CompletableFuture<>();
        Borrower<Void> borrower = nested(first);
        first.get().createStatement().execute("select 1");

        look(borrower);

        assertNoAlarm();
        first.get().close();
        borrower.get();
        assertNoAlarm();
    }

    @Test
    void noAlarmIfTheDriversOwnObjectWasUnwrapped() throws Exception {
        pool(settings -> {});
        CompletableFuture<Connection> first = new CompletableFuture<>();
        Borrower<Void> borrower = nested(connection -> {
            use(
                    connection,
                    it -> it.unwrap(database.connections.get(0).connection.getClass()));
            first.complete(connection);
        });

        look(borrower);

        assertNoAlarm();
        first.get().close();
        borrower.get();
        assertNoAlarm();
    }

    @Test
    void noAlarmWhileAConnectionIsBeingOpened() throws Exception {
        pool(settings -> settings.maxOverflow(1));
        CountDownLatch opening = new CountDownLatch(1);
        Borrower<Void> borrower = nested(first -> database.script((call, stub) -> {
            if (call.equals("open")) {
                TestSupport.awaitUninterruptibly(opening);
            }
        }));

        look(borrower);

        assertNoAlarm();
        opening.countDown();
        borrower.get();
        assertNoAlarm();
    }

    @Test
    void noAlarmIfOneHolderDoesNotWait() throws Exception {
        pool(settings -> settings.poolSize(2));
        Connection other = pool.connect();
        Borrower<Void> borrower = nested();

        look(borrower);

        assertNoAlarm();
        other.close();
        borrower.get();
        assertNoAlarm();
        assertThat(pool.snapshot().nested()).isEqualTo(1);
    }

    /** Who holds nothing leaves it to those in front to look. */
    @Test
    void whoHoldsAConnectionIsCountedAsSoonBehindACrowd() throws Exception {
        pool(settings -> settings.poolSize(2));
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
        Borrower<Void> borrower = nested(first -> pool.suspend(Suspension.WAIT));

        look(borrower);
        assertNoAlarm();

        pool.resume();
        look(borrower);
        assertThat(borrower.failure()).isInstanceOf(NestedCheckoutException.class);
    }
}
