/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class WaitingEventTests {

    private final StubDatabase database = new StubDatabase();
    private final QueuePool pool = new QueuePool(database.settings()
            .poolSize(1)
            .maxOverflow(0)
            .patience(Duration.ZERO)
            .build());

    private void onWaiting(EventHandler handler) {
        pool.subscribe(EnumSet.of(PoolEvent.Kind.WAITING), handler);
    }

    @Test
    void tellsWhoFindsThePoolExhaustedAndHowManyDo() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        onWaiting(event -> told.add(Thread.currentThread().getId() + ": " + ((PoolEvent.Waiting) event).waiting()));
        Connection held = pool.connect();
        assertThat(told).as("an opening is no wait for others").isEmpty();
        List<Borrower<Connection>> waiting = new ArrayList<>();
        for (int i = 1; i <= 2; i++) {
            Borrower<Connection> borrower = Borrower.waitingFor(pool);
            waiting.add(borrower);
            String line = borrower.thread.getId() + ": " + i;
            await().until(() -> told.contains(line));
        }
        held.close();
        for (Borrower<Connection> borrower : waiting) {
            borrower.get().close();
        }

        assertThat(told).hasSize(2);
    }

    @Test
    void aListenerThatThrowsCostsNothing() throws Exception {
        onWaiting(event -> {
            throw new AssertionError("no");
        });
        Connection held = pool.connect();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);
        held.close();
        waiting.get().close();

        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        assertThat(pool.snapshot().waiting()).isZero();
    }

    @Test
    void thePlaceInTheQueueIsKeptWhileListenersAreTold() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        onWaiting(event -> {
            if (told.getCount() > 0) {
                told.countDown();
                TestSupport.awaitUninterruptibly(goOn);
            }
        });
        Connection held = pool.connect();
        Borrower<Connection> first = Borrower.from(pool);
        told.await();
        Borrower<Connection> second = Borrower.waitingFor(pool);
        held.close();
        assertThat(pool.snapshot().waiting()).as("the first has been served").isEqualTo(1);
        goOn.countDown();

        Connection served = first.get();
        assertThat(second.isDone()).isFalse();
        served.close();
        second.get().close();
    }

    static Stream<Function<PoolConfig, Pool>> poolsThatShare() {
        return Stream.of(StaticPool::new, SingletonThreadPool::new);
    }

    @ParameterizedTest
    @MethodSource("poolsThatShare")
    void aPoolOfSharedConnectionsTellsToo(Function<PoolConfig, Pool> poolClass) throws Exception {
        Pool sharing = poolClass.apply(database.settings().poolSize(1).build());
        List<Integer> told = new CopyOnWriteArrayList<>();
        sharing.subscribe(EnumSet.of(PoolEvent.Kind.WAITING), event -> {
            told.add(((PoolEvent.Waiting) event).waiting());
            throw new SQLException("which is of no consequence");
        });
        CountDownLatch goOn = new CountDownLatch(1);
        Connection held = sharing.connect();
        held.setAutoCommit(false);
        held.createStatement().executeUpdate("update");
        database.script((call, connection) -> {
            if (call.equals("rollback")) {
                TestSupport.awaitUninterruptibly(goOn);
            }
        });
        Borrower<Boolean> closing = Borrower.of(() -> {
            held.close();
            return true;
        });
        await().until(() -> closing.thread.getState() == Thread.State.WAITING);
        Borrower<Connection> waiting = Borrower.from(sharing);
        await().untilAsserted(() -> assertThat(told).containsExactly(1));
        goOn.countDown();

        waiting.get().close();
        closing.get();
        assertThat(sharing.snapshot().waiting()).isZero();
        assertThat(sharing.snapshot().checkedOut()).isZero();
        sharing.close();
    }

    @Test
    void whoDoesNotWaitIsNotTold() throws SQLException {
        List<PoolEvent> told = new ArrayList<>();
        try (QueuePool impatient = new QueuePool(database.settings()
                .poolSize(1)
                .maxOverflow(0)
                .timeout(Duration.ZERO)
                .build())) {
            impatient.subscribe(EnumSet.of(PoolEvent.Kind.WAITING), told::add);
            try (Connection held = impatient.connect()) {
                assertThat(held.isClosed()).isFalse();
                assertThat(catchThrowable(impatient::connect)).isInstanceOf(PoolTimeoutException.class);
            }
        }
        assertThat(told).isEmpty();
    }
}
