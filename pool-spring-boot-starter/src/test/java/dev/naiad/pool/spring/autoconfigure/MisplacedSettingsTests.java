/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.Applications;
import dev.naiad.pool.spring.TestApplication;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Settings where nobody reads them. */
@ExtendWith(OutputCaptureExtension.class)
class MisplacedSettingsTests {

    private static final String WARNING = "The settings of the connection pool stand below 'naiad'";

    @ParameterizedTest
    @CsvSource({
        "spring.datasource.naiad.pool_size, naiad.pool-size",
        "spring.datasource.naiad.poolSize, naiad.pool-size",
        "spring.datasource.naiad.max-overlow, naiad.max-overflow",
        "spring.datasource.naiad.maximum-pool-size, naiad.pool-size",
        "spring.datasource.naiad.connection-properties.ssl, naiad.connection-properties.ssl",
        "spring.datasource.naiad.pools.archive.url, naiad.pools.archive.url",
        "spring.datasource.naiad.metrics.hikari-names, naiad.metrics.hikari-names",
        "spring.datasource.naiad.url, spring.datasource.url",
        "spring.datasource.naiad.colour, there is no such setting",
        "spring.naiad.timeout, naiad.timeout",
        "spring.datasource.pool_size, naiad.pool-size",
        "spring.datasource.max-lifetime, naiad.recycle",
        "spring.datasource.jdbc-url, spring.datasource.url"
    })
    void areToldWithTheirPlaceAndTheNameToSetInstead(String misplaced, String meant, CapturedOutput output) {
        Applications.run(Applications.withDatabase(misplaced + "=5")).close();
        assertThat(output)
                .containsOnlyOnce(WARNING)
                .contains("  " + misplaced + " (from \"" + misplaced
                        + "\" from property source \"commandLineArgs\") -> " + meant + System.lineSeparator());
    }

    @Test
    void variableOfTheEnvironmentIsTold(CapturedOutput output) {
        SpringApplication application = new SpringApplication(TestApplication.class);
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        "systemEnvironment",
                        new SystemEnvironmentPropertySource(
                                "systemEnvironment",
                                Map.of(
                                        "SPRING_DATASOURCE_NAIAD_POOL_SIZE",
                                        "5",
                                        "SPRING_DATASOURCE_URL",
                                        "jdbc:h2:mem:v")));
        application.setEnvironment(environment);
        application.run().close();
        assertThat(output)
                .contains(WARNING, "System Environment Property \"SPRING_DATASOURCE_NAIAD_POOL_SIZE\"")
                .contains(" -> naiad.pool-size");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "naiad.pool-size=5",
                "spring.datasource.name=shop",
                "spring.datasource.schema=classpath:schema.sql",
                "spring.datasource.generate-unique-name=true",
                "spring.datasource.hikari.schema=shop"
            })
    void nothingIsToldOfWhatIsInItsPlaceOrNotOurs(String property, CapturedOutput output) {
        Applications.run(Applications.withDatabase(property)).close();
        assertThat(output).doesNotContain(WARNING);
    }

    @Test
    void nothingIsToldWhenAnotherPoolWasChosen(CapturedOutput output) {
        Applications.run(Applications.withDatabase(
                        "spring.datasource.type=" + HikariDataSource.class.getName(),
                        "spring.datasource.naiad.pool-size=5"))
                .close();
        assertThat(output).doesNotContain(WARNING);
    }

    @Test
    void nothingIsToldOfWhatTheApplicationBindsItself(CapturedOutput output) {
        try (var context = Applications.run(
                List.of(BoundThere.class), Applications.withDatabase("spring.datasource.naiad.pool-size=7"))) {
            assertThat(context.getBean("archive", NaiadDataSource.class)
                            .getConfig()
                            .poolSize())
                    .isEqualTo(7);
        }
        assertThat(output).doesNotContain(WARNING);
    }

    @Configuration(proxyBeanMethods = false)
    static class BoundThere {

        @Bean(defaultCandidate = false)
        @ConfigurationProperties("spring.datasource.naiad")
        NaiadDataSource archive() {
            NaiadDataSource dataSource = new NaiadDataSource();
            dataSource.setUrl("jdbc:h2:mem:archive");
            return dataSource;
        }
    }
}
