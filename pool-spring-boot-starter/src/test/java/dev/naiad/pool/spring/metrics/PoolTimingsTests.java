/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.PoolListener;
import dev.naiad.pool.PoolProxiedConnection;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PoolTimingsTests {

    private static final Set<PoolTimer> ALL = EnumSet.allOf(PoolTimer.class);

    private final AtomicLong millis = new AtomicLong();
    private final NaiadDataSource dataSource = NaiadDataSource.builder()
            .url("jdbc:h2:mem:timings")
            .poolSize(1)
            .maxOverflow(0)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(millis.get()))
            .listener(new PoolListener() {
                @Override
                public void connect(PoolEvent.Connect event) {
                    millis.addAndGet(7); // before others hear of it
                }
            })
            .build();

    @AfterEach
    void close() {
        dataSource.close();
    }

    private PoolTimings observing(boolean histograms) {
        PoolTimings timings = new PoolTimings(ALL, histograms);
        timings.observe(dataSource.pool());
        dataSource.pool().addListener(new PoolListener() {
            @Override
            public void reset(PoolEvent.Reset event) {
                millis.addAndGet(2);
            }
        });
        return timings;
    }

    private MeterRegistry registered(PoolTimings timings, MeterRegistry registry) {
        for (PoolMeter meter : PoolMeter.values()) {
            if (meter.scheme() == MeterNames.NAIAD && meter.timer() != null) {
                timings.register(meter, meter.timer(), dataSource.pool(), Tags.of("pool", "shop"), registry);
            }
        }
        return registry;
    }

    private void borrowFor(long time) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            assertThat(connection.isClosed()).isFalse();
            millis.addAndGet(time);
        }
    }

    @Test
    void holdIsTheTimeFromCheckoutToCheckinAndResetItsLastPart() throws SQLException {
        MeterRegistry registry = registered(observing(false), new SimpleMeterRegistry());
        borrowFor(5);
        borrowFor(30);
        assertTotal(registry, "hold", 2, 5 + 2 + 30 + 2);
        assertTotal(registry, "reset", 2, 2 + 2);
    }

    @Test
    void detachedConnectionIsHeldUntilItIsDetached() throws SQLException {
        MeterRegistry registry = registered(observing(false), new SimpleMeterRegistry());
        PoolProxiedConnection connection = dataSource.getConnection().unwrap(PoolProxiedConnection.class);
        millis.addAndGet(11);
        connection.detach();
        millis.addAndGet(100);
        connection.close();
        assertTotal(registry, "hold", 1, 11);
    }

    @Test
    void waitIsTimedWhereSomebodyWaits() throws Exception {
        MeterRegistry registry = registered(observing(false), new SimpleMeterRegistry());
        Connection held = dataSource.getConnection();
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
            try {
                dataSource.getConnection().close();
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
        await().until(() -> dataSource.pool().snapshot().waiting() == 1);
        long before = dataSource.pool().snapshot().waits();
        millis.addAndGet(40);
        held.close();
        other.get(10, TimeUnit.SECONDS);
        assertThat(before).as("for the opening").isEqualTo(1);
        assertThat(timer(registry, "wait").count()).isEqualTo(2);
        assertThat(timer(registry, "wait").totalTime(TimeUnit.MILLISECONDS)).isGreaterThanOrEqualTo(40);
    }

    @Test
    void registryThatComesLateLosesNothing() throws SQLException {
        PoolTimings timings = observing(false);
        borrowFor(5);
        borrowFor(6);
        for (int i = 0; i < 2; i++) {
            MeterRegistry registry = registered(timings, new SimpleMeterRegistry());
            assertTotal(registry, "hold", 2, 5 + 2 + 6 + 2);
            assertThat(timer(registry, "open").count()).isEqualTo(1);
            assertThat(timer(registry, "wait").count()).isEqualTo(1);
        }
    }

    @Test
    void histogramHasWhatHappenedBeforeItsRegistryWasThere() throws SQLException {
        PoolTimings timings = observing(true);
        borrowFor(5);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registered(timings, registry);
        registered(timings, registry); // again, as for a registry that is bound twice
        borrowFor(30);

        for (String name : new String[] {"wait", "open", "hold", "reset"}) {
            assertThat(registry.scrape()).contains("naiad_connections_" + name + "_seconds_bucket{pool=\"shop\",le=");
        }
        Timer hold = registry.get("naiad.connections.hold").timer();
        assertThat(hold.count()).isEqualTo(2);
        assertThat(hold.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(5 + 2 + 30 + 2);
        assertThat(registry.get("naiad.connections.open").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(7);
        assertThat(registry.get("naiad.connections.wait").timer().count()).isEqualTo(1);
    }

    @Test
    void whatIsNotAskedForIsNotListenedTo() throws SQLException {
        PoolTimings timings = new PoolTimings(EnumSet.of(PoolTimer.WAIT, PoolTimer.OPEN), false);
        timings.observe(dataSource.pool());
        MeterRegistry registry = registered(timings, new SimpleMeterRegistry());
        try (PoolProxiedConnection connection = dataSource.getConnection().unwrap(PoolProxiedConnection.class)) {
            assertThat(connection.entry().recordInfo()).isEmpty();
        }
        assertThat(registry.find("naiad.connections.hold").meter()).isNull();
        assertThat(registry.find("naiad.connections.reset").meter()).isNull();
        assertThat(timer(registry, "open").count()).isEqualTo(1);
    }

    private static void assertTotal(MeterRegistry registry, String name, long count, long total) {
        assertThat(timer(registry, name).count()).as(name).isEqualTo(count);
        assertThat(timer(registry, name).totalTime(TimeUnit.MILLISECONDS))
                .as(name)
                .isEqualTo(total);
    }

    private static FunctionTimer timer(MeterRegistry registry, String name) {
        return registry.get("naiad.connections." + name).functionTimer();
    }
}
