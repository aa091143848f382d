/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.incidents;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/** Stages the incidents of {@code IncidentTests} on HikariCP, and prints what it says. */
final class HikariIncidents {

    private static final int SIZE = 2;
    private static final long PATIENCE_MILLIS = 5_000;

    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicBoolean told = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    /** What a stub of a database does. */
    private enum Opening {
        AT_ONCE,
        REFUSED,
        NEVER
    }

    private interface Work {
        void with(Connection connection) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        say("leak", Opening.AT_ONCE, (stage, pool) -> stage.borrowers(pool, connection -> stage.end.await()));
        say(
                "slow query",
                Opening.AT_ONCE,
                (stage, pool) -> stage.borrowers(
                        pool, connection -> connection.createStatement().execute("select slow")));
        say(
                "idle in a transaction",
                Opening.AT_ONCE,
                (stage, pool) -> stage.borrowers(pool, connection -> {
                    connection.setAutoCommit(false);
                    connection.createStatement().execute("select 1");
                    stage.end.await();
                }));
        CyclicBarrier together = new CyclicBarrier(SIZE);
        say(
                "nested checkouts",
                Opening.AT_ONCE,
                (stage, pool) -> stage.borrowers(pool, connection -> {
                    together.await();
                    long start = System.nanoTime();
                    try (Connection second = pool.getConnection()) {
                        System.out.println("got " + second);
                    } catch (SQLException e) {
                        System.out.printf(
                                "    after %d ms: %s%n",
                                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start), e.getMessage());
                    }
                    stage.end.await();
                }));
        say("database stopped", Opening.REFUSED, (stage, pool) -> {});
        say("connects slow", Opening.NEVER, (stage, pool) -> {});
        say("too few connections", Opening.AT_ONCE, (stage, pool) -> {
            for (int i = 0; i < 80; i++) {
                stage.start(() -> {
                    try (Connection connection = pool.getConnection()) {
                        connection.createStatement().execute("select 50 ms");
                    } catch (SQLException e) {
                        if (stage.told.compareAndSet(false, true)) {
                            System.out.println("    the first to fail: " + e.getMessage());
                        }
                    }
                });
            }
        });
        say(
                "suspended",
                Opening.AT_ONCE,
                (stage, pool) -> pool.getHikariPoolMXBean().suspendPool());
    }

    private interface Incident {
        void stage(HikariIncidents stage, HikariDataSource pool) throws Exception;
    }

    private static void say(String name, Opening opening, Incident incident) throws Exception {
        HikariIncidents stage = new HikariIncidents();
        HikariConfig config = new HikariConfig();
        config.setPoolName("shop");
        config.setMaximumPoolSize(SIZE);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(500);
        config.setInitializationFailTimeout(-1);
        config.setAllowPoolSuspension(true);
        config.setDataSource(stage.database(opening));
        System.out.println(name);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            incident.stage(stage, pool);
            TimeUnit.MILLISECONDS.sleep(100); // for the scene to be set
            Thread asker = new Thread(() -> ask(pool));
            asker.start();
            asker.join(PATIENCE_MILLIS);
            if (asker.isAlive()) {
                System.out.println("    still waiting after " + PATIENCE_MILLIS + " ms");
            }
            stage.end.countDown();
            if (name.equals("suspended")) {
                pool.getHikariPoolMXBean().resumePool();
            }
            for (Thread thread : stage.threads) {
                thread.join();
            }
            asker.join();
        }
    }

    private static void ask(DataSource pool) {
        long start = System.nanoTime();
        try (Connection late = pool.getConnection()) {
            System.out.println("    got " + late);
        } catch (SQLException e) {
            System.out.printf(
                    "    after %d ms: %s%n", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start), e.getMessage());
            if (e.getCause() != null) {
                System.out.println("    cause: " + e.getCause());
            }
        }
    }

    private interface Task {
        void run() throws Exception;
    }

    private void start(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (SQLException e) {
                return; // told by the one who asks last
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        threads.add(thread);
    }

    private void borrowers(DataSource pool, Work work) throws InterruptedException {
        CountDownLatch borrowed = new CountDownLatch(SIZE);
        for (int i = 0; i < SIZE; i++) {
            start(() -> {
                try (Connection connection = pool.getConnection()) {
                    borrowed.countDown();
                    work.with(connection);
                }
            });
        }
        borrowed.await();
    }

    private DataSource database(Opening opening) {
        return (DataSource) Proxy.newProxyInstance(
                HikariIncidents.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                    if (!method.getName().equals("getConnection")) {
                        return method.getReturnType() == int.class ? 0 : null;
                    }
                    if (opening == Opening.REFUSED) {
                        throw new SQLException("Connection refused", "08001");
                    } else if (opening == Opening.NEVER) {
                        end.await();
                    }
                    return connection();
                });
    }

    private Connection connection() {
        boolean[] autoCommit = {true};
        return (Connection) Proxy.newProxyInstance(
                HikariIncidents.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    case "toString" -> "stub";
                    case "setAutoCommit" -> {
                        autoCommit[0] = (Boolean) arguments[0];
                        yield null;
                    }
                    case "getAutoCommit" -> autoCommit[0];
                    case "isValid" -> true;
                    case "createStatement" -> statement();
                    default -> defaultOf(method.getReturnType());
                });
    }

    private Statement statement() {
        return (Statement) Proxy.newProxyInstance(
                HikariIncidents.class.getClassLoader(),
                new Class<?>[] {Statement.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("execute")) {
                        switch ((String) arguments[0]) {
                            case "select slow" -> end.await();
                            case "select 50 ms" -> TimeUnit.MILLISECONDS.sleep(50);
                            default -> {}
                        }
                    }
                    return defaultOf(method.getReturnType());
                });
    }

    private static Object defaultOf(Class<?> type) {
        return type == boolean.class ? Boolean.FALSE : type == int.class ? (Object) 0 : null;
    }
}
