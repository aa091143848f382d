/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.metrics;

import dev.naiad.pool.Pool;
import dev.naiad.pool.spring.event.PoolEventPublisher;
import dev.naiad.pool.spring.registry.PoolRegistry;
import dev.naiad.pool.spring.registry.RegisteredPool;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Arrays;
import java.util.Set;

/**
 * The meters of all Naiad pools, each with the pool's name as a tag. The pools keep the totals themselves, so what happened
 * before the registry was there is included.
 */
public final class PoolMetrics implements MeterBinder {

    private final PoolRegistry pools;
    private final PoolEventPublisher events;
    private final PoolTimings timings;
    private final Set<MeterNames> schemes;

    /** For meters of the given schemes only. */
    public PoolMetrics(PoolRegistry pools, PoolEventPublisher events, PoolTimings timings, Set<MeterNames> schemes) {
        this.pools = pools;
        this.events = events;
        this.timings = timings;
        this.schemes = Set.copyOf(schemes);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (RegisteredPool pool : pools.pools()) {
            Arrays.stream(PoolMeter.values())
                    .filter(meter -> schemes.contains(meter.scheme()))
                    .forEach(meter -> register(meter, pool, registry));
        }
        FunctionCounter.builder("naiad.events.dropped", events, PoolEventPublisher::dropped)
                .description("Pool events not published because listeners were too slow")
                .register(registry);
    }

    private void register(PoolMeter meter, RegisteredPool registered, MeterRegistry registry) {
        Pool pool = registered.pool();
        Tags poolTag = Tags.of(meter.scheme().poolTag(), registered.name());
        PoolTimer timer = meter.timer();
        if (timer != null) {
            timings.register(meter, timer, pool, poolTag, registry);
        }
        for (PoolMeter.Series series : meter.series()) {
            Tags tags = poolTag.and(series.tags());
            if (series.type() == Meter.Type.COUNTER) {
                FunctionCounter.builder(
                                meter.meterName(), pool, p -> series.value().applyAsDouble(p.snapshot()))
                        .description(meter.description())
                        .tags(tags)
                        .register(registry);
            } else {
                Gauge.builder(meter.meterName(), pool, p -> series.value().applyAsDouble(p.snapshot()))
                        .description(meter.description())
                        .tags(tags)
                        .strongReference(true)
                        .register(registry);
            }
        }
    }
}
