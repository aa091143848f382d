/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import dev.naiad.pool.NestedCheckoutException;
import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.diagnose.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

@Component
@Order(2)
class NestedCheckoutScenario implements Scenario {

    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(500);

    private final WriterPool pool;
    private final Customer customer;
    private final JdbcClient jdbc;
    private final TransactionTemplate outer;
    private final TransactionTemplate inner;

    NestedCheckoutScenario(
            WriterPool pool, Customer customer, JdbcClient jdbc, PlatformTransactionManager transactions) {
        this.pool = pool;
        this.customer = customer;
        this.jdbc = jdbc;
        this.outer = new TransactionTemplate(transactions);
        this.inner = new TransactionTemplate(transactions);
        this.inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    @Override
    public Description description() {
        return new Description(
                "nested-checkout",
                "Nested checkout (deadlock)",
                "As many threads as there are connections hold one each in a transaction, and want a second one for an inner"
                        + " transaction (REQUIRES_NEW). None will ever be free.",
                "In less than a second the pool fails one of the threads, the last to begin, and the others go on: there are no"
                        + " timeouts. Each round shows in the history as a deadlock.",
                Description.Expectation.of(Verdict.NESTED_CHECKOUT, Transition.Kind.DEADLOCK),
                List.of(new Parameter("rounds", "How many times", 5, 1, 50)));
    }

    @Override
    public void play(Run run) throws Exception {
        int rounds = run.argument("rounds");
        AtomicInteger done = new AtomicInteger();
        AtomicInteger succeeded = new AtomicInteger();
        AtomicInteger broken = new AtomicInteger();
        run.progress(() -> (double) done.get() / rounds);
        run.figures(
                () -> new TreeMap<>(Map.of("rounds", done.get(), "ordered", succeeded.get(), "failed", broken.get())));
        while (done.get() < rounds && run.pause(done.get() == 0 ? Duration.ZERO : BETWEEN_ROUNDS)) {
            playRound(run, succeeded, broken);
            done.incrementAndGet();
        }
    }

    private void playRound(Run run, AtomicInteger succeeded, AtomicInteger broken)
            throws SQLException, InterruptedException {
        int threads = pool.limit();
        CountDownLatch holding = new CountDownLatch(threads);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(run.crew().start(() -> {
                orderInTwoTransactions(holding);
                return null;
            }));
        }
        long start = System.nanoTime();
        for (Future<?> each : all) {
            try {
                each.get();
                succeeded.incrementAndGet();
            } catch (ExecutionException e) {
                broken.incrementAndGet();
                run.note(text(e));
            }
        }
        run.note(
                "All %d threads were through after %d ms.".formatted(threads, (System.nanoTime() - start) / 1_000_000));
    }

    private void orderInTwoTransactions(CountDownLatch holding) {
        outer.executeWithoutResult(status -> {
            jdbc.sql("select count(*) from products").query(Long.class).single();
            holding.countDown();
            awaitAll(holding);
            inner.executeWithoutResult(innerStatus -> customer.order(Duration.ZERO));
        });
    }

    /** Or not, if a customer has one of the connections: then it is no deadlock. */
    private static void awaitAll(CountDownLatch holding) {
        try {
            holding.await(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String text(Throwable failure) {
        Optional<NestedCheckoutException> nested = Causes.find(failure, NestedCheckoutException.class);
        return nested.map(e -> e.report().diagnosis().verdict() + ": "
                        + e.report().diagnosis().evidence())
                .orElseGet(() -> Causes.text(failure));
    }
}
