/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.scenario;

import dev.naiad.pool.benchmark.contender.Contender;
import dev.naiad.pool.benchmark.contender.PoolSpec;
import java.sql.Connection;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;

/** 50 threads want a connection of an empty pool at once, and keep it until all have one. */
final class Ramp implements Scenario.Program {

    private static final int CONNECTIONS = 50;

    @Override
    public void run(Contender contender, Scenario.Conditions conditions, Scenario.Output output) throws Exception {
        measure(contender, 0); // to load the classes
        for (int connectMillis : new int[] {0, 5, 50, 150}) {
            output.figure(connectMillis + " ms per connect", "total", measure(contender, connectMillis));
        }
    }

    private static double measure(Contender contender, int connectMillis) throws Exception {
        DataSource pool = contender.open(PoolSpec.stub(0, CONNECTIONS, connectMillis * 1000L, 0));
        CountDownLatch all = new CountDownLatch(CONNECTIONS);
        Arrival.Outcome arrival = Arrival.of(CONNECTIONS, () -> {
            try (Connection connection = pool.getConnection()) {
                all.countDown();
                all.await();
                return connection.isClosed() ? 0 : 1;
            }
        });
        contender.close(pool);
        return arrival.millis();
    }
}
