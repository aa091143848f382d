/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.scenario;

import dev.naiad.pool.benchmark.contender.Contender;
import dev.naiad.pool.benchmark.contender.PoolSpec;
import dev.naiad.pool.stub.Pause;
import javax.sql.DataSource;

/** 32 threads share 4 connections and hold them for 20 microseconds, busy or parked. */
final class Contention implements Scenario.Program {

    private static final int THREADS = 32;
    private static final int CONNECTIONS = 4;
    private static final int HELD_MICROS = 20;
    private static final int WARM_UP_MILLIS = 3_000;

    @Override
    public void run(Contender contender, Scenario.Conditions conditions, Scenario.Output output) throws Exception {
        long units = conditions.unitsOfWork() * HELD_MICROS;
        warmUp(contender, units);
        for (ThreadKind kind : ThreadKind.available()) {
            measure("busy", kind, contender, conditions, output, connection -> Work.of(units));
            measure("parked", kind, contender, conditions, output, connection -> Pause.forMicros(HELD_MICROS));
        }
    }

    /**
     * Until all is compiled: threads that never rest leave the compiler little of the processors, and one would measure how much code
     * a pool has. It compiles for the load it sees, so this is the same load, which takes some seconds, after one that does rest.
     */
    private static void warmUp(Contender contender, long units) throws Exception {
        DataSource pool = contender.openFilled(PoolSpec.stub(CONNECTIONS));
        for (ThreadKind kind : ThreadKind.available()) {
            Load.measure(pool, kind, THREADS, 0, WARM_UP_MILLIS / 6, connection -> Pause.forMicros(HELD_MICROS));
        }
        Load.measure(pool, ThreadKind.PLATFORM, THREADS, 0, WARM_UP_MILLIS, connection -> Work.of(units));
        contender.close(pool);
    }

    private static void measure(
            String held,
            ThreadKind kind,
            Contender contender,
            Scenario.Conditions conditions,
            Scenario.Output output,
            Load.Use use)
            throws Exception {
        DataSource pool = contender.openFilled(PoolSpec.stub(CONNECTIONS));
        Load.Outcome outcome = Load.measure(pool, kind, THREADS, conditions.millis() / 2, conditions.millis(), use);
        contender.close(pool);
        String variant = held + ", " + kind;
        output.figure(variant, "throughput", outcome.perSecond());
        output.figure(variant, "p50", outcome.waits().millisAt(0.5));
        output.figure(variant, "p99", outcome.waits().millisAt(0.99));
        output.figure(variant, "p999", outcome.waits().millisAt(0.999));
        output.figure(variant, "max", outcome.waits().maxMillis());
        output.figure(variant, "evenness", outcome.evenness());
    }
}
