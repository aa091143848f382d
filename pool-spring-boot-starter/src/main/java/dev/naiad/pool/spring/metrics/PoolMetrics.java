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
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.SimpleAutowireCandidateResolver;
import org.springframework.boot.jdbc.DataSourceUnwrapper;

/**
 * The meters of all Naiad pools, tagged {@code pool}. The pools keep the totals themselves, so what happened before the
 * registry was there is included, and a meter costs something only when it is read.
 */
public final class PoolMetrics implements MeterBinder {

    private final ConfigurableListableBeanFactory beanFactory;
    private final PoolEventPublisher events;

    public PoolMetrics(ConfigurableListableBeanFactory beanFactory, PoolEventPublisher events) {
        this.beanFactory = beanFactory;
        this.events = events;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Map<String, DataSource> candidates = SimpleAutowireCandidateResolver.resolveAutowireCandidates(
                beanFactory, DataSource.class, false, true);
        candidates.values().stream()
                .map(candidate -> DataSourceUnwrapper.unwrap(candidate, PoolDataSource.class, NaiadDataSource.class))
                .filter(Objects::nonNull)
                .map(PoolDataSource::pool)
                .distinct()
                .forEach(pool -> bind(pool, registry));
        FunctionCounter.builder("naiad.events.dropped", events, PoolEventPublisher::dropped)
                .description("Pool events not published because listeners were too slow")
                .register(registry);
    }

    private static void bind(Pool pool, MeterRegistry registry) {
        gauge(pool, registry, "naiad.connections.active", "Connections in use or being opened", PoolSnapshot::checkedOut);
        gauge(pool, registry, "naiad.connections.idle", "Connections nobody uses", PoolSnapshot::checkedIn);
        gauge(pool, registry, "naiad.connections.opening", "Connections being opened", PoolSnapshot::opening);
        gauge(
                pool,
                registry,
                "naiad.connections.overflow",
                "Connections open beyond the pool size",
                snapshot -> Math.max(0, snapshot.overflow()));
        gauge(pool, registry, "naiad.connections.size", "Connections kept; 0 means no limit", PoolSnapshot::poolSize);
        gauge(
                pool,
                registry,
                "naiad.connections.limit",
                "Most connections open at a time; -1 means no limit",
                snapshot -> snapshot.limit().orElse(-1));
        gauge(pool, registry, "naiad.connections.waiting", "Callers waiting for a connection", PoolSnapshot::waiting);
        counter(pool, registry, "naiad.connections.opened", "Connections opened", PoolSnapshot::opened);
        counter(
                pool,
                registry,
                "naiad.connections.open.failures",
                "Attempts to open a connection that failed",
                PoolSnapshot::openFailures);
        counter(
                pool,
                registry,
                "naiad.connections.timeouts",
                "Callers that waited for a connection in vain",
                PoolSnapshot::timeouts);
        for (CloseReason reason : CloseReason.values()) {
            FunctionCounter.builder("naiad.connections.closed", pool, p -> closed(p.snapshot(), reason))
                    .description("Connections closed, by reason")
                    .baseUnit("connections")
                    .tags(tags(pool).and("reason", reason.name().toLowerCase(Locale.ROOT)))
                    .register(registry);
        }
    }

    private static double closed(PoolSnapshot snapshot, CloseReason reason) {
        return snapshot.closed().getOrDefault(reason, 0L);
    }

    private static void gauge(
            Pool pool, MeterRegistry registry, String name, String description, ToDoubleFunction<PoolSnapshot> value) {
        Gauge.builder(name, pool, p -> value.applyAsDouble(p.snapshot()))
                .description(description)
                .tags(tags(pool))
                .strongReference(true)
                .register(registry);
    }

    private static void counter(
            Pool pool, MeterRegistry registry, String name, String description, ToDoubleFunction<PoolSnapshot> value) {
        FunctionCounter.builder(name, pool, p -> value.applyAsDouble(p.snapshot()))
                .description(description)
                .tags(tags(pool))
                .register(registry);
    }

    private static Tags tags(Pool pool) {
        return Tags.of("pool", pool.name());
    }
}
