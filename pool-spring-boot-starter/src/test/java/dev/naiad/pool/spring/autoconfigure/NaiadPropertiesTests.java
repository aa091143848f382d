/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.ResetOnReturn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

class NaiadPropertiesTests {

    private static final NaiadProperties ALL_SET =
            new NaiadProperties(false, "shop", 7, 3, Duration.ofHours(1), Duration.ofSeconds(5), ResetOnReturn.COMMIT);

    @Test
    void defaultsAreThoseOfTheCore() {
        NaiadProperties properties = bind(yaml("other: 1"));
        assertThat(properties)
                .isEqualTo(new NaiadProperties(
                        true, null, 5, 10, Duration.ofSeconds(-1), Duration.ofSeconds(30), ResetOnReturn.ROLLBACK));
        PoolConfig none = PoolConfig.builder().build();
        PoolConfig.Builder applied = PoolConfig.builder();
        properties.applyTo(applied, none);
        assertThat(applied.build()).hasToString(none.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{enabled: false, name: shop, pool-size: 7, max-overflow: 3, recycle: 1h, timeout: 5, reset-on-return: commit}",
                "{enabled: false, name: shop, pool_size: 7, max_overflow: 3, recycle: 3600, timeout: 5s, reset_on_return: COMMIT}",
                "{enabled: false, name: shop, poolSize: 7, maxOverflow: 3, recycle: PT1H, timeout: PT5S, resetOnReturn: Commit}",
                "{ENABLED: false, NAME: shop, POOL_SIZE: 7, MAX_OVERFLOW: 3, RECYCLE: 60m, TIMEOUT: 5000ms, RESET_ON_RETURN: commit}"
            })
    void everyPropertyBindsInEverySpelling(String settings) {
        assertThat(bind(yaml("naiad: " + settings))).isEqualTo(ALL_SET);
    }

    @Test
    void everyPropertyBindsFromTheEnvironment() {
        assertThat(bind(environment(Map.of(
                        "NAIAD_ENABLED", "false",
                        "NAIAD_NAME", "shop",
                        "NAIAD_POOL_SIZE", "7",
                        "NAIAD_MAX_OVERFLOW", "3",
                        "NAIAD_RECYCLE", "3600",
                        "NAIAD_TIMEOUT", "5",
                        "NAIAD_RESET_ON_RETURN", "commit"))))
                .isEqualTo(ALL_SET);
        assertThat(bind(environment(Map.of(
                        "NAIAD_ENABLED", "false",
                        "NAIAD_NAME", "shop",
                        "NAIAD_POOLSIZE", "7",
                        "NAIAD_MAXOVERFLOW", "3",
                        "NAIAD_RECYCLE", "1h",
                        "NAIAD_TIMEOUT", "PT5S",
                        "NAIAD_RESETONRETURN", "COMMIT"))))
                .isEqualTo(ALL_SET);
    }

    @ParameterizedTest
    @CsvSource({"5, PT5S", "0, PT0S", "500ms, PT0.5S", "PT1M30S, PT1M30S", "2m, PT2M"})
    void plainNumberIsSecondsAndUnitsAreUnderstood(String written, Duration expected) {
        NaiadProperties properties = bind(yaml("naiad: {timeout: " + written + ", recycle: " + written + "}"));
        assertThat(properties.timeout()).isEqualTo(expected);
        assertThat(properties.recycle()).isEqualTo(expected);
        PoolConfig applied = apply(properties);
        assertThat(applied.timeout()).isEqualTo(expected);
        assertThat(applied.recycle()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-1s", "PT-1S"})
    void recycleOfMinusOneIsOff(String written) {
        assertThat(apply(bind(yaml("naiad.recycle: " + written))).recycle()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"rollback, ROLLBACK", "commit, COMMIT", "none, NONE", "None, NONE", "ROLLBACK, ROLLBACK"})
    void resetOnReturnIsReadInAnyCase(String written, ResetOnReturn expected) {
        assertThat(apply(bind(yaml("naiad.reset_on_return: " + written))).resetOnReturn())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "off", "no", "0"})
    void environmentVariableSwitchesOff(String off) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(environment(Map.of("NAIAD_ENABLED", off)));
        new NaiadEnvironmentPostProcessor().postProcessEnvironment(environment, new SpringApplication());
        assertThat(environment.containsProperty("spring.datasource.type")).isFalse();
        new ApplicationContextRunner()
                .withInitializer(context -> context.setEnvironment(environment))
                .withUserConfiguration(NaiadAutoConfiguration.class)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(NaiadAutoConfiguration.class));
    }

    private static PoolConfig apply(NaiadProperties properties) {
        PoolConfig.Builder applied = PoolConfig.builder();
        properties.applyTo(applied, PoolConfig.builder().build());
        return applied.build();
    }

    private static NaiadProperties bind(PropertySource<?> source) {
        NaiadProperties[] bound = new NaiadProperties[1];
        new ApplicationContextRunner()
                .withInitializer(
                        context -> context.getEnvironment().getPropertySources().addFirst(source))
                .withUserConfiguration(Properties.class)
                .run(context -> bound[0] = context.getBean(NaiadProperties.class));
        return bound[0];
    }

    private static PropertySource<?> yaml(String text) {
        try {
            return new YamlPropertySourceLoader()
                    .load("test", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)))
                    .get(0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static PropertySource<?> environment(Map<String, Object> variables) {
        return new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(NaiadProperties.class)
    static class Properties {}
}
