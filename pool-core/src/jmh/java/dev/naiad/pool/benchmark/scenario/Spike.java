/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.scenario;

import dev.naiad.pool.benchmark.contender.Contender;
import dev.naiad.pool.benchmark.contender.PoolSpec;
import dev.naiad.pool.stub.Pause;
import dev.naiad.pool.stub.StubDriver;
import java.sql.Connection;
import javax.sql.DataSource;

/** 50 threads arrive at once at a pool that may have 50 connections but holds few; to open one takes 150 milliseconds. */
final class Spike implements Scenario.Program {

    private static final int THREADS = 50;
    private static final long CONNECT_MICROS = 150_000;

    @Override
    public void run(Contender contender, Scenario.Conditions conditions, Scenario.Output output) throws Exception {
        for (int i = 0; i < 20; i++) { // as spikes come to pools that have run for a while
            measure(contender, 5, 0, 2);
        }
        for (int queryMillis : new int[] {2, 200}) {
            for (int idle : new int[] {5, 1, 0}) {
                Outcome outcome = measure(contender, idle, CONNECT_MICROS, queryMillis);
                String variant = idle + " idle, " + queryMillis + " ms";
                output.figure(variant, "total", outcome.arrival.millis());
                output.figure(variant, "worst", outcome.arrival.worstMillis());
                output.figure(variant, "opened", outcome.opened);
            }
        }
    }

    private record Outcome(Arrival.Outcome arrival, int opened) {}

    private static Outcome measure(Contender contender, int idle, long connectMicros, int queryMillis)
            throws Exception {
        DataSource pool = contender.openFilled(PoolSpec.stub(idle, THREADS, connectMicros, queryMillis * 1000L));
        Pause.forMicros(3 * connectMicros); // whatever else it opens at its start
        int before = StubDriver.opened();
        Arrival.Outcome arrival = Arrival.of(THREADS, () -> {
            long start = System.nanoTime();
            try (Connection connection = pool.getConnection()) {
                long waited = System.nanoTime() - start;
                connection.prepareStatement("select 1").executeQuery();
                return waited;
            }
        });
        Pause.forMicros(2 * connectMicros); // what it still opens, needed or not
        int opened = StubDriver.opened() - before;
        contender.close(pool);
        return new Outcome(arrival, opened);
    }
}
