/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.AssertionPool;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.spring.actuate.PoolsEndpoint;
import dev.naiad.pool.spring.actuate.SettingSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.autoconfigure.context.properties.ConfigurationPropertiesReportEndpointAutoConfiguration;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Data sources that an application makes itself and binds to properties of its own. */
@ExtendWith(OutputCaptureExtension.class)
class OwnPropertiesTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(NaiadAutoConfiguration.class, DataSourceAutoConfiguration.class))
            .withPropertyValues("management.endpoints.web.exposure.include=pools");

    private final ApplicationContextRunner archive =
            runner.withUserConfiguration(Archive.class).withPropertyValues("app.archive.url=jdbc:h2:mem:archive");

    @Test
    void allSettingsAreBoundWithTheirUnits(CapturedOutput output) {
        archive.withPropertyValues(
                        "app.archive.pool_size=20",
                        "app.archive.maxOverflow=0",
                        "app.archive.timeout=7",
                        "app.archive.recycle=-1",
                        "app.archive.name=history",
                        "app.archive.connection-properties.IFEXISTS=FALSE")
                .run(context -> {
                    PoolConfig config = config(context, "archive");
                    assertThat(config.url()).isEqualTo("jdbc:h2:mem:archive");
                    assertThat(config.poolSize()).isEqualTo(20);
                    assertThat(config.maxOverflow()).isZero();
                    assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(7));
                    assertThat(config.recycle()).isNull();
                    assertThat(config.name()).isEqualTo("history");
                    assertThat(config.connectionProperties()).isEqualTo(Map.of("IFEXISTS", "FALSE"));
                });
        assertThat(output).doesNotContain("There is no property");
    }

    @Test
    void environmentVariablesAreBound(CapturedOutput output) {
        archive.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                "test-systemEnvironment",
                                Map.of("APP_ARCHIVE_POOL_SIZE", "20", "APP_ARCHIVE_MAXOVERFLOW", "0"))))
                .run(context -> {
                    assertThat(config(context, "archive").poolSize()).isEqualTo(20);
                    assertThat(config(context, "archive").maxOverflow()).isZero();
                });
        assertThat(output).doesNotContain("There is no property");
    }

    @Test
    void whatIsBoundIsAboveWhatIsSetInCode() {
        archive.withPropertyValues("app.archive.pool-size=5").run(context -> {
            assertThat(config(context, "archive").poolSize()).isEqualTo(5);
            assertThat(config(context, "archive").minIdle()).isOne();
        });
        archive.run(context -> assertThat(config(context, "archive").poolSize()).isEqualTo(2));
    }

    @Test
    void ofTheFirstDataSourceTheSettingsBelowNaiadAreLeftForWhatIsNotBound() {
        runner.withUserConfiguration(First.class)
                .withPropertyValues(
                        "app.first.url=jdbc:h2:mem:first",
                        "app.first.settings.pool_size=5",
                        "naiad.pool-size=9",
                        "naiad.max-overflow=3")
                .run(context -> {
                    assertThat(config(context, "dataSource").url()).isEqualTo("jdbc:h2:mem:first");
                    assertThat(config(context, "dataSource").poolSize()).isEqualTo(5);
                    assertThat(config(context, "dataSource").maxOverflow()).isEqualTo(3);
                });
    }

    @Test
    void anotherDataSourceHasNothingOfWhatIsBelowNaiad() {
        archive.withPropertyValues("naiad.timeout=9", "naiad.pool-class=static")
                .run(context -> assertThat(config(context, "archive").timeout()).isEqualTo(Duration.ofSeconds(30)));
    }

    @Test
    void poolHasTheClassThatIsBound() {
        archive.withPropertyValues("app.archive.pool_class=assertion", "app.archive.store-traceback=false")
                .run(context -> {
                    assertThat(context.getBean(NaiadDataSource.class).pool()).isInstanceOf(AssertionPool.class);
                    assertThat(config(context, "archive").storeTraceback()).isFalse();
                });
    }

    @Test
    void settingThatTheClassDoesNotHeedIsRefused() {
        archive.withPropertyValues("app.archive.pool-class=static", "app.archive.max-overflow=3")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith(
                                "'app.archive.max-overflow' does not go together with 'app.archive.pool-class'"));
    }

    @Test
    void credentialsAreReadFromTheDirectoryThatIsBound(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("username"), "keeper");
        Files.writeString(directory.resolve("password"), "keeper");
        archive.withPropertyValues("app.archive.credentials-directory=" + directory)
                .run(context -> assertThat(config(context, "archive").credentials())
                        .isNotNull()
                        .satisfies(provider ->
                                assertThat(provider.get().username()).isEqualTo("keeper")));
    }

    @Test
    void firstConnectionIsOpenedIfThatIsBound() {
        archive.withPropertyValues("app.archive.initialization-fail-timeout=0")
                .run(context -> assertThat(context.getBean(NaiadDataSource.class)
                                .pool()
                                .snapshot()
                                .opened())
                        .isOne());
    }

    @Test
    void endpointShowsWhereASettingComesFrom() {
        archive.withPropertyValues("app.archive.pool_size=20", "naiad.timeout=9")
                .run(context -> {
                    Map<String, SettingSource.Setting> settings =
                            context.getBean(PoolsEndpoint.class).pool("archive").settings();
                    assertThat(settings.get("pool-size"))
                            .isEqualTo(new SettingSource.Setting(
                                    20, "\"app.archive.pool_size\" from property source \"test\""));
                    assertThat(settings.get("min-idle")).isEqualTo(new SettingSource.Setting(1, "code"));
                    assertThat(settings.get("timeout")).isEqualTo(new SettingSource.Setting("pt30s", "default"));
                });
    }

    @Test
    void reportOfThePropertiesBorrowsNothingAndShowsNoPassword() {
        archive.withConfiguration(AutoConfigurations.of(ConfigurationPropertiesReportEndpointAutoConfiguration.class))
                .withPropertyValues(
                        "management.endpoints.web.exposure.include=configprops",
                        "management.endpoint.configprops.show-values=always",
                        "app.archive.password=sesame")
                .run(context -> {
                    String report = context
                            .getBean(ConfigurationPropertiesReportEndpoint.class)
                            .configurationProperties()
                            .getContexts()
                            .values()
                            .stream()
                            .map(beans -> beans.getBeans().get("archive").getProperties())
                            .toList()
                            .toString();
                    assertThat(report).contains("jdbc:h2:mem:archive").doesNotContain("sesame");
                    assertThat(context.getBean(NaiadDataSource.class)
                                    .pool()
                                    .snapshot()
                                    .checkouts())
                            .isZero();
                });
    }

    // --- what is no setting

    @Test
    void namesThatAreNoSettingsAreToldWithTheOnesThatWereMeant(CapturedOutput output) {
        archive.withPropertyValues(
                        "app.archive.pool_sise=20",
                        "app.archive.maximum-pool-size=20",
                        "app.archive.jdbc-url=jdbc:h2:mem:other",
                        "app.archive.data-source-properties.a=b",
                        "app.archive.colour=blue",
                        "app.archive.type=" + NaiadDataSource.class.getName(),
                        "app.archive.retention.days=3")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output)
                .containsOnlyOnce("is bound to 'app.archive'")
                .contains(
                        "There is no property 'app.archive.pool_sise' (from \"app.archive.pool_sise\" from property source"
                                + " \"test\"). Did you mean 'app.archive.pool-size'?",
                        "'app.archive.maximum-pool-size'",
                        "Did you mean 'app.archive.url'?",
                        "Did you mean 'app.archive.connection-properties.a'?",
                        "There is no property 'app.archive.colour'")
                .doesNotContain("'app.archive.type'", "retention");
    }

    @ParameterizedTest
    @ValueSource(strings = {"app.archive.pool_size=20", "app.archive.name=late"})
    void whatComesTooLateIsRefused(String property) {
        runner.withUserConfiguration(Finished.class)
                .run(context -> assertThat(context).hasNotFailed());
        runner.withUserConfiguration(Finished.class)
                .withPropertyValues(property)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith("What is set below 'app.archive' comes too late for the data source"
                                + " 'finished': its pool has been made."));
    }

    @Test
    void beanWithoutPrefixIsNotBoundToEverything() {
        runner.withUserConfiguration(WithoutPrefix.class)
                .withPropertyValues("pool-size=20", "name=everything")
                .run(context -> {
                    assertThat(config(context, "whole").poolSize()).isEqualTo(5);
                    assertThat(config(context, "whole").name()).isEqualTo("whole");
                });
    }

    private static PoolConfig config(ApplicationContext context, String bean) {
        return context.getBean(bean, NaiadDataSource.class).pool().config();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties
    static class Archive {

        @Bean
        @ConfigurationProperties("app.archive")
        DataSource archive() {
            NaiadDataSource dataSource =
                    DataSourceBuilder.create().type(NaiadDataSource.class).build();
            dataSource.configure(pool -> pool.poolSize(2).minIdle(1));
            return dataSource;
        }
    }

    /** As Spring Boot's documentation has two data sources. */
    @Configuration(proxyBeanMethods = false)
    static class First {

        @Bean
        @Primary
        @ConfigurationProperties("app.first")
        DataSourceProperties firstProperties() {
            return new DataSourceProperties();
        }

        @Bean
        @ConfigurationProperties("app.first.settings")
        NaiadDataSource dataSource(DataSourceProperties firstProperties) {
            return firstProperties
                    .initializeDataSourceBuilder()
                    .type(NaiadDataSource.class)
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties
    static class Finished {

        @Bean
        @ConfigurationProperties("app.archive")
        NaiadDataSource finished() {
            return NaiadDataSource.builder().url("jdbc:h2:mem:finished").build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties
    static class WithoutPrefix {

        @Bean
        @ConfigurationProperties
        NaiadDataSource whole() {
            NaiadDataSource dataSource = new NaiadDataSource();
            dataSource.setUrl("jdbc:h2:mem:whole");
            return dataSource;
        }
    }
}
