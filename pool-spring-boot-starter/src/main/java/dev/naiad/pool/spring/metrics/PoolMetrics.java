/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.metrics;

import dev.naiad.pool.CloseReason;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolDataSource;
import dev.naiad.pool.PoolSnapshot;
import dev.naiad.pool.spring.event.PoolEventPublisher;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.SimpleAutowireCandidateResolver;
import org.springframework.boot.jdbc.DataSourceUnwrapper;

/**
 * The meters of all Naiad pools, tagged {@code pool} with the pool's name or, where several have the same, with the bean's. The
 * pools keep the totals themselves, so what happened before the
 * registry was there is included, and a meter costs something only when it is read.
 */
public final class PoolMetrics implements MeterBinder {

    private static final String PREFIX = "naiad.connections.";

    private final ConfigurableListableBeanFactory beanFactory;
    private final PoolEventPublisher events;

    public PoolMetrics(ConfigurableListableBeanFactory beanFactory, PoolEventPublisher events) {
        this.beanFactory = beanFactory;
        this.events = events;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Map<String, DataSource> candidates =
                SimpleAutowireCandidateResolver.resolveAutowireCandidates(beanFactory, DataSource.class, false, true);
        Map<Pool, String> beanNames = new LinkedHashMap<>();
        candidates.forEach((beanName, candidate) -> {
            PoolDataSource naiad = DataSourceUnwrapper.unwrap(candidate, PoolDataSource.class, NaiadDataSource.class);
            if (naiad != null) {
                beanNames.putIfAbsent(naiad.pool(), beanName);
            }
        });
        beanNames.forEach((pool, beanName) -> {
            // Two pools of a name would be one meter.
            boolean unique = beanNames.keySet().stream()
                            .filter(other -> other.name().equals(pool.name()))
                            .count()
                    == 1;
            new Meters(pool, Tags.of("pool", unique ? pool.name() : beanName), registry).register();
        });
        FunctionCounter.builder("naiad.events.dropped", events, PoolEventPublisher::dropped)
                .description("Pool events not published because listeners were too slow")
                .register(registry);
    }

    /** The meters of one pool. */
    private record Meters(Pool pool, Tags tags, MeterRegistry registry) {

        void register() {
            gauge("active", "Connections in use or being opened", PoolSnapshot::checkedOut);
            gauge("idle", "Connections nobody uses", PoolSnapshot::checkedIn);
            gauge("opening", "Connections being opened", PoolSnapshot::opening);
            gauge("overflow", "Connections open beyond the pool size", now -> Math.max(0, now.overflow()));
            gauge("size", "Connections kept; 0 means no limit", PoolSnapshot::poolSize);
            gauge(
                    "limit",
                    "Most connections open at a time; -1 means no limit",
                    now -> now.limit().orElse(-1));
            gauge("waiting", "Callers waiting for a connection", PoolSnapshot::waiting);
            counter("opened", "Connections opened", Tags.empty(), PoolSnapshot::opened);
            counter(
                    "open.failures",
                    "Attempts to open a connection that failed",
                    Tags.empty(),
                    PoolSnapshot::openFailures);
            counter("timeouts", "Callers that waited for a connection in vain", Tags.empty(), PoolSnapshot::timeouts);
            counter("lost", "Connections dropped without being closed", Tags.empty(), PoolSnapshot::lost);
            for (CloseReason reason : CloseReason.values()) {
                counter(
                        "closed",
                        "Connections closed, by reason",
                        Tags.of("reason", reason.name().toLowerCase(Locale.ROOT)),
                        now -> now.closed().getOrDefault(reason, 0L));
            }
        }

        private void gauge(String name, String description, ToDoubleFunction<PoolSnapshot> value) {
            Gauge.builder(PREFIX + name, pool, p -> value.applyAsDouble(p.snapshot()))
                    .description(description)
                    .tags(tags)
                    .strongReference(true)
                    .register(registry);
        }

        private void counter(String name, String description, Tags more, ToDoubleFunction<PoolSnapshot> value) {
            FunctionCounter.builder(PREFIX + name, pool, p -> value.applyAsDouble(p.snapshot()))
                    .description(description)
                    .tags(tags.and(more))
                    .register(registry);
        }
    }
}
