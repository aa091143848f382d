/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.scenario;

import dev.naiad.pool.benchmark.contender.Contender;
import dev.naiad.pool.benchmark.contender.PoolSpec;
import dev.naiad.pool.stub.StubDriver;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;

/** How much heap a pool takes, and an idle connection in it beside the driver's part. Exact with the serial collector. */
final class Footprint implements Scenario.Program {

    private static final int FEW = 10;
    private static final int MANY = 210;

    /** The driver's own are many more, as pools that open one after the other take their time. */
    private static final int BARE = 2_010;

    /** The heap has things in it that have nothing to do with the pools, and come and go. */
    private static final int ROUNDS = 3;

    private static final int PATIENCE = 20;
    private static final long SETTLED = 100;

    @Override
    public void run(Contender contender, Scenario.Conditions conditions, Scenario.Output output) throws Exception {
        DataSource first = contender.openFilled(PoolSpec.stub(FEW)); // whatever there is once per JVM
        List<Connection> bare = new ArrayList<>(BARE);
        bare.add(DriverManager.getConnection(StubDriver.url(0, 0)));
        long start = used();
        while (bare.size() < BARE) {
            bare.add(DriverManager.getConnection(StubDriver.url(0, 0)));
        }
        double driver = (used() - start) / (BARE - 1.0);

        double[] perConnection = new double[ROUNDS];
        double[] perPool = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            start = used();
            DataSource few = contender.openFilled(PoolSpec.stub(FEW));
            long withFew = used();
            DataSource many = contender.openFilled(PoolSpec.stub(MANY));
            long withMany = used();
            perConnection[round] = ((withMany - withFew) - (withFew - start)) / (double) (MANY - FEW) - driver;
            perPool[round] = withFew - start - FEW * (perConnection[round] + driver);
            Reference.reachabilityFence(few);
            contender.close(few);
            contender.close(many);
        }
        Arrays.sort(perConnection);
        Arrays.sort(perPool);
        output.figure("", "bytesPerConnection", perConnection[ROUNDS / 2]);
        output.figure("", "bytesPerPool", perPool[ROUNDS / 2]);
        Reference.reachabilityFence(first);
        Reference.reachabilityFence(bare);
    }

    /** Once it has settled: what ends in the background, and what the compiler holds, goes in its own time. */
    private static long used() throws InterruptedException {
        long before = Long.MAX_VALUE;
        long now = collected();
        for (int i = 0; i < PATIENCE && before - now > SETTLED; i++) {
            before = now;
            now = collected();
        }
        return now;
    }

    private static long collected() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            Runtime.getRuntime().gc();
            Thread.sleep(20);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
