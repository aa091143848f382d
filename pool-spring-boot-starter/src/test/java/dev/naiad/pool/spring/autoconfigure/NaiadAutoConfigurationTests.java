/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.naiad.pool.InvalidSettingException;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.event.PoolEventPublisher;
import dev.naiad.pool.spring.metrics.PoolMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.XADataSourceWrapper;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.XADataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the auto-configuration does with other things on or off the class path. */
class NaiadAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    NaiadAutoConfiguration.class,
                    DataSourceAutoConfiguration.class,
                    XADataSourceAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.type=" + NaiadDataSource.class.getName(),
                    "spring.datasource.url=jdbc:h2:mem:configured");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.springframework.boot.autoconfigure.AutoConfiguration",
                "org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureJdbc",
                "org.springframework.boot.jooq.test.autoconfigure.AutoConfigureJooq"
            })
    void isListedForApplicationsAndTestSlices(String annotation) throws IOException {
        List<URL> lists = Collections.list(
                getClass().getClassLoader().getResources("META-INF/spring/" + annotation + ".imports"));
        assertThat(lists).anySatisfy(list -> {
            try (InputStream content = list.openStream()) {
                assertThat(content).asString(UTF_8).contains(NaiadAutoConfiguration.class.getName());
            }
        });
    }

    @Test
    void worksWithHikari() {
        runner.run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(NaiadDataSource.class)
                .hasSingleBean(PoolEventPublisher.class)
                .hasSingleBean(PoolMetrics.class)
                .doesNotHaveBean(HikariDataSource.class));
    }

    @Test
    void poolIsMadeWithTheContextSoThatWrongSettingsShow() {
        runner.run(context -> {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            assertThat(dataSource.isStarted()).isTrue();
            assertThat(dataSource.pool().snapshot().opened()).isZero();
        });
        runner.withPropertyValues("spring.datasource.url=jdbc:unknown:x")
                .run(context -> assertThat(context).getFailure().hasRootCauseInstanceOf(InvalidSettingException.class));
    }

    @Test
    void worksWithoutHikari() {
        runner.withClassLoader(new FilteredClassLoader(HikariDataSource.class))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(NaiadDataSource.class));
    }

    @Test
    void worksWithoutMicrometer() {
        runner.withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(NaiadDataSource.class)
                        .hasSingleBean(PoolEventPublisher.class)
                        .doesNotHaveBean("naiadPoolMetrics"));
    }

    @Test
    void micrometerBindsItsMeters() {
        runner.run(context -> assertThat(context).getBean(MeterBinder.class).isInstanceOf(PoolMetrics.class));
    }

    @Test
    void doesNothingWhenSwitchedOff() {
        runner.withPropertyValues("naiad.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(NaiadAutoConfiguration.class)
                        .doesNotHaveBean(NaiadDataSourcePostProcessor.class)
                        .doesNotHaveBean(PoolEventPublisher.class)
                        .doesNotHaveBean(PoolMetrics.class));
    }

    @Test
    void stepsBackForAnXaDataSourceWrapper() {
        runner.withUserConfiguration(XaConfiguration.class).run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(DataSource.class).doesNotHaveBean(NaiadDataSource.class);
            assertThat(context.getBean(DataSource.class)).isInstanceOf(JdbcDataSource.class);
        });
    }

    @Test
    void stepsBackForR2dbc() {
        runner.withUserConfiguration(R2dbcConfiguration.class)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(DataSource.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class XaConfiguration {

        @Bean
        XADataSourceWrapper wrapper() {
            return XaConfiguration::unwrapped;
        }

        private static DataSource unwrapped(XADataSource dataSource) {
            return (DataSource) dataSource; // H2's is both
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class R2dbcConfiguration {

        @Bean
        ConnectionFactory connectionFactory() {
            return (ConnectionFactory) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {ConnectionFactory.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "getMetadata" -> (ConnectionFactoryMetadata) () -> "none";
                        case "hashCode" -> 1;
                        case "toString" -> "none";
                        default -> null;
                    });
        }
    }
}
