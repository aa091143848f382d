/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.diagnose.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

@Component
@Order(3)
class SlowQueryScenario implements Scenario {

    private static final int CUSTOMERS = 3;
    private static final Duration BETWEEN_ORDERS = Duration.ofMillis(50);

    private final WriterPool pool;
    private final Customer customer;

    SlowQueryScenario(WriterPool pool, Customer customer) {
        this.pool = pool;
        this.customer = customer;
    }

    @Override
    public Description description() {
        return new Description(
                "slow-query",
                "Slow query",
                "All connections run a statement that does not end, while customers keep ordering. Stopping it cancels the"
                        + " statements.",
                "The verdict quotes the statement, without the values in it, and names the line that borrowed the connection.",
                Description.Expectation.of(Verdict.SLOW_QUERY, Transition.Kind.TIMED_OUT),
                List.of(Parameter.seconds(15)));
    }

    @Override
    public void play(Run run) throws Exception {
        SlowReport report = new SlowReport(pool.dataSource());
        List<Future<?>> reports = new ArrayList<>();
        for (int i = pool.limit(); i > 0; i--) {
            reports.add(run.crew().start(() -> {
                report.print();
                return null;
            }));
        }
        Load customers = Load.endless(run, CUSTOMERS, BETWEEN_ORDERS, () -> customer.order(Duration.ZERO));
        run.figures(customers::figures);
        try {
            run.pause("seconds");
        } finally {
            cancel(report, reports);
            customers.finish();
        }
    }

    /** A statement that is between two executions does not notice. */
    private static void cancel(SlowReport report, List<Future<?>> reports)
            throws SQLException, InterruptedException, ExecutionException {
        for (Future<?> each : reports) {
            do {
                report.cancel();
            } while (!hasEnded(each));
        }
    }

    private static boolean hasEnded(Future<?> report) throws InterruptedException, ExecutionException {
        try {
            report.get(100, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
