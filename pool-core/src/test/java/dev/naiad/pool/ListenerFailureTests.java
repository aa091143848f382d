/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a listener throws at whichever event: slots and physical connections are as they would have been without it. */
@Timeout(60)
class ListenerFailureTests {

    private static final Set<PoolEvent.Kind> REFUSALS =
            EnumSet.of(PoolEvent.Kind.FIRST_CONNECT, PoolEvent.Kind.CONNECT, PoolEvent.Kind.CHECKOUT);

    private final StubDatabase database = new StubDatabase().withoutAutoCommit();
    private final List<Throwable> reachedTheCaller = new ArrayList<>();

    private enum PoolClass {
        /** Opens in the caller's thread. */
        QUEUE_AT_ONCE(QueuePool::new, Duration.ZERO),
        /** Opens on threads of its own. */
        QUEUE_IN_TURN(QueuePool::new, Duration.ofSeconds(30)),
        NULL(NullPool::new, Duration.ZERO);

        final Function<PoolConfig, Pool> maker;
        final Duration timeout;

        PoolClass(Function<PoolConfig, Pool> maker, Duration timeout) {
            this.maker = maker;
            this.timeout = timeout;
        }

        boolean happens(PoolEvent.Kind kind) {
            return switch (kind) {
                case TIMED_OUT -> this == QUEUE_AT_ONCE;
                case WAITING, WAITED -> this == QUEUE_IN_TURN;
                case LOST, HELD_TOO_LONG, CAME_BACK, NESTED, DEADLOCK -> false; // see the tests that bring them about
                default -> true;
            };
        }
    }

    static Stream<Arguments> everyEventAndEveryFailure() {
        return Stream.of(PoolClass.values())
                .flatMap(pool -> Stream.of(PoolEvent.Kind.values())
                        .filter(pool::happens)
                        .flatMap(kind -> Stream.of(
                                        new SQLException("sql"), new IllegalStateException("state"), new Error("error"))
                                .map(failure -> Arguments.of(pool, kind, failure))));
    }

    @ParameterizedTest
    @MethodSource("everyEventAndEveryFailure")
    @Tag("A23.4")
    @Tag("EV-06")
    @Tag("DR-05")
    @Tag("I-10")
    @Tag("E-24")
    @Tag("E-25")
    @Tag("E-26")
    @Tag("E-27")
    @Tag("E-30")
    @Tag("E-32")
    @Tag("E-50")
    @Tag("E3-15")
    void costsNoSlotAndNoConnection(PoolClass poolClass, PoolEvent.Kind kind, Throwable failure) throws SQLException {
        Pool pool = poolClass.maker.apply(database.settings()
                .poolSize(1)
                .maxOverflow(1)
                .timeout(poolClass.timeout)
                .build());
        AtomicInteger heard = new AtomicInteger();
        Registration registration = pool.subscribe(Set.of(kind), event -> {
            heard.incrementAndGet();
            TestSupport.sneakyThrow(failure);
        });
        for (int i = 0; i < 3; i++) {
            goThroughEverything(pool, poolClass);
        }
        registration.close();

        assertThat(heard.get()).isPositive();
        boolean mayRefuse = REFUSALS.contains(kind) || kind == PoolEvent.Kind.RESET && failure instanceof Error;
        assertThat(reachedTheCaller.contains(failure)).isEqualTo(mayRefuse);
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(database.open).as("after dispose").hasValue(0);
        assertThat(openAsCounted(pool)).isZero();
        goThroughEverything(pool, poolClass);
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(database.open).hasValue(0);
        pool.close();
    }

    private static long openAsCounted(Pool pool) {
        PoolSnapshot now = pool.snapshot();
        return now.opened()
                - now.closed().values().stream().mapToLong(Long::longValue).sum();
    }

    private void goThroughEverything(Pool pool, PoolClass poolClass) {
        List<PoolProxiedConnection> two = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            PoolProxiedConnection borrowed = borrow(pool);
            if (borrowed != null) {
                two.add(borrowed);
            }
        }
        Borrower<Connection> third = null;
        if (two.size() == 2 && poolClass == PoolClass.QUEUE_AT_ONCE) {
            assertThat(borrow(pool)).as("the limit holds").isNull();
        } else if (two.size() == 2 && poolClass == PoolClass.QUEUE_IN_TURN) {
            third = Borrower.waitingFor(pool);
        }
        for (PoolProxiedConnection one : two) {
            attempt(() -> one.createStatement().executeUpdate("x"));
            attempt(one::close);
        }
        Borrower<Connection> waiting = third;
        if (waiting != null) {
            attempt(() -> waiting.get().close());
        }
        with(pool, one -> one.invalidate(null));
        with(pool, one -> one.invalidateSoftly(null));
        with(pool, one -> {
            one.detach();
            one.createStatement().executeUpdate("x");
        });
        attempt(pool::dispose);
        database.script((call, connection) -> {
            if (call.equals("open")) {
                throw new SQLException("down");
            }
        });
        assertThat(borrow(pool)).isNull();
        database.script((call, connection) -> {});
        attempt(pool::dispose);
    }

    private interface Step {
        void run() throws Exception;
    }

    private interface Use {
        void of(PoolProxiedConnection connection) throws SQLException;
    }

    private void with(Pool pool, Use use) {
        PoolProxiedConnection borrowed = borrow(pool);
        if (borrowed != null) {
            attempt(() -> use.of(borrowed));
            attempt(borrowed::close);
        }
    }

    private @Nullable PoolProxiedConnection borrow(Pool pool) {
        List<PoolProxiedConnection> borrowed = new ArrayList<>();
        attempt(() -> borrowed.add(pool.connect()));
        return borrowed.isEmpty() ? null : borrowed.get(0);
    }

    private void attempt(Step step) {
        try {
            step.run();
        } catch (Throwable e) {
            reachedTheCaller.add(e);
        }
    }
}
