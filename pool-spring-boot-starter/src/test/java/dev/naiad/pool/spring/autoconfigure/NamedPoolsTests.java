/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.CloseReason;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PoolDataSource;
import dev.naiad.pool.spring.Applications;
import dev.naiad.pool.spring.actuate.PoolsHealthContributor;
import dev.naiad.pool.spring.event.PoolApplicationEvent;
import dev.naiad.pool.spring.metrics.PoolMetrics;
import dev.naiad.pool.spring.registry.PoolRegistry;
import dev.naiad.pool.spring.registry.RegisteredPool;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** Several pools: below {@code naiad.pools}, as beans of the user's, and behind routing data sources. */
class NamedPoolsTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(NaiadAutoConfiguration.class, DataSourceAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.type=" + NaiadDataSource.class.getName(),
                    "spring.datasource.url=jdbc:h2:mem:first");

    @Test
    void eachIsABeanBesideTheAutoConfiguredOne() {
        runner.withPropertyValues("naiad.pools.archive.url=jdbc:h2:mem:archive", "naiad.pools.audit.url=jdbc:h2:mem:au")
                .run(context -> {
                    assertThat(context.getBeansOfType(DataSource.class))
                            .containsOnlyKeys("dataSource", "archiveDataSource", "auditDataSource");
                    assertThat(context.getBean(DataSource.class)).isSameAs(context.getBean("dataSource"));
                    assertThat(pool(context.getBean("archiveDataSource")).name())
                            .isEqualTo("archive");
                });
    }

    @Test
    void nothingIsRegisteredWithoutThem() {
        runner.run(
                context -> assertThat(context.getBeansOfType(DataSource.class)).containsOnlyKeys("dataSource"));
    }

    @Test
    void thereAreNoneIfNaiadIsSwitchedOff() {
        runner.withPropertyValues("naiad.enabled=false", "naiad.pools.archive.url=jdbc:h2:mem:archive")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("archiveDataSource"));
    }

    @Test
    void hasItsOwnSettingsAndThoseOfAllPoolsForTheRest() {
        runner.withPropertyValues(
                        "naiad.pool-size=7",
                        "naiad.timeout=3",
                        "naiad.pools.archive.url=jdbc:h2:mem:archive;USER=x",
                        "naiad.pools.archive.username=sa",
                        "naiad.pools.archive.password=p",
                        "naiad.pools.archive.driver-class-name=org.h2.Driver",
                        "naiad.pools.archive.pool_size=2",
                        "naiad.pools.archive.recycle=1h")
                .run(context -> {
                    PoolConfig archive = pool(context.getBean("archiveDataSource"));
                    assertThat(archive.poolSize()).isEqualTo(2);
                    assertThat(archive.timeout()).hasSeconds(3);
                    assertThat(archive.recycle()).hasHours(1);
                    assertThat(archive.username()).isEqualTo("sa");
                    assertThat(archive.password()).isEqualTo("p");
                    assertThat(archive.driverClassName()).isEqualTo("org.h2.Driver");
                    assertThat(pool(context.getBean("dataSource")).poolSize()).isEqualTo(7);
                });
    }

    @Test
    void isInjectedByItsQualifier() {
        runner.withPropertyValues("naiad.pools.archive.url=jdbc:h2:mem:archive")
                .withUserConfiguration(Qualified.class)
                .run(context -> assertThat(context.getBean(Qualified.class).archive)
                        .isSameAs(context.getBean("archiveDataSource")));
    }

    @Test
    void primaryOneTakesThePlaceOfTheAutoConfiguredOne() {
        runner.withPropertyValues(
                        "naiad.pools.orders.url=jdbc:h2:mem:orders",
                        "naiad.pools.orders.primary=true",
                        "naiad.pools.archive.url=jdbc:h2:mem:archive")
                .run(context -> {
                    assertThat(context.getBeansOfType(DataSource.class))
                            .containsOnlyKeys("ordersDataSource", "archiveDataSource");
                    assertThat(context.getBean(DataSource.class)).isSameAs(context.getBean("ordersDataSource"));
                });
    }

    @Test
    void defaultCandidateMakesTheAutoConfiguredOneStepBack() {
        runner.withPropertyValues(
                        "naiad.pools.orders.url=jdbc:h2:mem:orders", "naiad.pools.orders.default-candidate=true")
                .run(context ->
                        assertThat(context.getBeansOfType(DataSource.class)).containsOnlyKeys("ordersDataSource"));
    }

    @Test
    void usersBeanOfTheSameNameIsAnError() {
        runner.withPropertyValues("naiad.pools.archive.url=jdbc:h2:mem:archive")
                .withBean("archiveDataSource", String.class, () -> "mine")
                .run(context -> assertThat(context).hasFailed());
    }

    @Test
    void eachHasMetricsHealthAndLifecycle() {
        NaiadDataSource[] archive = new NaiadDataSource[1];
        try (var context = Applications.run(Applications.withDatabase("naiad.pools.archive.url=jdbc:h2:mem:archive"))) {
            archive[0] = (NaiadDataSource) context.getBean("archiveDataSource");
            JdbcTemplate jdbc = new JdbcTemplate(archive[0]);
            assertThat(jdbc.queryForObject("select 1", Integer.class)).isOne();

            SimpleMeterRegistry meters = new SimpleMeterRegistry();
            context.getBean(PoolMetrics.class).bindTo(meters);
            assertThat(meters.get("naiad.connections.idle")
                            .tag("pool", "archive")
                            .gauge()
                            .value())
                    .isOne();
            assertThat(context.getBean(PoolsHealthContributor.class).stream())
                    .extracting(entry -> entry.name())
                    .containsExactlyInAnyOrder("dataSource", "archive");

            context.pause();
            assertThat(archive[0].pool().snapshot().checkedIn()).isZero();
            context.restart();
            assertThat(jdbc.queryForObject("select 1", Integer.class)).isOne();
        }
        await().untilAsserted(() -> assertThat(archive[0].pool().snapshot().closed())
                .containsEntry(CloseReason.DISPOSED, 1L)
                .containsEntry(CloseReason.POOL_CLOSED, 1L));
    }

    @Test
    void eventsOfAllPoolsArePublished() throws InterruptedException, SQLException {
        try (var context = Applications.run(
                List.of(Heard.class, Routing.class),
                Applications.withDatabase("naiad.pools.archive.url=jdbc:h2:mem:archive"))) {
            for (String bean : List.of("archiveDataSource", "router")) {
                context.getBean(bean, DataSource.class).getConnection().close();
            }
            Heard heard = context.getBean(Heard.class);
            assertThat(List.of(heard.next(), heard.next())).containsExactlyInAnyOrder("archive", "north");
        }
    }

    // --- pools that are not beans

    @Test
    void poolsBehindARoutingDataSourceAreFoundToo() {
        runner.withUserConfiguration(Routing.class).run(context -> {
            assertThat(context.getBean(PoolRegistry.class).pools())
                    .extracting(RegisteredPool::name, RegisteredPool::beanName)
                    .containsExactlyInAnyOrder(
                            tuple("dataSource", "dataSource"),
                            tuple("north", "router.north"),
                            tuple("south", "router.south"));
        });
    }

    // --- readers

    @Test
    void readOnlyTransactionsGoToTheReader() {
        runner.withPropertyValues(
                        "naiad.pools.orders.url=jdbc:h2:mem:writer",
                        "naiad.pools.orders.primary=true",
                        "naiad.pools.replica.url=jdbc:h2:mem:reader",
                        "naiad.pools.replica.read-only-of=orders")
                .run(context -> {
                    DataSource router = context.getBean("ordersDataSource", DataSource.class);
                    assertThat(router).isInstanceOf(LazyConnectionDataSourceProxy.class);
                    assertRouted(router);
                    assertThat(context.getBean(PoolRegistry.class).pools())
                            .extracting(RegisteredPool::name)
                            .containsExactlyInAnyOrder("orders", "replica");
                });
    }

    @Test
    void autoConfiguredDataSourceMayHaveAReaderLazyOrNot() {
        for (String fetch : List.of("eager", "lazy")) {
            runner.withPropertyValues(
                            "spring.datasource.url=jdbc:h2:mem:writer",
                            "spring.datasource.connection-fetch=" + fetch,
                            "naiad.pools.replica.url=jdbc:h2:mem:reader",
                            "naiad.pools.replica.read-only-of=dataSource")
                    .run(context -> assertRouted(context.getBean("dataSource", DataSource.class)));
        }
    }

    @Test
    void readerOfNobodyIsRefused() {
        runner.withPropertyValues(
                        "naiad.pools.replica.url=jdbc:h2:mem:reader", "naiad.pools.replica.read-only-of=oders")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                        .hasMessageContaining("naiad.pools.replica.read-only-of"));
    }

    private static void assertRouted(DataSource router) {
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(router));
        assertThat(transaction.<String>execute(status -> database(router))).isEqualToIgnoringCase("writer");
        transaction.setReadOnly(true);
        assertThat(transaction.<String>execute(status -> database(router))).isEqualToIgnoringCase("reader");
    }

    private static String database(DataSource dataSource) {
        return new JdbcTemplate(dataSource).queryForObject("select database()", String.class);
    }

    private static PoolConfig pool(Object bean) {
        return ((PoolDataSource) bean).pool().config();
    }

    @Configuration(proxyBeanMethods = false)
    static class Qualified {

        private final DataSource archive;

        Qualified(@Qualifier("archive") DataSource archive) {
            this.archive = archive;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Heard {

        private final LinkedBlockingQueue<String> pools = new LinkedBlockingQueue<>();

        @EventListener
        void on(PoolApplicationEvent.Connect event) {
            pools.add(event.getPoolName());
        }

        String next() throws InterruptedException {
            return pools.poll(10, TimeUnit.SECONDS);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Routing {

        @Bean(defaultCandidate = false)
        DataSource router() {
            AbstractRoutingDataSource router = new AbstractRoutingDataSource() {
                @Override
                protected Object determineCurrentLookupKey() {
                    return "north";
                }
            };
            router.setTargetDataSources(Map.of("north", pool("north"), "south", pool("south")));
            router.afterPropertiesSet();
            return router;
        }

        private static DataSource pool(String name) {
            return NaiadDataSource.builder()
                    .name(name)
                    .url("jdbc:h2:mem:" + name)
                    .build();
        }
    }
}
