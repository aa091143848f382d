/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import dev.naiad.pool.DemandMeter;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.QueuePool;
import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.diagnose.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

@Component
@Order(8)
class TooSmallPoolScenario implements Scenario {

    private static final int CUSTOMERS = 8;
    private static final Duration HOLD = Duration.ofMillis(20);
    private static final Duration BETWEEN_ORDERS = Duration.ofMillis(40);
    private static final Duration BEARABLE_WAIT = Duration.ofMillis(10);

    private final WriterPool pool;
    private final Customer customer;

    TooSmallPoolScenario(WriterPool pool, Customer customer) {
        this.pool = pool;
        this.customer = customer;
    }

    @Override
    public Description description() {
        return new Description(
                "too-small-pool",
                "Too small a pool",
                CUSTOMERS
                        + " customers order steadily: first with one connection for all, then with as many as are configured.",
                "The figures of both halves, side by side, and the size that the pool itself advises, from what it has measured in"
                        + " the second half.",
                Description.Expectation.of(Verdict.UNDERSIZED, Transition.Kind.RECONFIGURED),
                List.of(Parameter.seconds(10)));
    }

    @Override
    public void play(Run run) throws SQLException, InterruptedException {
        QueuePool present = pool.pool();
        Duration half = Duration.ofSeconds(run.argument("seconds")).dividedBy(2);
        long start = System.nanoTime();
        run.progress(() -> (System.nanoTime() - start) / 2.0 / half.toNanos());
        Map<String, Load> halves = new ConcurrentSkipListMap<>(Comparator.reverseOrder()); // "one" before "all"
        run.figures(() -> figures(halves));
        orderThroughOneConnection(present, run, half, halves);
        if (run.isStopRequested()) {
            return;
        }
        try (DemandMeter meter = DemandMeter.of(present)) {
            order("allConnections", run, half, halves);
            meter.sizing().advice(pool.limit(), BEARABLE_WAIT).lines().forEach(run::note);
        }
    }

    private void orderThroughOneConnection(QueuePool present, Run run, Duration half, Map<String, Load> halves)
            throws SQLException, InterruptedException {
        PoolConfig configured = present.config();
        try {
            present.reconfigure(settings -> settings.poolSize(1).maxOverflow(0));
            run.note("pool_size is 1, max_overflow is 0.");
            order("oneConnection", run, half, halves);
        } finally {
            present.reconfigure(
                    settings -> settings.poolSize(configured.poolSize()).maxOverflow(configured.maxOverflow()));
            run.note("pool_size is %d, max_overflow is %d again."
                    .formatted(configured.poolSize(), configured.maxOverflow()));
        }
    }

    private void order(String name, Run run, Duration time, Map<String, Load> halves) throws InterruptedException {
        Load load = Load.endless(run, CUSTOMERS, BETWEEN_ORDERS, () -> customer.order(HOLD));
        halves.put(name, load);
        run.pause(time);
        load.finish();
    }

    private static Map<String, ?> figures(Map<String, Load> halves) {
        Map<String, Object> figures = new LinkedHashMap<>();
        halves.forEach((name, load) -> figures.put(name, load.figures()));
        return figures;
    }
}
