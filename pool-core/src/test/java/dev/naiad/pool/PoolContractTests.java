/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What holds for pools of every class, on every kind of thread: whatever is done and whatever fails, places and physical
 * connections are in balance in the end, and the pool can be used.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.naiad.pool.Threads#ofThisJdk")
@Timeout(120)
abstract class PoolContractTests {

    @Parameter
    Threads threads;

    /** Each test method runs on a thread of the kind. */
    @RegisterExtension
    final InvocationInterceptor runner = new InvocationInterceptor() {

        @Override
        public void interceptTestMethod(
                Invocation<Void> test, ReflectiveInvocationContext<Method> context, ExtensionContext extension)
                throws Throwable {
            run(test);
        }

        @Override
        public void interceptTestTemplateMethod(
                Invocation<Void> test, ReflectiveInvocationContext<Method> context, ExtensionContext extension)
                throws Throwable {
            run(test);
        }

        private void run(Invocation<Void> test) throws Throwable {
            Borrower<Throwable> run = elsewhere(() -> {
                try {
                    test.proceed();
                    return null;
                } catch (Throwable e) {
                    return e;
                }
            });
            Throwable failure = run.get();
            if (failure != null) {
                throw failure;
            }
        }
    };

    final StubDatabase database = new StubDatabase().withoutAutoCommit();
    private final List<Pool> pools = new ArrayList<>();

    /** A pool of the class under test. */
    abstract Pool create(PoolConfig config);

    /** Whether a connection that comes back is kept. */
    boolean keeps() {
        return true;
    }

    /** Closes it without waiting for connections in use. */
    void close(Pool pool) {
        pool.close();
    }

    Pool pool(PoolConfig.Builder settings) {
        Pool pool = create(settings.name("contract").build());
        pools.add(pool);
        return pool;
    }

    Pool pool() {
        return pool(settings());
    }

    private PoolConfig.Builder settings() {
        return database.settings().timeout(Duration.ofSeconds(10)).poolSize(3).maxOverflow(2);
    }

    <T> Borrower<T> elsewhere(Callable<T> task) {
        return Borrower.on(threads.factory, task);
    }

    @AfterEach
    void nothingIsLeftOpen() {
        database.script((call, connection) -> {});
        pools.forEach(this::close);
        atOnceOrSoon().untilAsserted(() -> assertThat(database.open).hasValue(0));
    }

    private static ConditionFactory atOnceOrSoon() {
        return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    /** With everything given back. */
    private void assertInBalance(Pool pool) {
        atOnceOrSoon().untilAsserted(() -> {
            PoolSnapshot now = pool.snapshot();
            assertThat(now.checkedOut()).as("%s", now).isZero();
            assertThat(now.waiting()).isZero();
            assertThat(now.opening()).isZero();
            assertThat(now.checkedIn()).as("%s", now).isBetween(0, keeps() ? 5 : 0);
            assertThat(database.open.get()).as("%s", now).isLessThanOrEqualTo(now.checkedIn());
            long closed = now.closed().values().stream().mapToLong(n -> n).sum();
            assertThat(now.opened() - closed).isEqualTo(database.open.get());
        });
    }

    private void assertUsable(Pool pool) throws SQLException {
        for (int i = 0; i < 7; i++) {
            try (PoolProxiedConnection connection = pool.connect()) {
                assertThat(connection.isValid()).isTrue();
                connection.createStatement().close();
            }
        }
        assertInBalance(pool);
    }

    // Borrowing and giving back

    @Test
    @Tag("PB-01")
    void opensNothingUntilAsked() {
        Pool pool = pool();
        pool.dispose();
        pool.recreate().close();
        assertThat(database.attempts).hasValue(0);
    }

    @Test
    @Tag("PB-05")
    void lendsAndTakesBack() throws SQLException {
        Pool pool = pool();
        PoolProxiedConnection first = pool.connect();
        assertThat(first.isValid()).isTrue();
        assertThat(first.isClosed()).isFalse();
        assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
        assertThat(first.entry().inUse()).isTrue();
        first.close();

        assertThat(first.isClosed()).isTrue();
        assertUsable(pool);
        assertThat(database.attempts).hasValue(keeps() ? 1 : 8);
    }

    @Test
    @Tag("F-03")
    void closingAgainHarmsNobody() throws SQLException {
        Pool pool = pool();
        PoolProxiedConnection first = pool.connect();
        first.close();
        first.close();
        try (PoolProxiedConnection second = pool.connect()) {
            first.close();
            first.abort(Runnable::run);
            first.detach();
            first.invalidate(null);
            assertThat(second.isValid()).isTrue();
            second.createStatement().close();
            assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
        }
        assertUsable(pool);
    }

    @Test
    void aPlaceThatHasLostItsConnectionIsNotIdle() throws SQLException {
        Pool pool = pool();
        pool.connect().close();
        assertThat(pool.snapshot().idle()).isEqualTo(keeps() ? 1 : 0);
        try (PoolProxiedConnection connection = pool.connect()) {
            assertThat(pool.snapshot().idle()).isZero();
            assertThat(pool.snapshot().inUse()).isEqualTo(1);
            connection.invalidate(null);
        }
        assertThat(pool.snapshot().idle()).isZero();
        assertThat(pool.snapshot().inUse()).isZero();
        assertThat(pool.report().idle()).isZero();
        assertUsable(pool);
    }

    @Test
    @Tag("F-04")
    void aClosedHandleIsDead() throws SQLException {
        PoolProxiedConnection connection = pool().connect();
        connection.close();

        assertThat(connection.isValid()).isFalse();
        assertThat(connection.info()).isEmpty();
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(connection::createStatement)
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08003"));
    }

    @Test
    void canBeClosedFromAnotherThread() throws Exception {
        Pool pool = pool();
        PoolProxiedConnection connection = pool.connect();
        elsewhere(() -> {
                    connection.close();
                    return null;
                })
                .get();

        assertThat(connection.isClosed()).isTrue();
        assertInBalance(pool);
        assertUsable(pool);
    }

    /** E.3 no. 6. */
    @Test
    void ofManyWhoCloseAtOnceOneWins() throws Exception {
        AtomicInteger checkins = new AtomicInteger();
        Pool pool = pool();
        pool.subscribe(EnumSet.of(PoolEvent.Kind.CHECKIN), event -> checkins.incrementAndGet());
        for (int round = 0; round < 50; round++) {
            PoolProxiedConnection connection = pool.connect();
            int kind = round;
            List<Borrower<Object>> closers = Stream.of(0, 1, 2, 3)
                    .map(number -> elsewhere(() -> {
                        if (number == 0 && kind % 3 == 1) {
                            connection.invalidate(null);
                        } else if (number == 0 && kind % 3 == 2) {
                            connection.abort(Runnable::run);
                        } else {
                            connection.close();
                        }
                        return null;
                    }))
                    .toList();
            for (Borrower<Object> closer : closers) {
                closer.get();
            }
        }

        assertThat(checkins).hasValue(50);
        assertUsable(pool);
    }

    @Test
    void aConnectionThatComesBackIsClean() throws SQLException {
        Pool pool = pool();
        try (Connection connection = pool.connect()) {
            connection.setAutoCommit(true);
            connection.setAutoCommit(false);
            connection.createStatement().executeUpdate("insert");
        }

        assertThat(database.journal).contains("rollback 1");
        assertUsable(pool);
    }

    @Test
    @Tag("DT-01")
    void aDetachedConnectionLeavesItsPlace() throws SQLException {
        Pool pool = pool();
        PoolProxiedConnection detached = pool.connect();
        detached.detach();

        assertThat(detached.isDetached()).isTrue();
        assertThat(detached.isValid()).isTrue();
        try (PoolProxiedConnection other = pool.connect()) {
            assertThat(other.isDetached()).isFalse();
            assertThat(database.open).hasValue(2);
        }
        detached.close();
        assertUsable(pool);
    }

    @Test
    @Tag("F-05")
    void anInvalidatedConnectionIsReplaced() throws SQLException {
        Pool pool = pool();
        PoolProxiedConnection bad = pool.connect();
        bad.invalidate(new SQLException("bad"));

        assertThat(database.open).hasValue(0);
        assertThat(bad.isClosed()).isTrue();
        assertUsable(pool);
    }

    @Test
    @Tag("F-06")
    @Tag("I-03")
    void connectionsInvalidatedSoftlyOrAllTogetherServeTheirUsersToTheEnd() throws SQLException {
        Pool pool = pool();
        for (boolean all : new boolean[] {false, true}) {
            PoolProxiedConnection old = pool.connect();
            Connection raw = old.entry().connection();
            if (all) {
                pool.outdate((ConnectionRecord) old.entry());
            } else {
                old.invalidateSoftly(null);
            }
            old.createStatement().close();
            old.close();

            try (PoolProxiedConnection next = pool.connect()) {
                assertThat(next.entry().connection()).isNotSameAs(raw);
            }
        }
        assertUsable(pool);
    }

    // Failures

    private static final List<Supplier<Throwable>> FAILURES = List.of(
            () -> new SQLException("no"), () -> new IllegalStateException("no"), () -> new StackOverflowError());

    /** Happens to every pool in {@link #misuse}. */
    private static final Set<PoolEvent.Kind> PROVOKED = EnumSet.complementOf(EnumSet.of(
            PoolEvent.Kind.CONNECT_FAILED,
            PoolEvent.Kind.LOST,
            PoolEvent.Kind.WAITING,
            PoolEvent.Kind.WAITED,
            PoolEvent.Kind.HELD_TOO_LONG,
            PoolEvent.Kind.CAME_BACK,
            PoolEvent.Kind.NESTED,
            PoolEvent.Kind.DEADLOCK,
            PoolEvent.Kind.TIMED_OUT));

    private static Stream<Arguments> eventsAndFailures() {
        return Stream.of(PoolEvent.Kind.values())
                .flatMap(kind -> FAILURES.stream().map(failure -> Arguments.of(kind, failure)));
    }

    /** E.3 no. 15. */
    @ParameterizedTest
    @MethodSource("eventsAndFailures")
    void noListenerCostsThePoolAConnection(PoolEvent.Kind kind, Supplier<Throwable> failure) throws Exception {
        AtomicBoolean fails = new AtomicBoolean(true);
        AtomicInteger failed = new AtomicInteger();
        Pool pool = pool();
        pool.addListener(Map.of(kind.method(), event -> {
            if (fails.get()) {
                failed.incrementAndGet();
                TestSupport.<RuntimeException>sneakyThrow(failure.get());
            }
        }));
        misuse(pool);
        fails.set(false);

        if (PROVOKED.contains(kind)) {
            assertThat(failed.get()).isPositive();
        }
        assertInBalance(pool);
        assertUsable(pool);
    }

    private static Stream<Arguments> callsAndFailures() {
        return Stream.of("open", "rollback", "getAutoCommit", "createStatement", "statement.close", "close", "abort")
                .flatMap(call -> FAILURES.stream().map(failure -> Arguments.of(call, failure)));
    }

    @ParameterizedTest
    @MethodSource("callsAndFailures")
    void noDriverCostsThePoolAConnection(String failing, Supplier<Throwable> failure) throws Exception {
        Map<Object, Boolean> hit = new ConcurrentHashMap<>();
        boolean ends = failing.equals("close") || failing.equals("abort");
        database.script((call, connection) -> {
            // The second attempt to close succeeds, else nothing could be said about what is open.
            if (call.equals(failing) && (!ends || hit.put(connection, true) == null)) {
                hit.put(connection, true);
                TestSupport.<RuntimeException>sneakyThrow(failure.get());
            }
        });
        Pool pool = pool();
        misuse(pool);
        database.script((call, connection) -> {});

        assertThat(hit).isNotEmpty();
        assertInBalance(pool);
        assertUsable(pool);
    }

    private interface Step {
        void of(PoolProxiedConnection connection) throws SQLException;
    }

    /** Everything that can be done to a connection, whatever fails. */
    private static void misuse(Pool pool) {
        List<Step> steps = List.of(
                Connection::close,
                connection -> {
                    connection.createStatement().executeUpdate("insert");
                    connection.close();
                },
                connection -> connection.invalidateSoftly(null),
                connection -> connection.invalidate(null),
                connection -> connection.abort(Runnable::run),
                connection -> pool.invalidate(connection, null),
                PoolProxiedConnection::detach,
                connection -> pool.dispose());
        for (Step step : steps) {
            List<PoolProxiedConnection> taken = new ArrayList<>();
            attempt(() -> taken.add(pool.connect()));
            for (PoolProxiedConnection connection : taken) {
                attempt(() -> step.of(connection));
                attempt(connection::close);
                attempt(connection::close);
            }
        }
        attempt(pool::dispose);
    }

    private interface Attempt {
        void run() throws Throwable;
    }

    private static boolean attempt(Attempt attempt) {
        try {
            attempt.run();
            return true;
        } catch (Throwable expected) {
            return false;
        }
    }

    @Test
    @Tag("CR-05")
    void aFailedOpeningReachesTheCallerUnchangedAndLeavesNothing() throws SQLException {
        SQLException down = new SQLException("down");
        database.script((call, connection) -> {
            if (call.equals("open")) {
                throw down;
            }
        });
        Pool pool = pool();
        for (int i = 0; i < 7; i++) {
            assertThatThrownBy(pool::connect).isSameAs(down);
        }
        assertInBalance(pool);
        database.script((call, connection) -> {});
        assertUsable(pool);
    }

    @Test
    @Tag("CR-07")
    void aFactoryThatReturnsNullIsAnErrorAtOnce() {
        AtomicInteger calls = new AtomicInteger();
        Pool pool = pool(settings().connectionFactory(entry -> {
            calls.incrementAndGet();
            return null;
        }));

        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(pool::connect)
                .withMessageContaining("Pool 'contract': the connection factory")
                .withMessageContaining("returned null");
        assertThat(calls).hasValue(1);
        assertInBalance(pool);
    }

    @Test
    void withoutUrlAndFactoryItIsNotMade() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> create(PoolConfig.builder().build()))
                .withMessageContaining("or a connection factory");
    }

    // The whole pool

    @Test
    @Tag("DR-01")
    @Tag("DR-02")
    @Tag("DR-04")
    void disposingClosesIdleConnectionsNowAndTheOthersWhenTheyComeBack() throws SQLException {
        Pool pool = pool();
        pool.connect().close();
        pool.dispose();
        assertThat(database.open).hasValue(0);

        PoolProxiedConnection held = pool.connect();
        pool.dispose();
        pool.dispose();
        held.createStatement().close();
        assertThat(database.open).hasValue(1);
        held.close();
        assertThat(database.open).hasValue(0);
        assertUsable(pool);
    }

    @Test
    void aDisposalIsOverWhenTheLastOfTheConnectionsOfThatMomentIsClosed() throws Exception {
        Pool pool = pool();
        pool.connect().close();
        Drain idle = pool.dispose();
        assertThat(idle.total()).isEqualTo(keeps() ? 1 : 0);
        assertThat(idle.await(Duration.ZERO)).isTrue();

        PoolProxiedConnection held = pool.connect();
        Drain drain = pool.dispose();

        assertThat(drain.total()).isEqualTo(1);
        assertThat(drain.remaining()).isEqualTo(1);
        assertThat(drain.stragglers()).containsExactly(held.entry());
        assertThat(drain.await(Duration.ZERO)).isFalse();
        held.close();
        assertThat(drain.await(Duration.ZERO)).isTrue();
        assertThat(drain.remaining()).isZero();
        assertThat(drain.stragglers()).isEmpty();
        assertUsable(pool);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDisposalWaitsForAConnectionThatIsBeingOpened(boolean inListener) throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Pool pool = poolThatHangsOnce(opening, goOn, inListener, () -> {});
        Borrower<PoolProxiedConnection> borrower = Borrower.of(pool::connect);
        opening.await();

        Drain drain = pool.dispose();
        assertThat(drain.total()).isEqualTo(1);
        assertThat(drain.stragglers()).hasSize(1);
        goOn.countDown();
        PoolProxiedConnection lent = borrower.get();

        assertThat(drain.await(Duration.ZERO)).isEqualTo(database.connections.get(0).closed);
        lent.close();
        assertThat(drain.await(Duration.ofSeconds(20))).isTrue();
        assertThat(database.connections.get(0).closed).isTrue();
        assertThat(drain.stragglers()).isEmpty();
        assertUsable(pool);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDisposalIsOverWhenWhatWasBeingOpenedFails(boolean inListener) throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Pool pool = poolThatHangsOnce(opening, goOn, inListener, () -> {
            throw new SQLException("no such host", "08001");
        });
        Borrower<PoolProxiedConnection> borrower = Borrower.of(pool::connect);
        opening.await();

        Drain drain = pool.dispose();
        assertThat(drain.await(Duration.ZERO)).isFalse();
        goOn.countDown();

        assertThatThrownBy(borrower::get).hasMessage("no such host");
        assertThat(drain.await(Duration.ofSeconds(20))).isTrue();
        assertThat(database.open).hasValue(0);
        assertUsable(pool);
    }

    private interface Moment {
        void run() throws SQLException;
    }

    private Pool poolThatHangsOnce(CountDownLatch opening, CountDownLatch goOn, boolean inListener, Moment outcome) {
        AtomicBoolean hung = new AtomicBoolean();
        Moment hang = () -> {
            if (hung.compareAndSet(false, true)) {
                opening.countDown();
                TestSupport.awaitUninterruptibly(goOn);
                outcome.run();
            }
        };
        if (!inListener) {
            database.script((call, connection) -> {
                if (call.equals("open")) {
                    hang.run();
                }
            });
        }
        Pool pool = pool();
        if (inListener) {
            pool.addListener(new PoolListener() {
                @Override
                public void connect(PoolEvent.Connect event) throws SQLException {
                    hang.run();
                }
            });
        }
        return pool;
    }

    @Test
    void aDisposalDoesNotWaitForAConnectionThatLeavesThePool() throws Exception {
        Pool pool = pool();
        PoolProxiedConnection held = pool.connect();
        Drain drain = pool.dispose();
        held.detach();
        assertThat(drain.await(Duration.ZERO)).isTrue();
        held.close();
        assertInBalance(pool);
    }

    @Test
    void aClosedPoolLendsNoMore() throws SQLException {
        Pool pool = pool();
        pool.connect().close();
        PoolProxiedConnection held = pool.connect();
        close(pool);
        close(pool);

        assertThatExceptionOfType(PoolClosedException.class)
                .isThrownBy(pool::connect)
                .withMessage("Pool 'contract' is closed.");
        assertThatExceptionOfType(PoolClosedException.class).isThrownBy(pool::uniqueConnection);
        attempt(held::close);
        assertInBalance(pool);
        assertThat(database.open).hasValue(0);
        assertThat(pool.snapshot().checkedIn()).isZero();
    }

    @Test
    @Tag("DR-07")
    @Tag("PB-10")
    void recreatingKeepsClassSettingsAndListenersButNothingElse() throws SQLException {
        AtomicInteger heard = new AtomicInteger();
        Pool pool = pool(settings().resetOnReturn(ResetOnReturn.COMMIT).recycle(Duration.ofHours(1)));
        pool.subscribe(EnumSet.of(PoolEvent.Kind.FIRST_CONNECT), event -> heard.incrementAndGet());
        pool.connect().close();
        Pool again = pool.recreate();
        pools.add(again);

        assertThat(again).hasSameClassAs(pool).isNotSameAs(pool);
        assertThat(again.config()).isSameAs(pool.config());
        assertThat(again.snapshot().opened()).isZero();
        assertThat(database.attempts).hasValue(1);
        again.connect().close();
        assertThat(heard).hasValue(2);
        pool.dispose();
        assertUsable(again);
    }

    @Test
    @Tag("C-06")
    void tellsItsClassItsNameAndItsFigures() throws SQLException {
        Pool pool = pool();
        assertThat(pool.status()).startsWith(pool.getClass().getSimpleName() + " 'contract'");
        assertThat(pool).hasToString(pool.status());
        try (Connection held = pool.connect()) {
            assertThat(held.isClosed()).isFalse();
            PoolSnapshot now = pool.snapshot();
            assertThat(now.name()).isEqualTo("contract");
            assertThat(now.checkedOut()).isEqualTo(1);
            assertThat(now.checkedIn()).isZero();
            assertThat(now.opened()).isEqualTo(1);
            assertThat(now.poolSize()).isNotNegative();
            assertThat(now.closed()).containsOnlyKeys(CloseReason.values());
        }
        assertInBalance(pool);
    }

    // Any sequence, any number of threads

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void staysInBalanceWhateverIsDoneInWhateverOrder(long seed) throws Exception {
        Random random = new Random(seed);
        database.script((call, connection) -> {
            if (List.of("open", "rollback", "createStatement").contains(call) && random.nextInt(10) == 0) {
                throw new SQLException("no " + call);
            }
        });
        Pool pool = pool(settings().timeout(Duration.ZERO));
        Deque<PoolProxiedConnection> held = new ArrayDeque<>();
        Deque<PoolProxiedConnection> closed = new ArrayDeque<>();
        for (int i = 0; i < 400; i++) {
            PoolProxiedConnection mine = held.peek();
            int dice = random.nextInt(mine == null ? 4 : 14);
            attempt(() -> {
                switch (dice) {
                    case 0, 1 -> held.push(pool.connect());
                    case 2 -> held.push(pool.uniqueConnection());
                    case 3 -> pool.dispose();
                    case 4 -> mine.createStatement();
                    case 5 -> mine.invalidateSoftly(null);
                    case 6 -> mine.invalidate(null);
                    case 7 -> pool.invalidate(mine, null);
                    case 8 -> mine.detach();
                    case 9 -> mine.abort(Runnable::run);
                    case 10 ->
                        elsewhere(() -> {
                                    mine.close();
                                    return null;
                                })
                                .get();
                    default -> {
                        closed.push(held.pollLast());
                        closed.peek().close();
                    }
                }
            });
            if (dice == 4 && !closed.isEmpty()) {
                attempt(closed.peek()::close);
            }
        }
        held.forEach(connection -> attempt(connection::close));
        database.script((call, connection) -> {});

        assertInBalance(pool);
        assertUsable(pool);
    }

    @Test
    void staysInBalanceUnderManyThreads() throws Exception {
        Pool pool = pool();
        AtomicBoolean done = new AtomicBoolean();
        Borrower<Void> disposer = elsewhere(() -> {
            while (!done.get()) {
                pool.dispose();
                pool.snapshot();
            }
            return null;
        });
        AtomicInteger served = new AtomicInteger();
        List<Borrower<Void>> borrowers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int number = i;
            borrowers.add(elsewhere(() -> {
                for (int round = 0; round < 150; round++) {
                    try (PoolProxiedConnection connection = pool.connect()) {
                        served.incrementAndGet();
                        if ((round + number) % 10 == 0) {
                            connection.invalidate(null);
                        }
                    } catch (AssertionError onePlaceOnly) {
                        assertThat(pool).isInstanceOf(AssertionPool.class);
                    }
                }
                return null;
            }));
        }
        for (Borrower<Void> borrower : borrowers) {
            borrower.get();
        }
        done.set(true);
        disposer.get();

        assertThat(served.get()).isPositive();
        assertInBalance(pool);
        assertUsable(pool);
    }
}
