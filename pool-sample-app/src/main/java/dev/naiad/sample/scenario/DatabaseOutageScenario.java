/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.diagnose.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

@Component
@Order(5)
class DatabaseOutageScenario implements Scenario {

    private static final int CUSTOMERS = 3;
    private static final Duration BETWEEN_ORDERS = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final DatabaseSwitch database;
    private final Customer customer;

    DatabaseOutageScenario(DatabaseSwitch database, Customer customer) {
        this.database = database;
        this.customer = customer;
    }

    @Override
    public Description description() {
        return new Description(
                "database-outage",
                "Database down and up",
                "The database goes away while customers keep ordering, and comes back. " + database.means(),
                "Callers get the driver's exception, soon without waiting for it: the pool takes the database to be unreachable, and"
                        + " makes one attempt at a time, with short pauses. When the database is back, the failures end.",
                Description.Expectation.of(
                        Verdict.DATABASE_DOWN,
                        Transition.Kind.INVALIDATED,
                        Transition.Kind.OPEN_FAILED,
                        Transition.Kind.CIRCUIT_OPENED,
                        Transition.Kind.CIRCUIT_CLOSED),
                List.of(Parameter.seconds(8)));
    }

    @Override
    public void play(Run run) throws IOException, InterruptedException {
        Load customers = Load.endless(run, CUSTOMERS, BETWEEN_ORDERS, () -> customer.order(Duration.ZERO));
        run.figures(customers::figures);
        try {
            if (run.pause(LINGER)) {
                cut(run);
                run.pause(LINGER);
            }
        } finally {
            customers.finish();
        }
    }

    private void cut(Run run) throws IOException, InterruptedException {
        try {
            database.down();
            run.note("The database is down.");
            run.pause("seconds");
        } finally {
            database.up();
            run.note("The database is up.");
        }
        long start = System.nanoTime();
        orderUntilServed(start);
        run.note("An order was served %d ms later.".formatted((System.nanoTime() - start) / 1_000_000));
    }

    private void orderUntilServed(long start) throws InterruptedException {
        while (true) {
            try {
                customer.order(Duration.ZERO);
                return;
            } catch (RuntimeException e) { // until the pool tries again
                if (System.nanoTime() - start > PATIENCE.toNanos()) {
                    throw e;
                }
            }
            TimeUnit.NANOSECONDS.sleep(BETWEEN_ORDERS.toNanos());
        }
    }
}
