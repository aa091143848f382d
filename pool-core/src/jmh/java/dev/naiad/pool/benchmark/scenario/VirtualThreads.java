/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.scenario;

import com.sun.management.OperatingSystemMXBean;
import dev.naiad.pool.benchmark.contender.Contender;
import dev.naiad.pool.benchmark.contender.PoolSpec;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A great many virtual threads, started at once, share 10 connections. */
final class VirtualThreads implements Scenario.Program {

    private static final int CONNECTIONS = 10;
    private static final int MILLI = 1000;

    @Override
    public void run(Contender contender, Scenario.Conditions conditions, Scenario.Output output) throws Exception {
        if (!ThreadKind.VIRTUAL.isAvailable()) {
            return;
        }
        int cycles = (int) conditions.millis() / 5;
        for (int i = 0;
                i < 3;
                i++) { // until all is compiled, or one would measure the compiler, whose time is counted, too
            measure(contender, 1_000, cycles, 0);
            measure(contender, 1_000, 100, MILLI / 10);
        }
        report("1,000 threads, 1 ms", measure(contender, 1_000, 10, MILLI), output);
        report("10,000 threads, 1 ms", measure(contender, 10_000, 2, MILLI), output);
        report("1,000 threads, no length", measure(contender, 1_000, cycles, 0), output);
        report("10,000 threads, no length", measure(contender, 10_000, Math.max(1, cycles / 10), 0), output);
    }

    private record Outcome(
            double totalMillis, double perSecond, double bound, double p99Millis, double cpuMicrosPerCycle) {}

    private static void report(String variant, Outcome outcome, Scenario.Output output) {
        output.figure(variant, "total", outcome.totalMillis);
        output.figure(variant, "throughput", outcome.perSecond);
        if (outcome.bound > 0) {
            output.figure(variant, "bound", 100 * outcome.perSecond / outcome.bound);
        }
        output.figure(variant, "p99", outcome.p99Millis);
        output.figure(variant, "cpu", outcome.cpuMicrosPerCycle);
    }

    private static Outcome measure(Contender contender, int threads, int cycles, long queryMicros) throws Exception {
        PoolSpec spec = PoolSpec.stub(CONNECTIONS, CONNECTIONS, 0, queryMicros);
        DataSource pool = contender.openFilled(spec);
        double bound = queryMicros == 0 ? 0 : boundPerSecond(spec);
        long[] waits = new long[threads * cycles];
        AtomicInteger failures = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(threads);
        long cpu = cpuNanos();
        long start = System.nanoTime();
        for (int i = 0; i < threads; i++) {
            int first = i * cycles;
            ThreadKind.VIRTUAL.start(() -> {
                try {
                    for (int cycle = 0; cycle < cycles; cycle++) {
                        waits[first + cycle] = query(pool);
                    }
                } catch (Exception e) {
                    failures.incrementAndGet();
                } finally {
                    done.countDown();
                }
            });
        }
        if (!done.await(2, TimeUnit.MINUTES) || failures.get() > 0) {
            throw new IllegalStateException(failures + " threads failed, " + done.getCount() + " are not done.");
        }
        long nanos = System.nanoTime() - start;
        cpu = cpuNanos() - cpu;
        contender.close(pool);
        Arrays.sort(waits);
        return new Outcome(
                nanos / 1e6,
                waits.length / (nanos / 1e9),
                bound,
                waits[(int) (waits.length * 0.99)] / 1e6,
                cpu / 1e3 / waits.length);
    }

    private static long query(DataSource pool) throws Exception {
        long start = System.nanoTime();
        try (Connection connection = pool.getConnection()) {
            long got = System.nanoTime();
            connection.prepareStatement("select 1").executeQuery();
            return got - start;
        }
    }

    /** What as many threads as there are connections, each with one to itself, get done. */
    private static double boundPerSecond(PoolSpec spec) throws Exception {
        int cycles = 500;
        CountDownLatch done = new CountDownLatch(spec.size());
        long start = System.nanoTime();
        for (int i = 0; i < spec.size(); i++) {
            ThreadKind.VIRTUAL.start(() -> {
                try (Connection connection = java.sql.DriverManager.getConnection(spec.url())) {
                    for (int cycle = 0; cycle < cycles; cycle++) {
                        connection.prepareStatement("select 1").executeQuery();
                    }
                    done.countDown();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        if (!done.await(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("The bound could not be measured.");
        }
        return spec.size() * cycles / ((System.nanoTime() - start) / 1e9);
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
