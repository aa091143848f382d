/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.contender;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.Nested;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.PoolSnapshot;
import dev.naiad.pool.Trace;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.slf4j.Logger;

final class NaiadPeer implements Peer {

    @Override
    public DataSource open(PoolSpec spec) {
        NaiadDataSource.Builder settings = NaiadDataSource.builder()
                .url(spec.url())
                .driverClassName(spec.driverClassName())
                .username(spec.user())
                .password(spec.password())
                .poolSize(spec.size())
                .maxOverflow(0)
                .timeout(Duration.ofMillis(PoolSpec.TIMEOUT_MILLIS));
        switch (spec.extra()) {
            case TRACKING -> settings.holdLimit(Duration.ofMillis(PoolSpec.TIMEOUT_MILLIS));
            case NO_TRACKING -> settings.trace(Trace.OFF).nested(Nested.OFF);
            default -> {}
        }
        NaiadDataSource dataSource = settings.build();
        switch (spec.extra()) {
            case METRICS -> Meters.register(dataSource.pool(), new SimpleMeterRegistry());
            case HOLD_TIMES -> {
                SimpleMeterRegistry registry = new SimpleMeterRegistry();
                Meters.register(dataSource.pool(), registry);
                HoldTimes.register(dataSource.pool(), registry);
            }
            default -> {}
        }
        return dataSource;
    }

    @Override
    public List<Class<?>> jars() {
        return List.of(NaiadDataSource.class, Logger.class);
    }

    /** As the starter does if it is asked to: with two readings of the clock. */
    private static final class HoldTimes {

        private final LongAdder count = new LongAdder();
        private final LongAdder nanos = new LongAdder();

        static void register(Pool pool, MeterRegistry registry) {
            HoldTimes times = new HoldTimes();
            pool.subscribe(EnumSet.of(PoolEvent.Kind.CHECKOUT, PoolEvent.Kind.CHECKIN), times::handle);
            FunctionTimer.builder(
                            "naiad.connections.hold",
                            times,
                            all -> all.count.sum(),
                            all -> all.nanos.sum(),
                            TimeUnit.NANOSECONDS)
                    .register(registry);
        }

        private void handle(PoolEvent event) {
            if (event instanceof PoolEvent.Checkout checkout) {
                checkout.entry().recordInfo().put(this, System.nanoTime());
            } else if (event instanceof PoolEvent.Checkin checkin
                    && checkin.entry().recordInfo().remove(this) instanceof Long start) {
                count.increment();
                nanos.add(System.nanoTime() - start);
            }
        }
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
