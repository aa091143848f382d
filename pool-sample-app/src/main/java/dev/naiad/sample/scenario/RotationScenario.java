/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import dev.naiad.pool.Credentials;
import dev.naiad.pool.Drain;
import dev.naiad.pool.QueuePool;
import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.diagnose.Verdict;
import dev.naiad.pool.spring.registry.PoolRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

@Component
@Order(7)
class RotationScenario implements Scenario {

    private static final int CUSTOMERS = 3;
    private static final Duration BETWEEN_ORDERS = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final PoolRegistry pools;
    private final DatabaseUsers users;
    private final ShopCredentials credentials;
    private final Customer customer;

    RotationScenario(PoolRegistry pools, DatabaseUsers users, ShopCredentials credentials, Customer customer) {
        this.pools = pools;
        this.users = users;
        this.credentials = credentials;
        this.customer = customer;
    }

    @Override
    public Description description() {
        return new Description(
                "credential-rotation",
                "Credential rotation",
                "The shop gets a new database user with a new password, goes over to it while customers keep ordering, and back"
                        + " again; then the user is dropped.",
                "No order fails. All connections are replaced, twice: idle ones at once, those in use when they come back.",
                Description.Expectation.of(Verdict.HEALTHY, Transition.Kind.DISPOSED, Transition.Kind.CLOSED),
                List.of(Parameter.seconds(4)));
    }

    @Override
    public void play(Run run) throws SQLException, InterruptedException {
        Load customers = Load.endless(run, CUSTOMERS, BETWEEN_ORDERS, () -> customer.order(Duration.ZERO));
        run.figures(customers::figures);
        try {
            goOver(run);
        } finally {
            customers.finish();
        }
    }

    private void goOver(Run run) throws SQLException, InterruptedException {
        String password = UUID.randomUUID().toString();
        users.create(password);
        try {
            credentials.change(new Credentials(DatabaseUsers.NAME, password));
            rotate(run, "the user " + DatabaseUsers.NAME);
            run.pause("seconds");
        } finally {
            credentials.restore();
            rotate(run, "the configured user");
            users.drop();
        }
    }

    private void rotate(Run run, String user) throws SQLException, InterruptedException {
        for (QueuePool pool : queuePools()) {
            Drain drain = pool.rotate();
            if (!drain.await(PATIENCE)) {
                throw new IllegalStateException("Of pool '" + pool.name() + "', " + drain);
            }
            run.note("Pool '%s': %d connections have been replaced by those of %s."
                    .formatted(pool.name(), drain.total(), user));
        }
    }

    private List<QueuePool> queuePools() {
        return pools.pools().stream()
                .map(registered -> registered.pool())
                .filter(QueuePool.class::isInstance)
                .map(QueuePool.class::cast)
                .toList();
    }
}
