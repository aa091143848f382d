/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.NullPool;
import dev.naiad.pool.PoolProxiedConnection;
import dev.naiad.pool.PoolTimeoutException;
import dev.naiad.pool.spring.autoconfigure.NaiadAutoConfiguration;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.metrics.DataSourcePoolMetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class PoolMetricsTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    NaiadAutoConfiguration.class,
                    DataSourceAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    DataSourcePoolMetricsAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.type=" + NaiadDataSource.class.getName(),
                    "spring.datasource.url=jdbc:h2:mem:metrics",
                    "naiad.name=shop",
                    "naiad.pool-size=1",
                    "naiad.max-overflow=2");

    @Test
    void gaugesShowWhatIsHeld() {
        runner.run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            assertThat(gauge(registry, "size")).isEqualTo(1);
            assertThat(gauge(registry, "limit")).isEqualTo(3);
            assertThat(gauge(registry, "active")).isZero();
            assertThat(gauge(registry, "overflow")).isZero();
            try (Connection first = dataSource.getConnection();
                    Connection second = dataSource.getConnection()) {
                assertThat(gauge(registry, "active")).isEqualTo(2);
                assertThat(gauge(registry, "idle")).isZero();
                assertThat(gauge(registry, "overflow")).isEqualTo(1);
                assertThat(gauge(registry, "opening")).isZero();
                assertThat(counter(registry, "opened")).isEqualTo(2);
            }
            assertThat(gauge(registry, "active")).isZero();
            assertThat(gauge(registry, "idle")).isEqualTo(1);
            await().untilAsserted(() -> assertThat(gauge(registry, "overflow")).isZero());
            await().untilAsserted(() -> assertThat(closed(registry, "overflow")).isEqualTo(1));
            assertThat(closed(registry, "recycled")).isZero();
        });
    }

    @Test
    void genericGaugesShowTheSame() {
        runner.run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            try (Connection first = dataSource.getConnection();
                    Connection second = dataSource.getConnection()) {
                assertThat(generic(registry, "active")).isEqualTo(2);
                assertThat(generic(registry, "idle")).isZero();
            }
            assertThat(generic(registry, "active")).isZero();
            assertThat(generic(registry, "idle")).isEqualTo(1);
            assertThat(generic(registry, "max")).isEqualTo(3);
            assertThat(generic(registry, "min")).isZero();
        });
    }

    @Test
    void noPlaceIsIdleWhoseConnectionIsLost() {
        runner.withPropertyValues("naiad.metrics.hikari-names=true").run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            try (Connection connection = context.getBean(NaiadDataSource.class).getConnection()) {
                assertThat(registry.get("hikaricp.connections").gauge().value()).isEqualTo(1);
                connection.unwrap(PoolProxiedConnection.class).invalidate(null);
            }
            assertThat(gauge(registry, "idle")).isZero();
            assertThat(generic(registry, "idle")).isZero();
            assertThat(registry.get("hikaricp.connections.idle").gauge().value())
                    .isZero();
            assertThat(registry.get("hikaricp.connections").gauge().value()).isZero();
        });
    }

    @Test
    void whatIsToBeKeptIdleIsShown() {
        runner.withPropertyValues("naiad.min-idle=1")
                .run(context -> assertThat(generic(context.getBean(MeterRegistry.class), "min"))
                        .isEqualTo(1));
    }

    @Test
    void noLimitIsShownAsMinusOne() {
        runner.withPropertyValues("naiad.pool-size=0").run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(gauge(registry, "limit")).isEqualTo(-1);
            assertThat(generic(registry, "max")).isEqualTo(-1);
        });
    }

    @Test
    void proxiedDataSourceIsFound() {
        runner.withPropertyValues("spring.datasource.connection-fetch=lazy").run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            try (Connection connection = context.getBean(DataSource.class).getConnection()) {
                connection.createStatement().close();
                assertThat(gauge(registry, "active")).isEqualTo(1);
                assertThat(generic(registry, "active")).isEqualTo(1);
            }
        });
    }

    @Test
    void waitingCallersAreShown() {
        runner.withPropertyValues("naiad.max-overflow=0").run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            CompletableFuture<Void> waiting;
            try (Connection held = dataSource.getConnection()) {
                waiting = CompletableFuture.runAsync(() -> borrow(dataSource), PoolMetricsTests::inThread);
                await().until(() -> gauge(registry, "waiting") == 1);
                assertThat(held.isClosed()).isFalse();
            }
            waiting.get();
            assertThat(gauge(registry, "waiting")).isZero();
            assertThat(counter(registry, "timeouts")).isZero();
        });
    }

    @Test
    void timeoutsAndFailuresAreCounted() {
        runner.withPropertyValues("naiad.max-overflow=0", "naiad.timeout=0").run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            try (Connection held = dataSource.getConnection()) {
                Assertions.assertThatExceptionOfType(PoolTimeoutException.class).isThrownBy(dataSource::getConnection);
                Assertions.assertThatExceptionOfType(PoolTimeoutException.class).isThrownBy(dataSource::getConnection);
            }
            assertThat(counter(registry, "timeouts")).isEqualTo(2);
            assertThat(counter(registry, "open.failures")).isZero();
        });
        runner.withPropertyValues("spring.datasource.url=jdbc:h2:mem:absent;IFEXISTS=TRUE")
                .run(context -> {
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    Assertions.assertThatExceptionOfType(SQLException.class)
                            .isThrownBy(context.getBean(DataSource.class)::getConnection);
                    assertThat(counter(registry, "open.failures")).isEqualTo(1);
                    assertThat(counter(registry, "opened")).isZero();
                });
    }

    @Test
    void whatHappenedBeforeTheRegistryCameIsIncluded() {
        runner.withUserConfiguration(EarlyBorrower.class).run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(counter(registry, "opened")).isEqualTo(2);
            assertThat(closed(registry, "overflow")).isEqualTo(1);
        });
        runner.run(context -> {
            borrow(context.getBean(DataSource.class));
            MeterRegistry late = new SimpleMeterRegistry();
            context.getBean(PoolMetrics.class).bindTo(late);
            assertThat(counter(late, "opened")).isEqualTo(1);
        });
    }

    @Test
    void everyPoolHasItsTag() {
        runner.withUserConfiguration(MorePools.class).run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            borrow(context.getBean("archive", DataSource.class));
            assertThat(counter(registry, "opened")).isZero();
            assertThat(registry.get("naiad.connections.opened")
                            .tag("pool", "archive")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("naiad.connections.closed")
                            .tags(Tags.of("pool", "unpooled", "reason", "not_pooled"))
                            .functionCounter()
                            .count())
                    .isZero();
        });
    }

    @Test
    void poolsOfTheSameNameAreToldApartByTheirBeans() {
        runner.withUserConfiguration(Twin.class)
                .run(context -> assertThat(context.getBean(MeterRegistry.class)
                                .find("naiad.connections.size")
                                .gauges())
                        .extracting(gauge -> gauge.getId().getTag("pool"))
                        .containsExactlyInAnyOrder("dataSource", "twin"));
    }

    @Test
    void droppedEventsAreCounted() {
        runner.run(context -> assertThat(context.getBean(MeterRegistry.class)
                        .get("naiad.events.dropped")
                        .functionCounter()
                        .count())
                .isZero());
    }

    @Test
    void prometheusTakesEveryMeter() {
        runner.withUserConfiguration(MorePools.class).run(context -> {
            var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            context.getBean(PoolMetrics.class).bindTo(registry);
            assertThat(registry.scrape())
                    .contains(
                            "naiad_connections_active{pool=\"archive\"} 0.0",
                            "naiad_connections_limit{pool=\"shop\"} 3.0",
                            "naiad_connections_opened_total{pool=\"shop\"} 0.0",
                            "naiad_connections_open_failures_total{pool=\"shop\"} 0.0",
                            "naiad_connections_closed_total{pool=\"shop\",reason=\"overflow\"} 0.0",
                            "naiad_connections_timeouts_total{pool=\"shop\"} 0.0",
                            "naiad_events_dropped_total 0.0");
        });
    }

    private static void inThread(Runnable task) {
        new Thread(task).start();
    }

    private static void borrow(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection()) {
            assertThat(connection.isClosed()).isFalse();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static double gauge(MeterRegistry registry, String name) {
        return registry.get("naiad.connections." + name)
                .tag("pool", "shop")
                .gauge()
                .value();
    }

    private static double generic(MeterRegistry registry, String name) {
        return registry.get("jdbc.connections." + name)
                .tag("name", "dataSource")
                .gauge()
                .value();
    }

    private static double counter(MeterRegistry registry, String name) {
        return registry.get("naiad.connections." + name)
                .tag("pool", "shop")
                .functionCounter()
                .count();
    }

    private static double closed(MeterRegistry registry, String reason) {
        FunctionCounter counter = registry.get("naiad.connections.closed")
                .tags(Tags.of("pool", "shop", "reason", reason))
                .functionCounter();
        return counter.count();
    }

    @Configuration(proxyBeanMethods = false)
    static class EarlyBorrower {

        @Bean
        InitializingBean migration(DataSource dataSource) {
            return () -> {
                try (Connection first = dataSource.getConnection();
                        Connection second = dataSource.getConnection()) {
                    assertThat(first).isNotSameAs(second);
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class MorePools {

        @Bean(defaultCandidate = false)
        DataSource archive() {
            return DataSourceBuilder.create()
                    .type(NaiadDataSource.class)
                    .url("jdbc:h2:mem:archive")
                    .build();
        }

        @Bean(defaultCandidate = false)
        NaiadDataSource unpooled() {
            return NaiadDataSource.builder()
                    .url("jdbc:h2:mem:archive")
                    .name("unpooled")
                    .poolClass(NullPool::new)
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Twin {

        @Bean(defaultCandidate = false)
        NaiadDataSource twin() {
            return NaiadDataSource.builder()
                    .url("jdbc:h2:mem:archive")
                    .name("shop")
                    .build();
        }
    }
}
