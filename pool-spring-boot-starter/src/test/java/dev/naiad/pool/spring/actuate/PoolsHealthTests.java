/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.autoconfigure.NaiadAutoConfiguration;
import dev.naiad.pool.spring.registry.FailureLog;
import dev.naiad.pool.spring.registry.PoolFailure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.health.DataSourceHealthContributorAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class PoolsHealthTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    NaiadAutoConfiguration.class,
                    DataSourceAutoConfiguration.class,
                    HealthContributorAutoConfiguration.class,
                    HealthContributorRegistryAutoConfiguration.class,
                    DataSourceHealthContributorAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.type=" + NaiadDataSource.class.getName(),
                    "spring.datasource.url=jdbc:h2:mem:health",
                    "naiad.name=shop");

    @Test
    void isThereBesideThatOfTheDatabase() {
        runner.run(context ->
                assertThat(context).hasSingleBean(PoolsHealthContributor.class).hasBean("dbHealthContributor"));
    }

    @Test
    void canBeSwitchedOffAndReplaced() {
        runner.withPropertyValues("management.health.pools.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(PoolsHealthContributor.class));
        runner.withPropertyValues("management.health.defaults.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(PoolsHealthContributor.class));
        runner.withUserConfiguration(OwnIndicator.class)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PoolsHealthContributor.class));
    }

    @Test
    void isNotThereWithoutSpringBootsHealth() {
        new ApplicationContextRunner()
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
                .withConfiguration(
                        AutoConfigurations.of(NaiadAutoConfiguration.class, DataSourceAutoConfiguration.class))
                .withPropertyValues(
                        "spring.datasource.type=" + NaiadDataSource.class.getName(),
                        "spring.datasource.url=jdbc:h2:mem:health")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("poolsHealthContributor"));
    }

    @Test
    void poolThatHasNotBeenUsedIsUpAndStaysUnused() {
        runner.run(context -> {
            Health health = health(context.getBean(PoolsHealthContributor.class), "shop");
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails())
                    .containsEntry("active", 0)
                    .containsEntry("limit", 15)
                    .doesNotContainKey("latestFailure");
            assertThat(context.getBean(NaiadDataSource.class).pool().snapshot().opened())
                    .isZero();
            assertThat(context.getBean(PoolsHealthContributor.class).getContributor("other"))
                    .isNull();
        });
    }

    @Test
    void poolWithWaitingCallersIsSaturatedUntilAConnectionComesBack() {
        runner.withPropertyValues("naiad.pool-size=1", "naiad.max-overflow=0").run(context -> {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            PoolsHealthContributor pools = context.getBean(PoolsHealthContributor.class);
            try (Connection only = dataSource.getConnection()) {
                assertThat(health(pools, "shop").getStatus()).isEqualTo(Status.UP);
                CompletableFuture<Void> waiter = CompletableFuture.runAsync(() -> {
                    try (Connection late = dataSource.getConnection()) {
                        assertThat(late.isClosed()).isFalse();
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
                await().until(() -> dataSource.pool().snapshot().waiting() == 1);
                Health saturated = health(pools, "shop");
                assertThat(saturated.getStatus().getCode()).isEqualTo("SATURATED");
                assertThat(saturated.getDetails())
                        .containsEntry("waiting", 1)
                        .containsEntry("active", 1)
                        .containsKey("verdict");
                only.close();
                waiter.join();
            }
            assertThat(health(pools, "shop").getStatus()).isEqualTo(Status.UP);
        });
    }

    @Test
    void timeoutIsToldByItsVerdictWithoutStacks() {
        runner.withPropertyValues("naiad.pool-size=1", "naiad.max-overflow=0", "naiad.timeout=0", "naiad.nested=off")
                .run(context -> {
                    NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
                    try (Connection only = dataSource.getConnection()) {
                        assertThatExceptionOfType(SQLException.class)
                                .isThrownBy(dataSource::getConnection)
                                .withMessageContaining("\n  Held for ");
                        assertThat(only.isClosed()).isFalse();
                    }
                    Health health = health(context.getBean(PoolsHealthContributor.class), "shop");
                    assertThat(health.getDetails())
                            .extracting("latestFailure", as(InstanceOfAssertFactories.type(PoolFailure.class)))
                            .satisfies(latest -> assertThat(latest.message())
                                    .startsWith("Pool 'shop': no connection was free")
                                    .hasLineCount(1));
                });
    }

    @Test
    void poolIsDownWhenNoConnectionCanBeOpenedAndUpWhenOneCan() throws SQLException {
        Server server = new Server();
        try (NaiadDataSource dataSource = server.dataSource()) {
            MovableClock clock = new MovableClock();
            FailureLog failures = new FailureLog(clock.clock());
            failures.watch(dataSource.pool());
            PoolHealthIndicator indicator = new PoolHealthIndicator(dataSource.pool(), failures, clock.clock());

            server.down.set(true);
            assertThatExceptionOfType(SQLException.class).isThrownBy(dataSource::getConnection);
            Health down = indicator.health();
            assertThat(down.getStatus()).isEqualTo(Status.DOWN);
            assertThat(down.getDetails().get("latestFailure"))
                    .hasToString("PoolFailure[at=" + Instant.EPOCH + ", kind=connect_failed, thread="
                            + failures.recent(dataSource.pool()).get(0).thread()
                            + ", exception=java.sql.SQLException, sqlState=08001, message=no route to"
                            + " jdbc:x://h/d?password=***]");

            server.down.set(false);
            dataSource.getConnection().close();
            assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
        }
    }

    @Test
    void failureThatNobodyHasHadForAMinuteDoesNotKeepThePoolDown() throws SQLException {
        Server server = new Server();
        try (NaiadDataSource dataSource = server.dataSource()) {
            MovableClock clock = new MovableClock();
            FailureLog failures = new FailureLog(clock.clock());
            failures.watch(dataSource.pool());
            PoolHealthIndicator indicator = new PoolHealthIndicator(dataSource.pool(), failures, clock.clock());
            server.down.set(true);
            assertThatExceptionOfType(SQLException.class).isThrownBy(dataSource::getConnection);

            clock.now = Instant.EPOCH.plus(PoolHealthIndicator.FRESH).minusMillis(1);
            assertThat(indicator.health().getStatus()).isEqualTo(Status.DOWN);
            clock.now = Instant.EPOCH.plus(PoolHealthIndicator.FRESH);
            assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
            assertThat(indicator.health().getDetails()).containsKey("latestFailure");
        }
    }

    @Test
    void poolWithAnOpenConnectionIsNotDownWhenAnotherCannotBeOpened() throws SQLException {
        Server server = new Server();
        try (NaiadDataSource dataSource = server.dataSource()) {
            MovableClock clock = new MovableClock();
            FailureLog failures = new FailureLog(clock.clock());
            failures.watch(dataSource.pool());
            try (Connection first = dataSource.getConnection()) {
                server.down.set(true);
                assertThatExceptionOfType(SQLException.class).isThrownBy(dataSource::getConnection);
                assertThat(first.isClosed()).isFalse();
                assertThat(new PoolHealthIndicator(dataSource.pool(), failures, clock.clock())
                                .health()
                                .getStatus())
                        .isEqualTo(Status.UP);
            }
        }
    }

    private static Health health(PoolsHealthContributor pools, String name) {
        HealthContributor contributor = pools.getContributor(name);
        assertThat(pools.stream()).extracting(entry -> entry.name()).contains(name);
        return ((HealthIndicator) contributor).health();
    }

    /** A database that can be out of reach. */
    private static final class Server {

        private final AtomicBoolean down = new AtomicBoolean();

        NaiadDataSource dataSource() {
            return NaiadDataSource.builder()
                    .name("shop")
                    .connectionFactory(entry -> open())
                    .build();
        }

        private Connection open() throws SQLException {
            if (down.get()) {
                throw new SQLException("no route to jdbc:x://h/d?password=secret", "08001");
            }
            return DriverManager.getConnection("jdbc:h2:mem:server");
        }
    }

    private static final class MovableClock implements InstantSource {

        private volatile Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
            return now;
        }

        Clock clock() {
            return withZone(ZoneOffset.UTC);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnIndicator {

        @Bean
        HealthIndicator poolsHealthIndicator() {
            return () -> Health.up().build();
        }
    }
}
