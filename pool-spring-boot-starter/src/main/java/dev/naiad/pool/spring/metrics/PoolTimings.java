/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.metrics;

import dev.naiad.pool.Pool;
import dev.naiad.pool.spring.registry.PoolObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Times what the pools do not time themselves, from their first connection on, and makes the timers. What is not asked for is not
 * listened to, so it costs nothing.
 */
public final class PoolTimings implements PoolObserver {

    private final Set<PoolTimer> wanted;
    private final boolean histograms;
    private final Map<Pool, Map<PoolTimer, Timing>> timings = new ConcurrentHashMap<>();

    /**
     * @param wanted what is timed
     * @param histograms whether the distribution is published, too
     */
    public PoolTimings(Set<PoolTimer> wanted, boolean histograms) {
        this.wanted = Set.copyOf(wanted);
        this.histograms = histograms;
    }

    @Override
    public void observe(Pool pool) {
        timingsOf(pool);
    }

    private Map<PoolTimer, Timing> timingsOf(Pool pool) {
        return timings.computeIfAbsent(pool, observed -> {
            Map<PoolTimer, Timing> made = new ConcurrentHashMap<>();
            wanted.forEach(timer -> made.put(timer, Timing.of(timer, observed, histograms)));
            return made;
        });
    }

    void register(PoolMeter meter, PoolTimer timer, Pool pool, Tags tags, MeterRegistry registry) {
        Timing timing = timingsOf(pool).get(timer);
        if (timing != null) {
            timing.register(meter, tags, registry);
        }
    }
}
