/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.spring.registry.FailureLog;
import dev.naiad.pool.spring.registry.PoolRegistry;
import dev.naiad.pool.spring.registry.RegisteredPool;
import java.time.Clock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;

/** The health of all Naiad pools, each by its name: those that are there when it is asked for. */
public final class PoolsHealthContributor implements CompositeHealthContributor {

    private final PoolRegistry registry;
    private final FailureLog failures;
    private final Clock clock;

    /** With the clock by which a failure is recent enough to count. */
    public PoolsHealthContributor(PoolRegistry registry, FailureLog failures, Clock clock) {
        this.registry = registry;
        this.failures = failures;
        this.clock = clock;
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        return registry.pool(name).map(this::indicator).orElse(null);
    }

    @Override
    public Stream<Entry> stream() {
        return registry.pools().stream().map(pool -> new Entry(pool.name(), indicator(pool)));
    }

    private PoolHealthIndicator indicator(RegisteredPool pool) {
        return new PoolHealthIndicator(pool.pool(), failures, clock);
    }
}
