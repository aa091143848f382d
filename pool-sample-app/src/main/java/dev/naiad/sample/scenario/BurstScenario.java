/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import dev.naiad.pool.diagnose.Verdict;
import java.time.Duration;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

@Component
@Order(6)
class BurstScenario implements Scenario {

    private final Customer customer;

    BurstScenario(Customer customer) {
        this.customer = customer;
    }

    @Override
    public Description description() {
        return new Description(
                "burst",
                "Burst",
                "More customers than there are connections order at the same time, as fast as they are served.",
                "Overflow connections are opened and, afterwards, closed again. Callers wait, but all get on with it: there are"
                        + " just too few connections for so many at once.",
                Description.Expectation.of(Verdict.UNDERSIZED),
                List.of(
                        new Parameter("threads", "Customers at the same time", 24, 1, 200),
                        new Parameter("requests", "Orders altogether", 3_000, 1, 100_000),
                        new Parameter(
                                "holdMillis", "For how many milliseconds each holds a connection", 10, 0, 2_000)));
    }

    @Override
    public void play(Run run) throws InterruptedException {
        Duration hold = Duration.ofMillis(run.argument("holdMillis"));
        Load load = Load.of(run, run.argument("threads"), run.argument("requests"), () -> customer.order(hold));
        run.progress(load::progress);
        run.figures(load::figures);
        load.await();
    }
}
