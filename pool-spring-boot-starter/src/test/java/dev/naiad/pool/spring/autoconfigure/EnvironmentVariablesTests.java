/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolConfig;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Settings in the environment, beside a file that has a pool with a hyphen. */
@ExtendWith(OutputCaptureExtension.class)
class EnvironmentVariablesTests {

    private static final String SYSTEM_ENVIRONMENT = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
    private static final String NOT_READ = " is not read. ";

    private static ApplicationContextRunner with(Map<String, Object> variables) {
        return new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(NaiadAutoConfiguration.class, DataSourceAutoConfiguration.class))
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(
                                SYSTEM_ENVIRONMENT, new SystemEnvironmentPropertySource(SYSTEM_ENVIRONMENT, variables)))
                .withPropertyValues(
                        "spring.datasource.type=" + NaiadDataSource.class.getName(),
                        "spring.datasource.url=jdbc:h2:mem:first",
                        "naiad.pools.old-orders.url=jdbc:h2:mem:old");
    }

    @Test
    void poolWithAHyphenIsOnePoolInBothWaysToWriteIt(CapturedOutput output) {
        with(Map.of("NAIAD_POOLS_OLDORDERS_POOLSIZE", "3", "NAIAD_POOLS_OLD_ORDERS_MAX_OVERFLOW", "2"))
                .run(context -> {
                    assertThat(context.getBeansOfType(DataSource.class))
                            .containsOnlyKeys("dataSource", "old-ordersDataSource");
                    PoolConfig config = context.getBean("old-ordersDataSource", NaiadDataSource.class)
                            .getConfig();
                    assertThat(config.poolSize()).isEqualTo(3);
                    assertThat(config.maxOverflow()).isEqualTo(2);
                });
        assertThat(output).doesNotContain(NOT_READ);
    }

    @Test
    void poolThatOnlyTheEnvironmentKnowsIsMade(CapturedOutput output) {
        with(Map.of("NAIAD_POOLS_ARCHIVE_URL", "jdbc:h2:mem:archive", "NAIAD_POOLS_ARCHIVE_POOL_SIZE", "2"))
                .run(context -> assertThat(context.getBean("archiveDataSource", NaiadDataSource.class)
                                .getConfig()
                                .poolSize())
                        .isEqualTo(2));
        assertThat(output).doesNotContain(NOT_READ);
    }

    @ParameterizedTest
    @CsvSource({
        "NAIAD_POOLS_OLDORDERS_POOL_SIZE, Call it NAIAD_POOLS_OLDORDERS_POOLSIZE.",
        "NAIAD_POOLSIZ_E, Call it NAIAD_POOLSIZE.",
        "NAIAD_CONNECTION_PROPERTIES_SSL, Call it NAIAD_CONNECTIONPROPERTIES_SSL.",
        "NAIAD_POOLS_NEW_ORDERS_URL, There is no such setting of a pool that is known."
    })
    void variableThatIsNotReadIsToldWithTheNameItShouldHave(String variable, String advice, CapturedOutput output) {
        with(Map.of(variable, "5")).run(context -> assertThat(context).hasNotFailed());
        assertThat(output).containsOnlyOnce("The environment variable " + variable + NOT_READ + advice);
    }

    @ParameterizedTest
    @CsvSource({
        "NAIAD_CONNECTIONPROPERTIES_SSL",
        "NAIAD_POOLS_OLDORDERS_CONNECTIONPROPERTIES_SSL",
        "NAIAD_POOL_SIZE",
        "NAIAD_HOME"
    })
    void nothingIsToldOfOthers(String variable, CapturedOutput output) {
        with(Map.of(variable, "5")).run(context -> assertThat(context).hasNotFailed());
        assertThat(output).doesNotContain(NOT_READ);
    }
}
