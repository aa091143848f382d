/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.scenario;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Threads that use a pool as fast as they can for a while. */
final class Load {

    interface Use {
        void of(Connection connection) throws Exception;
    }

    /**
     * @param perSecond cycles, from getting to closing a connection
     * @param waits the time to get a connection
     * @param cycles the time from getting to closing one
     * @param evenness cycles of the slowest thread, divided by those of the fastest
     */
    record Outcome(double perSecond, Durations waits, Durations cycles, double evenness) {}

    private enum Phase {
        WARM_UP,
        MEASURED,
        OVER
    }

    private final DataSource pool;
    private final Use use;
    private final List<Durations> waits = new ArrayList<>();
    private final List<Durations> cycles = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile Phase phase = Phase.WARM_UP;

    private Load(DataSource pool, Use use) {
        this.pool = pool;
        this.use = use;
    }

    static Outcome measure(DataSource pool, ThreadKind kind, int threads, long warmUpMillis, long millis, Use use)
            throws Exception {
        return new Load(pool, use).run(kind, threads, warmUpMillis, millis);
    }

    private Outcome run(ThreadKind kind, int threads, long warmUpMillis, long millis) throws Exception {
        CountDownLatch done = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            Durations wait = new Durations();
            Durations cycle = new Durations();
            waits.add(wait);
            cycles.add(cycle);
            kind.start(() -> {
                try {
                    loop(wait, cycle);
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                } finally {
                    done.countDown();
                }
            });
        }
        pause(warmUpMillis);
        long start = System.nanoTime();
        phase = Phase.MEASURED;
        pause(millis);
        phase = Phase.OVER;
        double seconds = (System.nanoTime() - start) / 1e9;
        if (!done.await(1, TimeUnit.MINUTES) || failure.get() != null) {
            throw new IllegalStateException("The load came to nothing.", failure.get());
        }
        long fewest = cycles.stream().mapToLong(Durations::total).min().orElseThrow();
        long most = cycles.stream().mapToLong(Durations::total).max().orElseThrow();
        Durations all = Durations.sum(cycles);
        return new Outcome(all.total() / seconds, Durations.sum(waits), all, most == 0 ? 0 : fewest / (double) most);
    }

    private void loop(Durations wait, Durations cycle) throws Exception {
        Phase now;
        while ((now = phase) != Phase.OVER) {
            long start = System.nanoTime();
            long got;
            try (Connection connection = pool.getConnection()) {
                got = System.nanoTime();
                use.of(connection);
            }
            if (now == Phase.MEASURED) {
                wait.add(got - start);
                cycle.add(System.nanoTime() - start);
            }
        }
    }

    private static void pause(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long left;
        while ((left = end - System.nanoTime()) > 0) {
            LockSupport.parkNanos(left);
        }
    }
}
