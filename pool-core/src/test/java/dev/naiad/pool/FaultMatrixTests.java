/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.FaultyDatabase.Fault;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sixteen threads at work while one call of the driver goes wrong in one way. Whatever it is: no connection is lent twice, no
 * place and no connection is lost, and nobody waits longer than allowed.
 */
@Timeout(60)
class FaultMatrixTests {

    private static final int THREADS = 16;
    private static final int ROUNDS = 8;
    private static final int LIMIT = 5;
    private static final Duration TIMEOUT = Duration.ofMillis(300);

    /** For a machine that has other things to do. */
    private static final Duration TOLERANCE = Duration.ofSeconds(3);

    private static final Set<String> GIVE_OBJECTS =
            Set.of("open", "getMetaData", "createStatement", "prepareStatement", "toString");

    /** What a worker is doing. */
    private enum Stage {
        CONNECTING,
        WORKING,
        CLOSING
    }

    private record Doing(Stage stage, long since) {}

    private final Map<Object, Thread> holders = new ConcurrentHashMap<>();
    private final Map<Thread, Doing> doing = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();
    private FaultyDatabase database = new FaultyDatabase("none", Fault.SLOW);
    private QueuePool pool = new QueuePool(settings().build());

    private PoolConfig.Builder settings() {
        return PoolConfig.builder()
                .connectionFactory(database)
                .poolSize(3)
                .maxOverflow(LIMIT - 3)
                .timeout(TIMEOUT)
                .failFastAfter(null)
                .prePing(PrePing.ON);
    }

    @AfterEach
    void close() {
        database.recover();
        pool.close(Duration.ofSeconds(10));
    }

    static Stream<Arguments> calls() {
        return Stream.of(
                        "open",
                        "getMetaData",
                        "isValid",
                        "setAutoCommit",
                        "getAutoCommit",
                        "setReadOnly",
                        "createStatement",
                        "prepareStatement",
                        "statement.executeUpdate",
                        "statement.execute",
                        "statement.close",
                        "commit",
                        "rollback",
                        "clearWarnings",
                        "toString",
                        "close",
                        "abort")
                .flatMap(call -> Stream.of(Fault.values())
                        .filter(fault -> fault != Fault.NULL || GIVE_OBJECTS.contains(call))
                        .map(fault -> Arguments.of(call, fault)));
    }

    @ParameterizedTest
    @MethodSource("calls")
    @Tag("E3-01")
    void nothingIsLostAndNobodyWaitsTooLong(String call, Fault fault) throws Exception {
        nothingIsLostAndNobodyWaitsTooLong(call, fault, null);
    }

    static Stream<Arguments> callsOfAReturn() {
        Set<String> calls =
                Set.of("rollback", "setAutoCommit", "getAutoCommit", "setReadOnly", "clearWarnings", "statement.close");
        return calls().filter(row -> calls.contains((String) row.get()[0]));
    }

    @ParameterizedTest
    @MethodSource("callsOfAReturn")
    void whoGivesBackDoesNotHangEitherIfThatHasATimeout(String call, Fault fault) throws Exception {
        nothingIsLostAndNobodyWaitsTooLong(call, fault, TIMEOUT);
    }

    private void nothingIsLostAndNobodyWaitsTooLong(String call, Fault fault, @Nullable Duration resetTimeout)
            throws Exception {
        database = new FaultyDatabase(call, fault);
        database.isReset = () -> {
            Thread present = Thread.currentThread();
            Doing what = doing.get(present);
            return what != null && what.stage() == Stage.CLOSING
                    || what == null && present.getName().contains("-helper-");
        };
        pool.close();
        pool = new QueuePool(settings().resetTimeout(resetTimeout).build());
        CountDownLatch working = new CountDownLatch(THREADS);
        List<Borrower<Void>> workers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int first = i;
            workers.add(Borrower.of(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    work(first + round);
                }
                working.countDown();
                return null;
            }));
        }

        await().atMost(Duration.ofSeconds(30))
                .until(() -> workers.stream()
                        .allMatch(worker -> worker.isDone() || database.hanging.contains(worker.thread)));
        for (Thread stuck : database.hanging) {
            Doing present = doing.get(stuck);
            if (present != null && present.stage() == Stage.CONNECTING) {
                complaints.add("connect() hangs in the driver");
            } else if (present != null && present.stage() == Stage.CLOSING && resetTimeout != null) {
                complaints.add("close() hangs in the driver");
            }
        }
        database.release();
        assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
        database.recover();
        for (Borrower<Void> worker : workers) {
            worker.get();
        }

        assertThat(database.injected.get()).as("how often it went wrong").isPositive();
        assertThat(complaints).isEmpty();
        assertThat(database.stub.mostOpen.get()).isLessThanOrEqualTo(LIMIT);
        await().untilAsserted(() -> {
            PoolSnapshot now = pool.snapshot();
            assertThat(now.waiting()).isZero();
            assertThat(now.opening()).isZero();
            assertThat(now.checkedOut()).isZero();
            assertThat(now.opened()
                            - now.closed().values().stream().mapToLong(n -> n).sum())
                    .isEqualTo(database.stub.open.get());
        });
        everyPlaceIsThere();
        pool.close(Duration.ofSeconds(10));
        assertThat(database.stub.open).hasValue(0);
    }

    private void everyPlaceIsThere() throws SQLException {
        pool.reconfigure(settings -> settings.timeout(Duration.ofSeconds(10)));
        List<Connection> all = Borrower.manyFrom(pool, LIMIT);
        Set<Object> distinct = new HashSet<>();
        for (Connection each : all) {
            distinct.add(each.unwrap(PoolProxiedConnection.class).entry().connection());
        }
        assertThat(distinct).hasSize(LIMIT);
        assertThat(database.stub.open).hasValue(LIMIT);
        for (Connection each : all) {
            each.close();
        }
    }

    /** Uses a connection in one of several ways; what the driver throws is what users have to live with. */
    private void work(int way) {
        Thread me = Thread.currentThread();
        long start = System.nanoTime();
        doing.put(me, new Doing(Stage.CONNECTING, start));
        PoolProxiedConnection connection = null;
        Object place = null;
        try {
            connection = pool.connect();
            doing.put(me, new Doing(Stage.WORKING, start));
            checkWait(System.nanoTime() - start);
            place = connection.entry();
            Thread other = holders.putIfAbsent(place, me);
            if (other != null) {
                complaints.add(place + " is lent to " + other + " and to " + me);
            }
            if (database.spoiled.contains(connection.entry().connection())) {
                complaints.add(place + " is lent after its reset failed");
            }
            use(connection, way);
        } catch (Throwable e) {
            if (connection == null) {
                checkWait(System.nanoTime() - start);
            }
            if (!isExpected(e)) {
                complaints.add("A user saw " + e);
            }
        } finally {
            doing.put(me, new Doing(Stage.CLOSING, start));
            if (connection != null) {
                holders.remove(place, me);
                close(connection, way);
            }
            doing.remove(me);
        }
    }

    private static boolean isExpected(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if ("injected".equals(cause.getMessage())) {
                return true;
            }
        }
        return e instanceof SQLException;
    }

    private void checkWait(long nanos) {
        if (nanos > TIMEOUT.plus(TOLERANCE).toNanos()) {
            complaints.add("connect() took " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms");
        }
    }

    private static void use(PoolProxiedConnection connection, int way) throws SQLException {
        connection.setReadOnly(way % 2 == 0);
        connection.setAutoCommit(false);
        Statement update = connection.createStatement();
        if (update != null) {
            update.executeUpdate("update");
        }
        PreparedStatement query = connection.prepareStatement("select");
        if (query != null) {
            query.execute();
        }
        if (way % 3 == 0) {
            connection.commit();
        }
        connection.getMetaData();
        String.valueOf(connection.unwrap(PoolProxiedConnection.class).entry().connection());
    }

    private void close(PoolProxiedConnection connection, int way) {
        try {
            if (way % 5 == 0) {
                connection.invalidate(null);
            }
            connection.close();
        } catch (Throwable e) {
            if (!"injected".equals(e.getMessage())) {
                complaints.add("close() threw " + e);
            }
        }
    }
}
