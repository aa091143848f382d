/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.observation;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.intercept.ExecutionInterceptor;
import io.micrometer.observation.ObservationRegistry;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.util.function.SingletonSupplier;

/**
 * Has checkouts and statements observed, as far as that is asked for. The observation that is current in the thread is the parent of
 * each, and each is current while it lasts. Without a registry nothing is observed.
 */
public final class PoolObservations {

    private final Supplier<ObservationRegistry> registry;
    private final boolean checkouts;
    private final boolean statements;

    /**
     * @param registry asked once, when something is to be observed
     * @param checkouts whether to observe checkouts
     * @param statements whether to observe statements
     */
    public PoolObservations(Supplier<ObservationRegistry> registry, boolean checkouts, boolean statements) {
        this.registry = SingletonSupplier.of(registry);
        this.checkouts = checkouts;
        this.statements = statements;
    }

    /** Whether {@link #statementsOf} is to be among a pool's interceptors. */
    public boolean observesStatements() {
        return statements;
    }

    /** Observes the statements of a pool. */
    public ExecutionInterceptor statementsOf(String pool) {
        return new ObservedStatements(registry, pool);
    }

    /** A data source whose checkouts are observed, or the same. */
    public DataSource checkoutsOf(NaiadDataSource dataSource) {
        return checkouts ? new ObservedDataSource(dataSource, registry) : dataSource;
    }
}
