/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.metrics;

import dev.naiad.pool.ConnectionPoolEntry;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.PoolSnapshot;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is timed in one pool. Without histograms, timers are views of totals, so that a registry that comes late loses
 * nothing. A histogram has to be fed; what happens before the first one is there is kept and fed to it.
 */
final class Timing {

    /** Measurements kept until there is a timer to feed. */
    private static final int KEPT = 10_000;

    private final Pool pool;
    private final boolean histogram;
    private final ToLongFunction<PoolSnapshot> count;
    private final ToDoubleFunction<PoolSnapshot> total;

    private final LongAdder ownCount = new LongAdder();
    private final LongAdder ownNanos = new LongAdder();

    private final ReentrantLock change = new ReentrantLock();
    private final List<Long> early = new ArrayList<>();
    private final List<Timer> timers = new CopyOnWriteArrayList<>();

    private Timing(
            Pool pool,
            boolean histogram,
            @Nullable ToLongFunction<PoolSnapshot> count,
            @Nullable ToDoubleFunction<PoolSnapshot> total) {
        this.pool = pool;
        this.histogram = histogram;
        this.count = count != null ? count : now -> ownCount.sum();
        this.total = total != null ? total : now -> ownNanos.sum();
    }

    static Timing of(PoolTimer timer, Pool pool, boolean histogram) {
        Timing timing = switch (timer) {
            case WAIT ->
                new Timing(
                        pool,
                        histogram,
                        PoolSnapshot::waits,
                        now -> now.waitTime().toNanos());
            case OPEN ->
                new Timing(
                        pool,
                        histogram,
                        PoolSnapshot::opened,
                        now -> now.openTime().toNanos());
            case HOLD, RESET -> new Timing(pool, histogram, null, null);
        };
        timing.listenFor(timer);
        return timing;
    }

    private void listenFor(PoolTimer timer) {
        Set<PoolEvent.Kind> kinds = switch (timer) {
            case WAIT -> histogram ? EnumSet.of(PoolEvent.Kind.WAITED) : Set.of();
            case OPEN -> histogram ? EnumSet.of(PoolEvent.Kind.CONNECT) : Set.of();
            case HOLD -> EnumSet.of(PoolEvent.Kind.CHECKOUT, PoolEvent.Kind.CHECKIN, PoolEvent.Kind.DETACH);
            case RESET -> EnumSet.of(PoolEvent.Kind.RESET, PoolEvent.Kind.CHECKIN);
        };
        if (!kinds.isEmpty()) {
            pool.subscribe(kinds, this::handle);
        }
    }

    private void handle(PoolEvent event) {
        if (event instanceof PoolEvent.Waited waited) {
            record(waited.waited().toNanos());
        } else if (event instanceof PoolEvent.Connect connect) {
            record(connect.entry().age().toNanos()); // which began with the opening
        } else if (event instanceof PoolEvent.Checkout checkout) {
            begin(checkout.entry());
        } else if (event instanceof PoolEvent.Reset reset && reset.entry() != null) {
            begin(reset.entry());
        } else if (event instanceof PoolEvent.Checkin checkin) {
            end(checkin.entry());
        } else if (event instanceof PoolEvent.Detach detach) {
            end(detach.entry());
        }
    }

    private void begin(ConnectionPoolEntry entry) {
        entry.recordInfo().put(this, pool.config().ticker().nanos());
    }

    /** Not everything that ends has begun: a place may come back that never had a connection. */
    private void end(ConnectionPoolEntry entry) {
        if (entry.recordInfo().remove(this) instanceof Long start) {
            record(pool.config().ticker().nanos() - start);
        }
    }

    private void record(long nanos) {
        ownCount.increment();
        ownNanos.add(nanos);
        if (histogram && (!timers.isEmpty() || !keep(nanos))) {
            timers.forEach(timer -> timer.record(nanos, TimeUnit.NANOSECONDS));
        }
    }

    private boolean keep(long nanos) {
        change.lock();
        try {
            if (!timers.isEmpty()) {
                return false; // the first has just come
            }
            if (early.size() < KEPT) {
                early.add(nanos);
            }
            return true;
        } finally {
            change.unlock();
        }
    }

    void register(PoolMeter meter, Tags tags, MeterRegistry registry) {
        if (!histogram) {
            FunctionTimer.builder(
                            meter.meterName(),
                            this,
                            timing -> timing.count.applyAsLong(timing.pool.snapshot()),
                            timing -> timing.total.applyAsDouble(timing.pool.snapshot()),
                            TimeUnit.NANOSECONDS)
                    .description(meter.description())
                    .tags(tags)
                    .register(registry);
            return;
        }
        feed(Timer.builder(meter.meterName())
                .description(meter.description())
                .tags(tags)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofNanos(100_000))
                .maximumExpectedValue(Duration.ofMinutes(1))
                .register(registry));
    }

    private void feed(Timer timer) {
        change.lock();
        try {
            if (!timers.contains(timer)) {
                early.forEach(nanos -> timer.record(nanos, TimeUnit.NANOSECONDS));
                timers.add(timer);
            }
        } finally {
            change.unlock();
        }
    }
}
