/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.scenario;

import org.openjdk.jmh.infra.Blackhole;

/** A measure for work that keeps a processor busy, independent of how often the thread is interrupted in it. */
public final class Work {

    private Work() {}

    /** How many units this machine does in a microsecond when nobody disturbs it. */
    public static long unitsPerMicro() {
        long units = 100_000;
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 200; i++) {
            long start = System.nanoTime();
            Blackhole.consumeCPU(units);
            best = Math.min(best, System.nanoTime() - start);
        }
        return Math.max(1, units * 1000 / best);
    }

    static void of(long units) {
        Blackhole.consumeCPU(units);
    }
}
