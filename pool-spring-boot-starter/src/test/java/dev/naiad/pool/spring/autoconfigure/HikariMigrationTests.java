/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.spring.Applications;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class HikariMigrationTests {

    private static final String[] HIKARI = {
        "spring.datasource.hikari.maximum-pool-size=7",
        "spring.datasource.hikari.connectionTimeout=2500",
        "spring.datasource.hikari.max-lifetime=0",
        "spring.datasource.hikari.pool_name=shop",
        "spring.datasource.hikari.register-mbeans=true",
        "spring.datasource.hikari.minimum-idle=2",
        "spring.datasource.hikari.idle-timeout=600000",
        "spring.datasource.hikari.keepalive-time=0",
        "spring.datasource.hikari.leak-detection-threshold=2000",
        "spring.datasource.hikari.pool-colour=blue",
        "spring.datasource.hikari.connection-test-query=select 1",
        "spring.datasource.hikari.initialization-fail-timeout=2000",
        "spring.datasource.hikari.data-source-properties.IFEXISTS=FALSE",
        "spring.datasource.hikari.password=0pen-sesame",
        "spring.datasource.hikari.username=sa"
    };

    @Test
    void unusedPropertiesAreNamedOnceWithWhatToSetInstead(CapturedOutput output) {
        try (var context = Applications.run(Applications.withDatabase(HIKARI))) {
            assertThat(context.getBean(NaiadDataSource.class).getConfig().poolSize())
                    .isEqualTo(5);
        }
        assertThat(output.getAll())
                .containsOnlyOnce("what is set for HikariCP has no effect")
                .contains(
                        "spring.datasource.hikari.maximum-pool-size -> naiad.pool-size",
                        "spring.datasource.hikari.connectionTimeout -> naiad.timeout",
                        "spring.datasource.hikari.data-source-properties.IFEXISTS -> naiad.connection-properties.IFEXISTS",
                        "spring.datasource.hikari.minimum-idle -> naiad.min-idle",
                        "spring.datasource.hikari.leak-detection-threshold -> naiad.hold-limit",
                        "spring.datasource.hikari.pool-colour -> no counterpart",
                        "spring.datasource.hikari.initialization-fail-timeout -> naiad.initialization-fail-timeout",
                        "spring.datasource.hikari.connection-test-query -> naiad.pre-ping asks the driver")
                .doesNotContain("0pen-sesame");
    }

    @Test
    void propertiesAreTakenOverOnRequest(CapturedOutput output) {
        String[] all = Arrays.copyOf(HIKARI, HIKARI.length + 2);
        all[HIKARI.length] = "naiad.migrate.hikari=true";
        all[HIKARI.length + 1] = "logging.level.dev.naiad=info";
        try (var context = Applications.run(Applications.withDatabase(all))) {
            PoolConfig pool = context.getBean(NaiadDataSource.class).getConfig();
            assertThat(pool.poolSize()).isEqualTo(7);
            assertThat(pool.maxOverflow()).isZero();
            assertThat(pool.registerMbeans()).isTrue();
            assertThat(pool.timeout()).isEqualTo(Duration.ofMillis(2500));
            assertThat(pool.recycle()).isNull();
            assertThat(pool.minIdle()).isEqualTo(2);
            assertThat(pool.idleTimeout()).isEqualTo(Duration.ofMinutes(10));
            assertThat(pool.keepalive()).isNull();
            assertThat(pool.holdLimit()).isEqualTo(Duration.ofSeconds(2));
            assertThat(context.getBean(NaiadProperties.class).getInitializationFailTimeout())
                    .isEqualTo(Duration.ofSeconds(2));
            assertThat(context.getBean(NaiadDataSource.class).pool().snapshot().opened())
                    .as("with a first connection")
                    .isPositive();
            assertThat(pool.name()).isEqualTo("shop");
            assertThat(pool.connectionProperties()).isEqualTo(Map.of("IFEXISTS", "FALSE"));
            assertThat(pool.username()).isEqualTo("sa");
            assertThat(pool.password()).isEqualTo("0pen-sesame");
        }
        assertThat(output.getAll())
                .containsOnlyOnce("has been taken over")
                .doesNotContain("has no effect")
                .doesNotContain("0pen-sesame");
    }

    @ParameterizedTest
    @CsvSource({"0, PT0S", "1, PT0.001S", "-1, PT-1S", "-5000, PT-1S", "30s, PT30S"})
    void howLongAStartMayTakeWithoutAConnectionMeansTheSame(String theirs, Duration ours) {
        try (var context = Applications.run(Applications.withDatabase(
                "naiad.migrate.hikari=true", "spring.datasource.hikari.initialization-fail-timeout=" + theirs))) {
            assertThat(context.getBean(NaiadProperties.class).getInitializationFailTimeout())
                    .isEqualTo(ours);
        }
    }

    @Test
    void whatIsSetForNaiadWins() {
        try (var context = Applications.run(Applications.withDatabase(
                "naiad.migrate.hikari=true", "spring.datasource.hikari.maximum-pool-size=7", "naiad.pool_size=3"))) {
            PoolConfig pool = context.getBean(NaiadDataSource.class).getConfig();
            assertThat(pool.poolSize()).isEqualTo(3);
            assertThat(pool.maxOverflow()).isZero();
        }
    }

    @Test
    void nothingIsSaidWhenNothingIsSetOrHikariIsThePool(CapturedOutput output) {
        Applications.run(Applications.withDatabase("naiad.migrate.hikari=true")).close();
        try (var context = Applications.run(Applications.withDatabase(
                "spring.datasource.type=" + HikariDataSource.class.getName(),
                "spring.datasource.hikari.maximum-pool-size=7"))) {
            assertThat(context.getBean(HikariDataSource.class).getMaximumPoolSize())
                    .isEqualTo(7);
        }
        assertThat(output.getAll()).doesNotContain("is set for HikariCP");
    }

    @Test
    void counterpartsExist() {
        List<String> known = PropertyNames.of(NaiadProperties.class);
        assertThat(HikariProperty.values())
                .filteredOn(property -> property.counterpart().startsWith("naiad.") && property.isMapped())
                .isNotEmpty()
                .allSatisfy(property ->
                        assertThat(known).contains(property.counterpart().substring("naiad.".length())));
    }

    @Test
    void dataSourceInCodeThatComesOutAsHikarisIsToldWithHowToHaveNaiad(CapturedOutput output) {
        try (var context = Applications.run(List.of(WithoutType.class), "naiad.pool-size=3")) {
            assertThat(context.getBean(DataSource.class)).isExactlyInstanceOf(HikariDataSource.class);
        }
        assertThat(output.getAll())
                .containsOnlyOnce("Naiad is not used: the application makes its data source 'shop' itself")
                .contains("DataSourceBuilder.create().type(NaiadDataSource.class)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"naiad.enabled=false", "spring.datasource.type=com.zaxxer.hikari.HikariDataSource"})
    void nothingIsToldOfAHikariThatWasChosen(String choice, CapturedOutput output) {
        Applications.run(List.of(WithoutType.class), choice).close();
        assertThat(output.getAll()).doesNotContain("Naiad is not used");
    }

    @Test
    void nothingIsToldOfAHikariBesideNaiad(CapturedOutput output) {
        Applications.run(List.of(BesideNaiad.class), Applications.withDatabase())
                .close();
        assertThat(output.getAll()).doesNotContain("Naiad is not used");
    }

    @Configuration(proxyBeanMethods = false)
    static class WithoutType {

        @Bean
        DataSource shop() {
            return DataSourceBuilder.create()
                    .url(Applications.newDatabase().substring("spring.datasource.url=".length()))
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BesideNaiad {

        @Bean(defaultCandidate = false)
        HikariDataSource archive() {
            return new HikariDataSource();
        }
    }
}
