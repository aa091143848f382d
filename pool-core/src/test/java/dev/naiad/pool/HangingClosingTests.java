/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Closings that hang, one after the other, take no more of a caller's time than it has. */
@Timeout(60)
class HangingClosingTests extends WithHangingDriver {

    static Stream<Function<PoolConfig, Pool>> poolsThatKeepOne() {
        return Stream.of(StaticPool::new, SingletonThreadPool::new, AssertionPool::new);
    }

    private void hangClosing() {
        database.script((call, connection) -> {
            if (call.equals("close") || call.equals("abort")) {
                arrivals.release();
                TestSupport.awaitUninterruptibly(hanging);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("poolsThatKeepOne")
    void whoFindsAConnectionDeadWaitsForItsEndNoLongerThanItHasTime(Function<PoolConfig, Pool> poolClass)
            throws Exception {
        Duration timeout = Duration.ofSeconds(4);
        pool = poolClass.apply(settings().timeout(timeout).connectTimeout(null).build());
        Duration before = Duration.ofSeconds(3);
        PoolListener finder = new PoolListener() {
            @Override
            public void checkout(PoolEvent.Checkout event) throws SQLException {
                ticker.advance(before);
                throw new DisconnectionException("dead");
            }
        };
        Borrower<Connection> borrower = Borrower.of(() -> {
            pool.connect().close();
            pool.addListener(finder);
            hangClosing();
            return pool.connect();
        });
        arrivals.acquire();
        await().until(() -> borrower.isParkedIn(Closing.class));

        ticker.advance(timeout.minus(before));
        borrower.nudge();

        assertThat(borrower.failure()).isInstanceOf(PoolTimeoutException.class);
    }

    @Test
    void whoComesForTheFirstTimeDoesNotWaitForTheConnectionsOfDeadThreads() throws Exception {
        pool = new SingletonThreadPool(settings().poolSize(4).build());
        CountDownLatch dying = new CountDownLatch(1);
        List<Borrower<Boolean>> dead = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            dead.add(Borrower.of(() -> {
                pool.connect().close();
                arrivals.release();
                TestSupport.awaitUninterruptibly(dying);
                return true;
            }));
            arrivals.acquire();
        }
        hangClosing();
        dying.countDown();
        for (Borrower<Boolean> each : dead) {
            each.thread.join();
        }

        try (Connection mine = Borrower.from(pool).get()) {
            assertThat(database.behind(mine).number).isEqualTo(4);
            arrivals.acquire(3);
            assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
            hanging.countDown();
        }
        await().untilAsserted(() -> assertThat(database.open.get()).isLessThanOrEqualTo(1));
    }

    @Test
    void disposingOfManyWaitsNoLongerThanForOne() throws Exception {
        pool = new SingletonThreadPool(settings().poolSize(3).build());
        for (int i = 0; i < 3; i++) {
            Borrower.of(() -> {
                pool.connect().close();
                arrivals.release();
                TestSupport.awaitUninterruptibly(hanging);
                return true;
            });
            arrivals.acquire();
        }
        hangClosing();
        Borrower<Drain> disposing = Borrower.of(pool::dispose);
        arrivals.acquire();
        await().until(() -> disposing.isParkedIn(Closing.class));

        ticker.advance(Duration.ofNanos(Closer.PATIENCE));
        disposing.nudge();

        Drain drain = disposing.get();
        arrivals.acquire(2);
        assertThat(drain.remaining()).isEqualTo(3);
        hanging.countDown();
        assertThat(drain.await(Duration.ofSeconds(20))).isTrue();
    }
}
