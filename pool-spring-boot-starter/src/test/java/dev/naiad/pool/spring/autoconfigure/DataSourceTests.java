/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolClosedException;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PoolDataSource;
import dev.naiad.pool.ResetOnReturn;
import dev.naiad.pool.spring.Applications;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The pool behind the data source bean of a whole application, HikariCP being on the class path. */
class DataSourceTests {

    @Test
    void isANaiadDataSourceWithTheSettings() {
        try (var context = Applications.run(Applications.withDatabase(
                "naiad.pool_size=3",
                "naiad.max_overflow=2",
                "naiad.recycle=1h",
                "naiad.timeout=7",
                "naiad.reset_on_return=commit"))) {
            PoolConfig config = context.getBean(NaiadDataSource.class).getConfig();
            assertThat(config.poolSize()).isEqualTo(3);
            assertThat(config.maxOverflow()).isEqualTo(2);
            assertThat(config.recycle()).isEqualTo(Duration.ofHours(1));
            assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(7));
            assertThat(config.resetOnReturn()).isEqualTo(ResetOnReturn.COMMIT);
            assertThat(context.getBeansOfType(DataSource.class)).containsOnlyKeys("dataSource");
        }
    }

    @Test
    void startingOpensNoConnection() {
        try (var context = Applications.run(Applications.withDatabase())) {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            assertThat(dataSource.isStarted()).isTrue();
            assertThat(dataSource.pool().snapshot().opened()).isZero();
        }
    }

    @Test
    void poolIsClosedWithTheContext() {
        Pool pool;
        try (var context = Applications.run(Applications.withDatabase())) {
            pool = context.getBean(NaiadDataSource.class).pool();
            assertThat(context.getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class))
                    .isOne();
            assertThat(pool.snapshot().checkedIn()).isOne();
        }
        assertThat(pool.snapshot().checkedIn()).isZero();
        Assertions.assertThatExceptionOfType(PoolClosedException.class).isThrownBy(pool::connect);
    }

    @ParameterizedTest
    @CsvSource({
        "naiad.name=orders, spring.datasource.name=shop, orders",
        "naiad.name=, spring.datasource.name=shop, shop",
        "naiad.name=, spring.datasource.name=, dataSource"
    })
    void isNamedByItsPropertyElseByTheDataSourceElseByTheBean(String own, String boot, String expected) {
        try (var context = Applications.run(Applications.withDatabase(own, boot))) {
            assertThat(context.getBean(NaiadDataSource.class).pool().name()).isEqualTo(expected);
        }
    }

    @Test
    void springCloudIsToldNotToBindStartedPoolsAgain() {
        String property = "spring.cloud.refresh.never-refreshable";
        try (var context = Applications.run(Applications.withDatabase())) {
            assertThat(context.getEnvironment().getProperty(property, String[].class))
                    .containsExactly(HikariDataSource.class.getName(), NaiadDataSource.class.getName());
        }
        try (var context = Applications.run(Applications.withDatabase(property + "=com.example.Own"))) {
            assertThat(context.getEnvironment().getProperty(property)).isEqualTo("com.example.Own");
        }
    }

    // --- stepping back

    @Test
    void stepsBackForTheUsersDataSource() {
        try (var context = Applications.run(List.of(UsersDataSource.class), Applications.withDatabase())) {
            assertThat(context.getBean(DataSource.class)).isExactlyInstanceOf(SimpleDriverDataSource.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spring.datasource.type=com.zaxxer.hikari.HikariDataSource",
                "naiad.enabled=false",
                "naiad.enabled=off"
            })
    void stepsBackForHikariOnRequest(String property) {
        try (var context = Applications.run(Applications.withDatabase(property))) {
            assertThat(context.getBean(DataSource.class)).isExactlyInstanceOf(HikariDataSource.class);
            assertThat(context.getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class))
                    .isOne();
        }
    }

    @Test
    void stepsBackForJndi() {
        System.setProperty("java.naming.factory.initial", TestNaming.class.getName());
        TestNaming.bound = new SimpleDriverDataSource(new org.h2.Driver(), "jdbc:h2:mem:jndi");
        try (var context = Applications.run("spring.datasource.jndi-name=jdbc/shop", "spring.jmx.enabled=false")) {
            assertThat(context.getBean(DataSource.class)).isSameAs(TestNaming.bound);
        } finally {
            System.clearProperty("java.naming.factory.initial");
            TestNaming.bound = null;
        }
    }

    // --- where the database is

    @Test
    void connectionDetailsDecideWhereToConnect() {
        try (var context = Applications.run(
                List.of(UsersConnectionDetails.class),
                "spring.datasource.url=jdbc:h2:mem:not-this-one",
                "spring.datasource.username=nor-this-one",
                "naiad.pool-size=3")) {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            assertThat(dataSource.getUrl()).isEqualTo("jdbc:h2:mem:detailed");
            assertThat(dataSource.getUsername()).isEqualTo("someone");
            assertThat(dataSource.getConfig().password()).isEqualTo("secret");
            assertThat(dataSource.getConfig().poolSize()).isEqualTo(3);
            assertThat(context.getBean(JdbcTemplate.class).queryForObject("select current_user", String.class))
                    .isEqualToIgnoringCase("someone");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"eager", "lazy"})
    void dataSourceForAnotherUserCanBeDerived(String fetch) throws SQLException {
        try (var context = Applications.run(Applications.withDatabase("spring.datasource.connection-fetch=" + fetch))) {
            context.getBean(JdbcTemplate.class).execute("create user migrator password 'm' admin");
            DataSource dataSource = context.getBean(DataSource.class);

            var derived = DataSourceBuilder.derivedFrom(dataSource)
                    .username("migrator")
                    .password("m")
                    .build();
            try (var pool = (NaiadDataSource) derived) {
                assertThat(currentUser(pool)).isEqualToIgnoringCase("migrator");
            }
            var unpooled = DataSourceBuilder.derivedFrom(dataSource)
                    .type(SimpleDriverDataSource.class)
                    .username("migrator")
                    .password("m")
                    .build();
            assertThat(currentUser(unpooled)).isEqualToIgnoringCase("migrator");
            assertThat(unpooled.getUrl()).startsWith("jdbc:h2:mem:test");
        }
    }

    private static String currentUser(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select current_user")) {
            result.next();
            return result.getString(1);
        }
    }

    // --- lazy connections

    @Test
    void lazyFetchingOpensNothingForATransactionWithoutStatements() {
        try (var context = Applications.run(
                Applications.withDatabase("spring.datasource.connection-fetch=lazy", "naiad.pool-size=4"))) {
            DataSource bean = context.getBean(DataSource.class);
            assertThat(bean).isInstanceOf(LazyConnectionDataSourceProxy.class);
            Pool pool = DataSourceUnwrapper.unwrap(bean, PoolDataSource.class, NaiadDataSource.class)
                    .pool();
            assertThat(pool.config().poolSize()).isEqualTo(4);
            assertThat(pool.snapshot().opened()).isZero();
            var transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
            transaction.executeWithoutResult(
                    status -> {}); // in the first, Spring's proxy looks what autocommit is like
            pool.dispose();
            long before = pool.snapshot().opened();

            transaction.executeWithoutResult(
                    status -> assertThat(status.isNewTransaction()).isTrue());
            assertThat(pool.snapshot().opened()).isEqualTo(before);

            transaction.executeWithoutResult(
                    status -> context.getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class));
            assertThat(pool.snapshot().opened()).isEqualTo(before + 1);
            assertThat(context.getBean("naiadDataSourcePoolMetadataProvider", DataSourcePoolMetadataProvider.class)
                            .getDataSourcePoolMetadata(bean)
                            .getIdle())
                    .isOne();
        }
    }

    @Test
    void eagerFetchingOpensAConnectionForAnyTransaction() {
        try (var context = Applications.run(Applications.withDatabase())) {
            new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                    .executeWithoutResult(status -> {});
            assertThat(context.getBean(NaiadDataSource.class).pool().snapshot().opened())
                    .isOne();
        }
    }

    // --- the users' own pools

    @Test
    void settingsInCodeStayAndTheOthersAreApplied() {
        try (var context = Applications.run(List.of(ConfiguredInCode.class), "naiad.timeout=7", "naiad.pool-size=3")) {
            PoolConfig config = context.getBean(NaiadDataSource.class).getConfig();
            assertThat(config.poolSize()).isEqualTo(50);
            assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(7));
        }
    }

    @Test
    void finishedPoolIsLeftAsItIs() {
        try (var context = Applications.run(List.of(FinishedPool.class), "naiad.pool-size=3", "naiad.name=other")) {
            PoolConfig config = context.getBean(NaiadDataSource.class).getConfig();
            assertThat(config.poolSize()).isEqualTo(20);
            assertThat(config.name()).isEqualTo("finished");
        }
    }

    @Test
    void furtherPoolDoesNotPushTheFirstOneAside() {
        try (ConfigurableApplicationContext context =
                Applications.run(List.of(SecondPool.class), Applications.withDatabase("naiad.pool-size=3"))) {
            NaiadDataSource first = context.getBean("dataSource", NaiadDataSource.class);
            NaiadDataSource second = context.getBean("archive", NaiadDataSource.class);
            assertThat(context.getBean(DataSource.class)).isSameAs(first);
            assertThat(first.getConfig().poolSize()).isEqualTo(3);
            assertThat(second.getConfig().poolSize()).isEqualTo(5);
            assertThat(second.pool().name()).isEqualTo("archive");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class UsersDataSource {

        @Bean
        DataSource mine() {
            return new SimpleDriverDataSource(new org.h2.Driver(), "jdbc:h2:mem:mine");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class UsersConnectionDetails {

        @Bean
        JdbcConnectionDetails details() {
            return new JdbcConnectionDetails() {
                @Override
                public String getUsername() {
                    return "someone";
                }

                @Override
                public String getPassword() {
                    return "secret";
                }

                @Override
                public String getJdbcUrl() {
                    return "jdbc:h2:mem:detailed";
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ConfiguredInCode {

        @Bean
        NaiadDataSource dataSource() {
            NaiadDataSource dataSource = new NaiadDataSource();
            dataSource.configure(settings -> settings.url("jdbc:h2:mem:code").poolSize(50));
            return dataSource;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class FinishedPool {

        @Bean
        NaiadDataSource dataSource() {
            return NaiadDataSource.builder()
                    .url("jdbc:h2:mem:finished")
                    .name("finished")
                    .poolSize(20)
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SecondPool {

        @Bean(defaultCandidate = false)
        DataSource archive() {
            return DataSourceBuilder.create()
                    .type(NaiadDataSource.class)
                    .url("jdbc:h2:mem:archive")
                    .build();
        }
    }
}
