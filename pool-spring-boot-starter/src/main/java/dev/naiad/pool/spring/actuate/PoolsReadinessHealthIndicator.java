/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.PoolSnapshot;
import dev.naiad.pool.QueuePool;
import dev.naiad.pool.spring.registry.PoolRegistry;
import dev.naiad.pool.spring.registry.RegisteredPool;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether the pools have the connections that {@code warm-up} and {@code min-idle} ask for: {@code OUT_OF_SERVICE} until all of them
 * have had them once, {@code UP} from then on. What becomes of the database later is no business of a readiness probe: it would
 * take all instances out of service at once. Borrows nothing.
 */
public final class PoolsReadinessHealthIndicator implements HealthIndicator {

    private final PoolRegistry registry;

    /** Asks whatever pools there are at the time of each probe. */
    public PoolsReadinessHealthIndicator(PoolRegistry registry) {
        this.registry = registry;
    }

    @Override
    public Health health() {
        List<RegisteredPool> cold = registry.pools().stream()
                .filter(pool -> pool.pool() instanceof QueuePool queue && !queue.isWarm())
                .toList();
        Health.Builder health = cold.isEmpty() ? Health.up() : Health.outOfService();
        cold.forEach(pool -> health.withDetail(pool.name(), progress(pool.pool().snapshot())));
        return health.build();
    }

    private static String progress(PoolSnapshot now) {
        return "warming up: " + RegisteredPool.open(now) + " open, " + now.opening() + " being opened, "
                + now.openFailures() + " failed";
    }
}
