/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.contender;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolSnapshot;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.slf4j.Logger;

final class NaiadPeer implements Peer {

    @Override
    public DataSource open(PoolSpec spec) {
        NaiadDataSource dataSource = NaiadDataSource.builder()
                .url(spec.url())
                .driverClassName(spec.driverClassName())
                .username(spec.user())
                .password(spec.password())
                .poolSize(spec.size())
                .maxOverflow(0)
                .timeout(Duration.ofMillis(PoolSpec.TIMEOUT_MILLIS))
                .build();
        if (spec.extra() == PoolSpec.Extra.METRICS) {
            Meters.register(dataSource.pool(), new SimpleMeterRegistry());
        }
        return dataSource;
    }

    @Override
    public List<Class<?>> jars() {
        return List.of(NaiadDataSource.class, Logger.class);
    }

    /** As the starter does: the pool keeps the totals, the meters read them. */
    private static final class Meters {

        static void register(Pool pool, MeterRegistry registry) {
            gauge(pool, registry, "active", PoolSnapshot::checkedOut);
            gauge(pool, registry, "idle", PoolSnapshot::checkedIn);
            gauge(pool, registry, "waiting", PoolSnapshot::waiting);
            counter(pool, registry, "opened", PoolSnapshot::opened);
            counter(pool, registry, "timeouts", PoolSnapshot::timeouts);
        }

        private static void gauge(Pool pool, MeterRegistry registry, String name, ToLongFunction<PoolSnapshot> value) {
            Gauge.builder("naiad.connections." + name, pool, p -> value.applyAsLong(p.snapshot()))
                    .strongReference(true)
                    .register(registry);
        }

        private static void counter(
                Pool pool, MeterRegistry registry, String name, ToLongFunction<PoolSnapshot> value) {
            FunctionCounter.builder("naiad.connections." + name, pool, p -> value.applyAsLong(p.snapshot()))
                    .register(registry);
        }
    }
}
