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

    @Override
    public void run(Contender contender, Scenario.Conditions conditions, Scenario.Output output) throws Exception {
        for (ThreadKind kind : ThreadKind.available()) {
            long units = conditions.unitsOfWork() * HELD_MICROS;
            measure("busy", kind, contender, conditions, output, connection -> Work.of(units));
            measure("parked", kind, contender, conditions, output, connection -> Pause.forMicros(HELD_MICROS));
        }
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
