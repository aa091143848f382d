/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.diagnose.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@Component
@Order(4)
class IdleInTransactionScenario implements Scenario {

    private static final int CUSTOMERS = 3;
    private static final Duration BETWEEN_ORDERS = Duration.ofMillis(50);

    private final WriterPool pool;
    private final Customer customer;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    IdleInTransactionScenario(
            WriterPool pool, Customer customer, JdbcClient jdbc, PlatformTransactionManager transactions) {
        this.pool = pool;
        this.customer = customer;
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
    }

    @Override
    public Description description() {
        return new Description(
                "idle-in-transaction",
                "Idle in transaction",
                "As many transactions as there are connections read a price, and then wait for a payment service that does not"
                        + " answer, while customers keep ordering. Stopping it makes the service answer.",
                "The connections are in no call, and yet none comes back. The verdict names the line that began the transaction.",
                Description.Expectation.of(
                        Verdict.IDLE_IN_TRANSACTION,
                        Transition.Kind.HELD_TOO_LONG,
                        Transition.Kind.TIMED_OUT,
                        Transition.Kind.CAME_BACK),
                List.of(Parameter.seconds(15)));
    }

    @Override
    public void play(Run run) throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        List<Future<?>> payments = new ArrayList<>();
        for (int i = pool.limit(); i > 0; i--) {
            payments.add(run.crew().start(() -> {
                pay(answer);
                return null;
            }));
        }
        Load customers = Load.endless(run, CUSTOMERS, BETWEEN_ORDERS, () -> customer.order(Duration.ZERO));
        run.figures(customers::figures);
        try {
            run.pause("seconds");
        } finally {
            answer.countDown();
            for (Future<?> each : payments) {
                each.get();
            }
            customers.finish();
        }
    }

    private void pay(CountDownLatch answer) {
        transaction.executeWithoutResult(status -> {
            jdbc.sql("select max(price) from products").query(Long.class).single();
            awaitPayment(answer);
        });
    }

    private static void awaitPayment(CountDownLatch answer) {
        try {
            answer.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
