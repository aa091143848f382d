/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens while a driver is in the middle of a call, or the clock is being looked at: the races, one step at a time. */
@Timeout(60)
class InterleavingTests {

    private final StubDatabase database = new StubDatabase();
    private final TestTicker time = new TestTicker();
    private final Semaphore arrivals = new Semaphore(0);
    private final CountDownLatch goOn = new CountDownLatch(1);

    /** What happens when the thread named is about to read the clock. */
    private final AtomicReference<Runnable> atTheClock = new AtomicReference<>();

    private final AtomicReference<Thread> watched = new AtomicReference<>();
    private QueuePool pool = new QueuePool(settings(1).build());

    private PoolConfig.Builder settings(int size) {
        return database.settings()
                .closers(null)
                .poolSize(size)
                .maxOverflow(0)
                .patience(Duration.ZERO)
                .recycle(Duration.ofHours(1))
                .ticker(this::readTheClock);
    }

    private long readTheClock() {
        if (Thread.currentThread() == watched.get()) {
            Runnable event = atTheClock.getAndSet(null);
            if (event != null) {
                event.run();
            }
        }
        return time.nanos();
    }

    @AfterEach
    void close() {
        goOn.countDown();
        pool.close(Duration.ofSeconds(5));
    }

    private void stopAt(String call, int number) {
        database.script((name, connection) -> {
            if (name.equals(call) && connection.number == number) {
                arrivals.release();
                TestSupport.awaitUninterruptibly(goOn);
            }
        });
    }

    private static Borrower<Boolean> inAnotherThread(Step step) {
        return Borrower.of(() -> {
            step.run();
            return true;
        });
    }

    private interface Step {
        void run() throws Exception;
    }

    private static Connection inTransaction(Pool pool) throws Exception {
        Connection connection = pool.connect();
        connection.setAutoCommit(false);
        connection.createStatement().executeUpdate("update");
        return connection;
    }

    private void assertEmptyAfterDisposal() {
        database.script((call, connection) -> {});
        pool.dispose();
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
        PoolSnapshot now = pool.snapshot();
        assertThat(now.checkedOut()).isZero();
        assertThat(now.opened()
                        - now.closed().values().stream().mapToLong(n -> n).sum())
                .isZero();
        assertThat(now.overflow()).isEqualTo(-now.poolSize());
    }

    // --- the limit counts what is still on its way out

    enum Ending {
        INVALIDATED {
            @Override
            void bring(InterleavingTests test, PoolProxiedConnection only) {
                only.invalidate(null);
            }
        },
        DISPOSED_OF {
            @Override
            void bring(InterleavingTests test, PoolProxiedConnection only) throws Exception {
                only.close();
                test.pool.dispose();
            }
        },
        DISPOSED_OF_WHILE_IN_USE {
            @Override
            void bring(InterleavingTests test, PoolProxiedConnection only) throws Exception {
                test.pool.dispose();
                only.close();
            }
        },
        TOO_OLD {
            @Override
            void bring(InterleavingTests test, PoolProxiedConnection only) throws Exception {
                only.close();
                test.time.advance(Duration.ofHours(2));
                test.pool.sweep();
            }
        },
        OUTDATED {
            @Override
            void bring(InterleavingTests test, PoolProxiedConnection only) {
                test.pool.invalidate(only, null);
            }
        };

        abstract void bring(InterleavingTests test, PoolProxiedConnection only) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    @Tag("E3-01")
    void whateverEndsAConnectionTheNextIsOpenedWhenItIsGone(Ending ending) throws Exception {
        PoolProxiedConnection only = pool.connect();
        database.script((call, connection) -> {
            if (connection.number == 1 && (call.equals("abort") || call.equals("close"))) {
                arrivals.release();
                TestSupport.awaitUninterruptibly(goOn);
            }
        });
        ending.bring(this, only);

        Borrower<Connection> next = Borrower.from(pool);
        arrivals.acquire();
        await().until(() -> pool.snapshot().waiting() == 1);
        assertThat(database.attempts).as("nothing is opened beside it").hasValue(1);
        goOn.countDown();

        next.get().close();
        assertThat(database.mostOpen).hasValue(1);
        assertEmptyAfterDisposal();
    }

    // --- a hand-over at the moment of giving up

    private Borrower<Connection> waiterThatMeets(Runnable event) {
        pool.subscribe(EnumSet.of(PoolEvent.Kind.WAITING), waiting -> {
            if (watched.compareAndSet(null, Thread.currentThread())) {
                atTheClock.set(event);
            }
        });
        return Borrower.from(pool);
    }

    private static void uncheckedClose(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Tag("E3-05")
    void aConnectionHandedOverAtTheMomentOfTheTimeoutIsNotLost() throws Exception {
        Connection held = pool.connect();
        Borrower<Connection> waiter = waiterThatMeets(() -> {
            uncheckedClose(held); // which hands it to the one whose thread this is
            time.advance(Duration.ofDays(1));
        });

        Connection served = waiter.get();

        assertThat(served.isClosed()).isFalse();
        assertThat(pool.snapshot().timeouts()).isZero();
        served.close();
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        assertThat(database.attempts).as("too old by now, but there").hasValue(1);
    }

    @Test
    @Tag("E3-05")
    void aConnectionThatComesBackAfterTheTimeoutServesTheNext() throws Exception {
        Connection held = pool.connect();
        Borrower<Connection> waiter = waiterThatMeets(() -> time.advance(Duration.ofMinutes(1)));

        assertThat(waiter.failure()).isInstanceOf(PoolTimeoutException.class);
        assertThat(pool.snapshot().waiting()).isZero();
        held.close();

        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        pool.connect().close();
        assertThat(database.attempts).hasValue(1);
    }

    @Test
    @Tag("E3-05")
    void aConnectionHandedOverAtTheMomentOfAnInterruptIsNotLost() throws Exception {
        Connection held = pool.connect();
        AtomicInteger interrupted = new AtomicInteger();
        pool.subscribe(EnumSet.of(PoolEvent.Kind.WAITING), waiting -> {
            watched.set(Thread.currentThread());
            atTheClock.set(() -> {
                uncheckedClose(held);
                Thread.currentThread().interrupt();
            });
        });
        Borrower<Boolean> waiter = inAnotherThread(() -> {
            try (Connection served = pool.connect()) {
                assertThat(served.isClosed()).isFalse();
                interrupted.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
            }
        });

        assertThat(waiter.get()).isTrue();
        assertThat(interrupted).as("it learns of the interrupt").hasValue(1);
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        assertThat(database.attempts).hasValue(1);
    }

    @Test
    @Tag("E3-05")
    void whoIsInterruptedBeforeAHandOverLeavesItToTheNext() throws Exception {
        Connection held = pool.connect();
        Borrower<Connection> first =
                waiterThatMeets(() -> Thread.currentThread().interrupt());

        assertThat(first.failure()).isInstanceOf(SQLException.class).hasMessageContaining("interrupted");
        Borrower<Connection> second = Borrower.waitingFor(pool);
        held.close();

        second.get().close();
        assertThat(database.attempts).hasValue(1);
    }

    // --- two ends of one loan

    enum End {
        CLOSE {
            @Override
            void come(PoolProxiedConnection connection) throws Exception {
                connection.close();
            }
        },
        INVALIDATE {
            @Override
            void come(PoolProxiedConnection connection) {
                connection.invalidate(null);
            }
        },
        DETACH {
            @Override
            void come(PoolProxiedConnection connection) {
                connection.detach();
            }
        };

        abstract void come(PoolProxiedConnection connection) throws Exception;
    }

    private List<String> ends() {
        List<String> ends = new CopyOnWriteArrayList<>();
        pool.subscribe(
                EnumSet.of(
                        PoolEvent.Kind.CHECKIN,
                        PoolEvent.Kind.INVALIDATE,
                        PoolEvent.Kind.DETACH,
                        PoolEvent.Kind.CLOSE_DETACHED),
                event -> ends.add(event.kind().name()));
        return ends;
    }

    @ParameterizedTest
    @EnumSource
    @Tag("E3-06")
    void whileAReturnIsUnderWayNoOtherEndComesAboutBesides(End second) throws Exception {
        PoolProxiedConnection connection = (PoolProxiedConnection) inTransaction(pool);
        List<String> ends = ends();
        stopAt("rollback", 1);
        Borrower<Boolean> closing = inAnotherThread(connection::close);
        arrivals.acquire();

        second.come(connection);
        assertThat(ends).isEmpty();
        goOn.countDown();

        closing.get();
        assertThat(ends).containsExactly("CHECKIN");
        assertThat(database.journal).containsExactly("open 1", "update 1", "rollback 1");
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("E3-06")
    void whileAnInvalidationIsUnderWayNoOtherEndComesAboutBesides(End second) throws Exception {
        PoolProxiedConnection connection = pool.connect();
        pool.subscribe(EnumSet.of(PoolEvent.Kind.INVALIDATE), event -> {
            arrivals.release();
            TestSupport.awaitUninterruptibly(goOn);
        });
        List<String> ends = ends();
        Borrower<Boolean> invalidating = inAnotherThread(() -> connection.invalidate(null));
        arrivals.acquire();

        second.come(connection);
        assertThat(ends).isEmpty();
        goOn.countDown();

        invalidating.get();
        assertThat(ends).containsExactly("INVALIDATE", "CHECKIN");
        assertEmptyAfterDisposal();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("E3-06")
    void whileADetachedConnectionIsBeingClosedNoOtherEndComesAboutBesides(End second) throws Exception {
        PoolProxiedConnection connection = (PoolProxiedConnection) inTransaction(pool);
        connection.detach();
        List<String> ends = ends();
        stopAt("rollback", 1);
        Borrower<Boolean> closing = inAnotherThread(connection::close);
        arrivals.acquire();

        second.come(connection);
        assertThat(ends).isEmpty();
        goOn.countDown();

        closing.get();
        assertThat(ends).containsExactly("CLOSE_DETACHED");
        assertThat(database.journal).containsExactly("open 1", "update 1", "rollback 1", "close 1");
    }

    // --- disposal in the middle of something

    @Test
    @Tag("E3-12")
    void aConnectionThatIsBeingOpenedWhenThePoolIsDisposedOfIsClosedWhenItComesBack() throws Exception {
        stopAt("open", 1);
        Borrower<Connection> borrower = Borrower.from(pool);
        arrivals.acquire();

        pool.dispose();
        goOn.countDown();
        Connection served = borrower.get();
        served.close();

        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
        assertThat(pool.snapshot().closed().values().stream().mapToLong(n -> n).sum())
                .isEqualTo(1);
        assertEmptyAfterDisposal();
    }

    @Test
    @Tag("E3-12")
    void aConnectionThatIsComingBackWhenThePoolIsDisposedOfIsClosed() throws Exception {
        Connection connection = inTransaction(pool);
        stopAt("rollback", 1);
        Borrower<Boolean> closing = inAnotherThread(connection::close);
        arrivals.acquire();

        pool.dispose();
        assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
        goOn.countDown();

        closing.get();
        await().untilAsserted(() -> assertThat(pool.snapshot().closed()).containsEntry(CloseReason.DISPOSED, 1L));
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertEmptyAfterDisposal();
    }

    @Test
    @Tag("E3-12")
    void aConnectionThatIsBeingPingedWhenThePoolIsDisposedOfServesItsUserAndIsClosedThen() throws Exception {
        pool = new QueuePool(settings(1).prePing(PrePing.ON).build());
        pool.connect().close();
        stopAt("isValid", 1);
        Borrower<Connection> borrower = Borrower.from(pool);
        arrivals.acquire();

        pool.dispose();
        goOn.countDown();
        borrower.get().close();

        await().untilAsserted(() -> assertThat(pool.snapshot().closed()).containsEntry(CloseReason.DISPOSED, 1L));
        assertEmptyAfterDisposal();
    }
}
