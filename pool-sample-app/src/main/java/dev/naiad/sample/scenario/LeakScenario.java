/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.diagnose.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

@Component
@Order(1)
class LeakScenario implements Scenario {

    private static final int CUSTOMERS = 3;
    private static final Duration BETWEEN_LEAKS = Duration.ofMillis(150);
    private static final Duration BETWEEN_ORDERS = Duration.ofMillis(50);

    private final WriterPool pool;
    private final Customer customer;

    LeakScenario(WriterPool pool, Customer customer) {
        this.pool = pool;
        this.customer = customer;
    }

    @Override
    public Description description() {
        return new Description(
                "leak",
                "Leak",
                "A stock list is printed again and again by code that does not close its connection, until the pool has none left"
                        + " for the customers who keep ordering. Stopping it closes them.",
                "The verdict's advice names the line that borrows. Connections that have been held unused for two seconds are told"
                        + " of in the log and in the history.",
                Description.Expectation.of(
                        Verdict.LEAK,
                        Transition.Kind.HELD_TOO_LONG,
                        Transition.Kind.TIMED_OUT,
                        Transition.Kind.CAME_BACK),
                List.of(Parameter.seconds(20)));
    }

    @Override
    public void play(Run run) throws InterruptedException, SQLException {
        StockList stockList = new StockList(pool.dataSource());
        Load customers = Load.endless(run, CUSTOMERS, BETWEEN_ORDERS, () -> customer.order(Duration.ZERO));
        run.figures(customers::figures);
        try {
            int limit = pool.limit();
            while (stockList.leaked() < limit && run.pause(BETWEEN_LEAKS)) {
                stockList.print();
            }
            run.note(stockList.leaked() + " connections have been leaked.");
            run.pause("seconds");
        } finally {
            stockList.closeAll();
            customers.finish();
        }
    }
}
