/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.scenario;

import dev.naiad.pool.benchmark.contender.Contender;
import dev.naiad.pool.benchmark.contender.PoolSpec;
import dev.naiad.pool.benchmark.contender.PoolSpec.Extra;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * The connection cycle with and without tracking, a few thousand at a time in turns in one JVM. Differences of a nanosecond are
 * seen only so: from one JVM to the next the compiler's luck makes more.
 */
final class InTurns implements Scenario.Program {

    private static final Map<Extra, String> VARIANTS = new EnumMap<>(Map.of(
            Extra.NOTHING, "in turns, as it comes",
            Extra.TRACKING, "in turns, with a limit",
            Extra.NO_TRACKING, "in turns, off"));

    private static final int CYCLES = 4_000;
    private static final int WARM_UPS = 2_000;

    /** Everything escapes. */
    private Connection last;

    @Override
    public void run(Contender contender, Scenario.Conditions conditions, Scenario.Output output) throws Exception {
        Map<Extra, DataSource> pools = new EnumMap<>(Extra.class);
        Map<Extra, List<Double>> times = new EnumMap<>(Extra.class);
        for (Extra extra : VARIANTS.keySet()) {
            pools.put(extra, contender.openFilled(PoolSpec.stub(32).with(extra)));
            times.put(extra, new ArrayList<>());
        }
        for (int i = 0; i < WARM_UPS; i++) {
            for (DataSource pool : pools.values()) {
                cycle(pool);
            }
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(conditions.millis());
        while (System.nanoTime() < end) {
            for (Extra extra : VARIANTS.keySet()) {
                times.get(extra).add(cycle(pools.get(extra)));
            }
        }
        times.forEach((extra, all) -> output.figure(VARIANTS.get(extra), "time", median(all)));
    }

    private double cycle(DataSource pool) throws SQLException {
        long start = System.nanoTime();
        for (int i = 0; i < CYCLES; i++) {
            Connection connection = pool.getConnection();
            connection.close();
            last = connection;
        }
        if (!last.isClosed()) {
            throw new IllegalStateException("left open");
        }
        return (System.nanoTime() - start) / (double) CYCLES;
    }

    private static double median(List<Double> all) {
        double[] sorted = all.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
