/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Far more threads than connections, which wait at no cost. */
@Timeout(120)
class ManyThreadsTests {

    private static final int WAITERS = 500;
    private static final int VIRTUAL_THREADS = 10_000;
    private static final int WARM_UP_THREADS = 2_000;
    private static final int CONNECTIONS = 10;

    /** In a second, by all waiters together. */
    private static final Duration MOST_BURNT = Duration.ofMillis(5);

    /** In half a second, by the whole process. */
    private static final Duration MOST_BURNT_BY_ALL = Duration.ofMillis(100);

    private final StubDatabase database = new StubDatabase();
    private QueuePool pool = pool(1);

    @TempDir
    private Path directory;

    private QueuePool pool(int size) {
        return new QueuePool(database.settings()
                .poolSize(size)
                .maxOverflow(0)
                .timeout(Duration.ofMinutes(1))
                .build());
    }

    @AfterEach
    void close() {
        pool.close(Duration.ofSeconds(10));
        assertThat(database.open).hasValue(0);
    }

    @Test
    void fiveHundredWaitersBurnNothing() throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Connection held = pool.connect();
        List<Borrower<Void>> waiters = waiters(Threads.PLATFORM);

        // Each looks once what is going on, those at the back of the crowd later than those in front; then nobody wakes
        // any more.
        AtomicLong last = new AtomicLong(cpuTime(threads, waiters));
        AtomicLong burnt = new AtomicLong();
        await().pollDelay(Duration.ofSeconds(1))
                .pollInterval(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    long now = cpuTime(threads, waiters);
                    burnt.set(now - last.getAndSet(now));
                    return burnt.get() < MOST_BURNT.toNanos();
                });

        held.close();
        for (Borrower<Void> waiter : waiters) {
            waiter.get();
        }
        Figures.note("%d waiters used %d us of CPU time in a second", WAITERS, burnt.get() / 1_000);
    }

    private static long cpuTime(ThreadMXBean threads, List<Borrower<Void>> of) {
        return of.stream()
                .mapToLong(each -> threads.getThreadCpuTime(each.thread.getId()))
                .sum();
    }

    private List<Borrower<Void>> waiters(Threads kind) {
        List<Borrower<Void>> waiters = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            waiters.add(Borrower.on(kind.factory, () -> {
                pool.connect().close();
                return null;
            }));
        }
        await().until(() -> pool.snapshot().waiting() == WAITERS);
        return waiters;
    }

    @Test
    void fiveHundredVirtualWaitersKeepNoCarrierBusy() throws Exception {
        assumeTrue(Threads.VIRTUAL.factory != null, "no virtual threads");
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        Connection held = pool.connect();
        List<Borrower<Void>> waiters = waiters(Threads.VIRTUAL);

        // Of the whole process, which also compiles and collects: one quiet look tells.
        long quietest = Long.MAX_VALUE;
        for (int i = 0; i < 60 && quietest >= MOST_BURNT_BY_ALL.toNanos(); i++) {
            long before = system.getProcessCpuTime();
            await().pollDelay(Duration.ofMillis(500)).until(() -> true);
            quietest = Math.min(quietest, system.getProcessCpuTime() - before);
        }

        held.close();
        for (Borrower<Void> waiter : waiters) {
            waiter.get();
        }
        Figures.note("%d virtual waiters: %d ms of CPU time in half a second", WAITERS, quietest / 1_000_000);
        assertThat(Duration.ofNanos(quietest)).isLessThan(MOST_BURNT_BY_ALL);
    }

    @Test
    void tenThousandVirtualThreadsAreServedWithoutPinningACarrier() throws Exception {
        assumeTrue(Threads.VIRTUAL.factory != null, "no virtual threads");
        pool.close();
        pool = pool(CONNECTIONS);
        try (Recording recording = new Recording()) {
            recording.start();
            // Classes are initialized, which pins: what records waits and stacks, and what is done once connections run
            // short.
            assertThat(new Throwable().getStackTrace()).isNotEmpty();
            borrowAndPark(WARM_UP_THREADS);
        }
        List<RecordedEvent> pinned;
        Duration taken;
        try (Recording recording = new Recording()) {
            recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ZERO);
            recording.start();
            long start = System.nanoTime();
            assertThat(borrowAndPark(VIRTUAL_THREADS)).isEqualTo(VIRTUAL_THREADS);
            taken = Duration.ofNanos(System.nanoTime() - start);
            pin();
            recording.stop();
            Path file = directory.resolve("pinned.jfr");
            recording.dump(file);
            pinned = RecordingFile.readAllEvents(file);
        }

        Figures.note(
                "%d virtual threads on %d connections of a millisecond each: %d ms",
                VIRTUAL_THREADS, CONNECTIONS, taken.toMillis());
        assertThat(pinned).as("the one that was pinned on purpose").isNotEmpty();
        assertThat(pinned)
                .extracting(event -> String.valueOf(event.getStackTrace()))
                .allMatch(stack -> stack.contains(PinnedWhileInitialized.class.getSimpleName())
                        || stack.contains("ClassLoader.loadClass")); // once, on a path that was not taken before
        assertThat(database.mostOpen.get()).isLessThanOrEqualTo(CONNECTIONS);
    }

    private int borrowAndPark(int threads) throws Exception {
        AtomicInteger served = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            Borrower.on(Threads.VIRTUAL.factory, () -> {
                try (Connection connection = pool.connect()) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                    served.incrementAndGet();
                } finally {
                    done.countDown();
                }
                return null;
            });
        }
        done.await();
        return served.get();
    }

    /** Shows that the recording would see it. */
    private static void pin() throws Exception {
        Borrower.on(Threads.VIRTUAL.factory, () -> PinnedWhileInitialized.VALUE).get();
    }

    private static final class PinnedWhileInitialized {

        static final int VALUE = parked();

        private static int parked() {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            return 1;
        }
    }
}
