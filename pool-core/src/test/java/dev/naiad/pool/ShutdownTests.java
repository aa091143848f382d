/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the connections of a pool leave, and what a closed pool leaves behind. */
@Timeout(120)
class ShutdownTests {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final StubDatabase database = new StubDatabase();
    private final CountDownLatch closing = new CountDownLatch(1);
    private QueuePool pool = new QueuePool(settings().build());

    private PoolConfig.Builder settings() {
        return database.settings().closers(null).poolSize(3).maxOverflow(0).name("shutdown");
    }

    @AfterEach
    void close() {
        closing.countDown();
        pool.close(Duration.ZERO);
    }

    private void blockClosing() {
        database.script((call, connection) -> {
            if (call.equals("close") || call.equals("abort")) {
                TestSupport.awaitUninterruptibly(closing);
            }
        });
    }

    private static List<String> threadsOf(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(each -> each.startsWith("naiad-" + name))
                .toList();
    }

    @Test
    void aDrainIsNotOverBeforeTheLastConnectionIsPhysicallyClosed() throws Exception {
        pool.connect().close();
        blockClosing();

        Drain drain = pool.refresh();

        assertThat(drain.total()).isEqualTo(1);
        assertThat(drain.remaining()).isEqualTo(1);
        assertThat(drain.stragglers()).as("in use").isEmpty();
        assertThat(drain.await(Duration.ofMillis(50))).isFalse();
        closing.countDown();
        assertThat(drain.await(LONG)).isTrue();
        assertThat(database.open).hasValue(0);
    }

    @Test
    void aPoolThatIsDrainedStaysEmptyUntilSomebodyNeedsAConnection() throws Exception {
        pool = new QueuePool(settings().minIdle(1).build());
        Connection held = pool.connect();
        await().until(() -> pool.snapshot().checkedIn() == 1);
        int opened = database.attempts.get();

        Drain drain = pool.dispose();

        assertThat(drain.total()).isEqualTo(2);
        await().until(() -> drain.remaining() == 1);
        held.close();
        assertThat(drain.await(LONG)).isTrue();
        assertThat(database.open).hasValue(0);
        pool.sweep();
        pool.sweep();
        assertThat(database.attempts).hasValue(opened);
    }

    @Test
    void aConnectionThatTheDriverDoesNotCloseIsNotWaitedForForEver() throws Exception {
        TestTicker ticker = new TestTicker();
        pool = new QueuePool(settings().ticker(ticker).build());
        pool.connect().close();
        blockClosing();
        Drain drain = pool.refresh();
        await().until(() -> pool.snapshot().overflow() == -2);

        ticker.advance(Duration.ofNanos(2 * Closer.PATIENCE));
        pool.sweep();

        assertThat(drain.await(LONG)).isTrue();
    }

    @Test
    void suspendingTellsWhatIsStillInUse() throws Exception {
        PoolProxiedConnection held = pool.connect();
        pool.connect().close();

        Drain drain = pool.suspend(Suspension.WAIT);

        assertThat(drain.total()).isEqualTo(1);
        assertThat(drain.stragglers()).containsExactly(held.entry());
        pool.sweep();
        assertThat(drain.await(Duration.ZERO)).isFalse();
        held.close();
        pool.sweep();
        assertThat(drain.await(Duration.ZERO)).isTrue();
        assertThat(database.open).as("they rest").hasValue(2);
    }

    @Test
    void theDrainOfASuspensionEndsWithoutHelp() throws Exception {
        Connection held = pool.connect();
        Drain drain = pool.suspend(Suspension.FAIL);
        held.close();
        assertThat(drain.await(LONG)).isTrue();
    }

    @Test
    void resumingTellsWhoOfThoseThatWaitedHasNotBeenServed() throws Exception {
        pool = new QueuePool(settings().poolSize(1).build());
        pool.suspend(Suspension.WAIT);
        Borrower<Connection> first = Borrower.waitingFor(pool);
        Borrower<Connection> second = Borrower.waitingFor(pool);

        Drain drain = pool.resume();
        Connection held = first.get();
        Borrower<Connection> newcomer = Borrower.waitingFor(pool);

        assertThat(drain.total()).isEqualTo(2);
        assertThat(drain.remaining()).as("who came afterwards is not counted").isEqualTo(1);
        assertThat(drain.stragglers()).as("who waits has no place").isEmpty();
        assertThat(drain.await(Duration.ZERO)).isFalse();
        held.close();
        Connection next = second.get();
        assertThat(drain.await(LONG)).as("without a round").isTrue();
        assertThat(drain.remaining()).isZero();
        assertThat(newcomer.isDone()).isFalse();
        next.close();
        newcomer.get().close();
    }

    @Test
    void aResumptionIsOverWhenThosePresentHaveFailedOrGivenUp() throws Exception {
        pool = new QueuePool(settings().poolSize(1).build());
        Connection held = pool.connect();
        pool.suspend(Suspension.WAIT);
        Borrower<Connection> impatient = Borrower.waitingFor(pool);
        Borrower<Connection> patient = Borrower.waitingFor(pool);
        Drain drain = pool.resume();

        impatient.thread.interrupt();
        assertThat(impatient.failure()).isInstanceOf(SQLException.class);
        assertThat(drain.remaining()).isEqualTo(1);
        assertThat(drain.await(Duration.ZERO)).isFalse();
        pool.suspend(Suspension.FAIL);
        assertThat(patient.failure()).isInstanceOf(PoolSuspendedException.class);

        assertThat(drain.await(LONG)).isTrue();
        assertThat(drain).hasToString("Drain[0 of 2 remaining]");
        held.close();
    }

    @Test
    void thereIsNothingToWaitForAfterResumingAPoolThatIsNotSuspended() throws Exception {
        pool = new QueuePool(settings().poolSize(1).build());
        Connection held = pool.connect();
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        Drain drain = pool.resume();

        assertThat(drain.await(Duration.ZERO)).isTrue();
        assertThat(drain.total()).isZero();
        held.close();
        waiting.get().close();
    }

    @Test
    void whatDependsOnADrainDoesNotRunOnTheThreadThatLooksAfterThePool() throws Exception {
        Connection held = pool.connect();
        CompletableFuture<String> thread = new CompletableFuture<>();
        pool.suspend(Suspension.FAIL)
                .completion()
                .thenRun(() -> thread.complete(Thread.currentThread().getName()));

        held.close();

        assertThat(thread.get()).startsWith("naiad-shutdown-helper-");
    }

    @Test
    void suspendingAPoolInWhichNothingIsInUseIsOverAtOnce() throws Exception {
        pool.connect().close();
        assertThat(pool.suspend(Suspension.WAIT).await(Duration.ZERO)).isTrue();
    }

    @Test
    void shuttingDownFailsWaitersAndLeavesRunningWorkItsGrace() throws Exception {
        List<Connection> held = Borrower.manyFrom(pool, 3);
        Borrower<Connection> waiting = Borrower.waitingFor(pool);

        Drain drain = pool.shutdown(LONG);

        assertThat(waiting.failure()).isInstanceOf(PoolClosedException.class);
        assertThat(drain.total()).isEqualTo(3);
        assertThat(drain.await(Duration.ZERO)).isFalse();
        for (Connection connection : held) {
            connection.createStatement().execute("select 1");
            connection.close();
        }
        assertThat(drain.await(LONG)).isTrue();
        assertThat(database.open).hasValue(0);
        assertThat(database.journal).contains("close 1", "close 2", "close 3");
        assertThat(pool.shutdown(LONG)).as("it has one end").isSameAs(drain);
    }

    @Test
    void afterTheGraceRunningWorkIsAborted() throws Exception {
        List<Connection> held = Borrower.manyFrom(pool, 3);

        Drain drain = pool.shutdown(Duration.ofMillis(10));

        assertThat(drain.await(LONG)).isTrue();
        assertThat(database.journal).contains("abort 1", "abort 2", "abort 3");
        for (Connection connection : held) {
            connection.close();
        }
        await().untilAsserted(() -> assertThat(threadsOf("shutdown")).isEmpty());
    }

    @Test
    void aDriverThatHangsInAbortDoesNotKeepTheOthersFromBeingAborted() throws Exception {
        List<Connection> held = Borrower.manyFrom(pool, 3);
        database.script((call, connection) -> {
            if (call.equals("abort") && connection.number == 1) {
                TestSupport.awaitUninterruptibly(closing);
            }
        });

        Drain drain = pool.shutdown(Duration.ZERO);

        await().untilAsserted(() -> assertThat(database.journal).contains("abort 2", "abort 3"));
        await().until(() -> drain.remaining() == 1);
        assertThat(drain.stragglers())
                .containsExactly(held.get(0).unwrap(PoolProxiedConnection.class).entry());
        closing.countDown();
        assertThat(drain.await(LONG)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterTheGraceNobodyWaitsForAnOpeningThatHangs(boolean inListener) throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Runnable hang = () -> {
            hangs.countDown();
            TestSupport.awaitUninterruptibly(goOn);
        };
        if (inListener) {
            pool.addListener(Map.of("connect", event -> hang.run()));
        } else {
            database.script((call, connection) -> {
                if (call.equals("open")) {
                    hang.run();
                }
            });
        }
        Borrower<Connection> borrower = Borrower.from(pool);
        hangs.await();

        Drain drain = pool.shutdown(Duration.ofMillis(10));

        assertThat(drain.total()).isEqualTo(1);
        assertThat(borrower.failure()).isInstanceOf(PoolClosedException.class);
        assertThat(drain.await(LONG)).isTrue();
        if (inListener) {
            assertThat(database.journal).contains("abort 1");
        }
        goOn.countDown();
        await().untilAsserted(() -> assertThat(threadsOf("shutdown")).isEmpty());
        assertThat(database.open).as("nothing is left open").hasValue(0);
    }

    private Semaphore hangingClosings() {
        Semaphore arrivals = new Semaphore(0);
        database.script((call, connection) -> {
            if (call.equals("close") || call.equals("abort")) {
                arrivals.release();
                TestSupport.awaitUninterruptibly(closing);
            }
        });
        return arrivals;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClosedPoolGivesUpOnConnectionsThatTheDriverNeitherClosesNorAborts(boolean held) throws Exception {
        TestTicker ticker = new TestTicker();
        pool = new QueuePool(settings().ticker(ticker).build());
        Connection connection = pool.connect();
        if (!held) {
            connection.close();
        }
        Semaphore arrivals = hangingClosings();

        Drain drain = pool.shutdown(Duration.ZERO);
        arrivals.acquire();
        await().until(() -> threadsOf("shutdown-shutdown").isEmpty());
        assertThat(drain.await(Duration.ZERO)).isFalse();
        ticker.advance(Duration.ofNanos(Closer.PATIENCE));
        arrivals.acquire();
        ticker.advance(Duration.ofNanos(Closer.PATIENCE));

        assertThat(drain.await(LONG)).as("without help").isTrue();
        await().untilAsserted(() -> assertThat(threadsOf("shutdown-housekeeper"))
                .as("nothing to wait for")
                .isEmpty());
    }

    @Test
    void whatIsDetachedFromAClosedPoolIsNotClosedForEver() throws Exception {
        TestTicker ticker = new TestTicker();
        pool = new QueuePool(settings().ticker(ticker).build());
        PoolProxiedConnection connection = pool.connect();
        database.script((call, stub) -> {
            if (call.equals("abort")) {
                throw new SQLException("not supported");
            }
        });
        pool.close(Duration.ZERO);
        await().until(() -> threadsOf("shutdown-closer").isEmpty()); // which abort what is held
        connection.detach();
        Semaphore arrivals = hangingClosings();

        Borrower<Boolean> user = Borrower.of(() -> {
            connection.close();
            return true;
        });
        arrivals.acquire();
        ticker.advance(Duration.ofNanos(Closer.PATIENCE));
        arrivals.acquire();
        ticker.advance(Duration.ofNanos(Closer.PATIENCE));

        assertThat(user.get()).isTrue();
    }

    @Test
    void whoLooksAfterWhatAClosedPoolHasDetachedSleepsBetweenRounds() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        Ticker clock = Ticker.system();
        pool = new QueuePool(settings()
                .ticker(() -> {
                    if (Thread.currentThread().getName().startsWith("naiad-shutdown-housekeeper")) {
                        looks.incrementAndGet();
                    }
                    return clock.nanos();
                })
                .build());
        PoolProxiedConnection connection = pool.connect();
        connection.detach();
        pool.close(Duration.ZERO);
        int first = looks.get();
        await().until(() -> looks.get() > first);
        int begun = looks.get();
        long waits = waits("shutdown-housekeeper");

        await().until(() -> looks.get() >= begun + 6);

        assertThat(waits("shutdown-housekeeper") - waits).isLessThan(100);
        connection.close();
        await().untilAsserted(
                        () -> assertThat(threadsOf("shutdown-housekeeper")).isEmpty());
    }

    /** How often the thread of that name has gone to sleep. */
    private static long waits(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("naiad-" + name))
                .mapToLong(thread -> ManagementFactory.getThreadMXBean()
                        .getThreadInfo(thread.getId())
                        .getWaitedCount())
                .sum();
    }

    @Test
    void aThousandPoolsLeaveNothingBehind() throws Exception {
        for (int i = 0; i < 1000; i++) {
            QueuePool each = new QueuePool(settings()
                    .name("thousand-" + i)
                    .warmUp(1)
                    .keepalive(Duration.ofMinutes(1))
                    .idleTimeout(Duration.ofMinutes(1))
                    .recycle(Duration.ofHours(1))
                    .build());
            each.connect().close();
            if (i % 3 == 0) {
                each.connect().invalidate(null);
            }
            if (i % 7 == 0) {
                each.suspectAll();
            }
            each.close(LONG);
        }

        await().atMost(LONG)
                .untilAsserted(() -> assertThat(threadsOf("thousand")).isEmpty());
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
    }

    /** Has everything of the pool, and of these tests, to itself, as an application that is deployed and undeployed has. */
    private static final class Deployment extends URLClassLoader {

        private final ReentrantLock loading = new ReentrantLock();

        Deployment() {
            super(
                    new URL[] {
                        QueuePool.class.getProtectionDomain().getCodeSource().getLocation(),
                        ShutdownTests.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                    },
                    ShutdownTests.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.naiad.")) {
                return super.loadClass(name, resolve);
            }
            loading.lock();
            try {
                Class<?> present = findLoadedClass(name);
                return present != null ? present : findClass(name);
            } finally {
                loading.unlock();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Tenant.Use.class)
    void theClassLoaderOfAnApplicationThatClosedItsPoolsCanBeCollected(Tenant.Use use) throws Exception {
        WeakReference<ClassLoader> loader = deployedAndUndeployed(use);
        AtomicBoolean gone = new AtomicBoolean();
        await().atMost(LONG).until(() -> {
            System.gc();
            gone.set(loader.get() == null);
            return gone.get();
        });
    }

    private static WeakReference<ClassLoader> deployedAndUndeployed(Tenant.Use use)
            throws IOException, ReflectiveOperationException {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (Deployment deployment = new Deployment()) {
            Thread.currentThread().setContextClassLoader(deployment);
            Class<?> tenant = deployment.loadClass(Tenant.class.getName());
            assertThat(tenant.getClassLoader()).isSameAs(deployment);
            var constructor = tenant.getDeclaredConstructor(String.class);
            constructor.setAccessible(true);
            ((Runnable) constructor.newInstance(use.name())).run();
            return new WeakReference<>(deployment);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }
}
