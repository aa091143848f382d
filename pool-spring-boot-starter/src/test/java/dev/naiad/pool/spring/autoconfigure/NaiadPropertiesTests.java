/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PrePing;
import dev.naiad.pool.ResetOnReturn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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

    private static final Map<String, Object> ALL_SET = Map.ofEntries(
            Map.entry("auto-commit", false),
            Map.entry("catalog", "c"),
            Map.entry("checkout-order", "lifo"),
            Map.entry("connect-concurrency", 2),
            Map.entry("connect-timeout", "pt9s"),
            Map.entry("connection-properties", Map.of("user", "***")),
            Map.entry("echo", "debug"),
            Map.entry("fail-fast-after", "pt8s"),
            Map.entry("idle-timeout", "pt10m"),
            Map.entry("init-sql", "i"),
            Map.entry("hold-limit", "pt1m"),
            Map.entry("hold-limit-abort", "pt3m"),
            Map.entry("hold-limit-cancel", "pt2m"),
            Map.entry("keepalive", "pt2m"),
            Map.entry("max-overflow", 3),
            Map.entry("max-waiters", 6),
            Map.entry("min-idle", 1),
            Map.entry("nested", "warn"),
            Map.entry("patience", "pt0.004s"),
            Map.entry("pool-size", 7),
            Map.entry("pre-ping", "on"),
            Map.entry("read-only", true),
            Map.entry("recycle", "pt1h"),
            Map.entry("recycle-jitter", 0.5),
            Map.entry("register-mbeans", true),
            Map.entry("reset-on-return", "commit"),
            Map.entry("reset-timeout", "pt3s"),
            Map.entry("schema", "s"),
            Map.entry("store-traceback", false),
            Map.entry("shed-after", "pt2s"),
            Map.entry("timeout", "pt5s"),
            Map.entry("trace", "always"),
            Map.entry("transaction-isolation", "read_committed"),
            Map.entry("use-thread-local", true),
            Map.entry("warm-up", 4));

    @Test
    void defaultsAreThoseOfTheCore() {
        NaiadProperties properties = bind(yaml("other: 1"));
        assertThat(properties.isEnabled()).isTrue();
        assertThat(properties.getName()).isNull();
        assertThat(apply(properties)).hasToString(PoolConfig.builder().build().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{enabled: false, name: shop, pool-size: 7, max-overflow: 3, recycle: 1h, timeout: 5, reset-on-return: commit, reset-timeout: 3,"
                        + " pre-ping: on, recycle-jitter: 0.5, connect-concurrency: 2, connect-timeout: 9, fail-fast-after: 8, use-thread-local: true, echo: debug, patience: 4ms,"
                        + " auto-commit: false, catalog: c, init-sql: i, read-only: true, checkout-order: lifo, max-waiters: 6, store-traceback: false, schema: s, transaction-isolation: read-committed,"
                        + " hold-limit: 1m, hold-limit-cancel: 2m, hold-limit-abort: 3m, nested: warn, trace: always, register-mbeans: true,"
                        + " shed-after: 2, min-idle: 1, warm-up: 4, idle-timeout: 10m, keepalive: 2m,"
                        + " connection-properties: {user: x}}",
                "{enabled: false, name: shop, pool_size: 7, max_overflow: 3, recycle: 3600, timeout: 5s, reset_on_return: COMMIT, reset_timeout: 3s,"
                        + " pre_ping: ON, recycle_jitter: .5, connect_concurrency: 2, connect_timeout: 9s, fail_fast_after: 8s, use_thread_local: yes, echo: DEBUG, patience: PT0.004S,"
                        + " auto_commit: off, catalog: c, init_sql: i, read_only: on, checkout_order: LIFO, max_waiters: 6, store_traceback: off, schema: s, transaction_isolation: READ_COMMITTED,"
                        + " hold_limit: 60, hold_limit_cancel: 120s, hold_limit_abort: PT3M, nested: WARN, trace: ALWAYS, register_mbeans: on,"
                        + " shed_after: 2s, min_idle: 1, warm_up: 4, idle_timeout: 600, keepalive: 120,"
                        + " connection_properties: {user: x}}",
                "{enabled: false, name: shop, poolSize: 7, maxOverflow: 3, recycle: PT1H, timeout: PT5S, resetOnReturn: Commit, resetTimeout: PT3S,"
                        + " prePing: 'on', recycleJitter: 0.5, connectConcurrency: 2, connectTimeout: PT9S, failFastAfter: PT8S, useThreadLocal: on, echo: Debug, patience: 4ms,"
                        + " auto-commit: false, catalog: c, init-sql: i, read-only: true, checkout-order: lifo, max-waiters: 6, store-traceback: false, schema: s, transaction-isolation: read-committed,"
                        + " holdLimit: PT1M, holdLimitCancel: 2m, holdLimitAbort: 180, nested: Warn, trace: Always, registerMbeans: yes,"
                        + " shedAfter: PT2S, minIdle: 1, warmUp: 4, idleTimeout: PT10M, keepalive: PT2M,"
                        + " connectionProperties: {user: x}}",
                "{ENABLED: false, NAME: shop, POOL_SIZE: 7, MAX_OVERFLOW: 3, RECYCLE: 60m, TIMEOUT: 5000ms, RESET_ON_RETURN: commit, RESET_TIMEOUT: 3000ms,"
                        + " PRE_PING: On, RECYCLE_JITTER: 0.5, CONNECT_CONCURRENCY: 2, CONNECT_TIMEOUT: 9000ms, FAIL_FAST_AFTER: 8, USE_THREAD_LOCAL: true, ECHO: debug, PATIENCE: 4ms,"
                        + " AUTO_COMMIT: false, CATALOG: c, INIT_SQL: i, READ_ONLY: true, CHECKOUT_ORDER: lifo, MAX_WAITERS: 6, STORE_TRACEBACK: false, SCHEMA: s, TRANSACTION_ISOLATION: read_committed,"
                        + " HOLD_LIMIT: 1m, HOLD_LIMIT_CANCEL: 2m, HOLD_LIMIT_ABORT: 3m, NESTED: warn, TRACE: always, REGISTER_MBEANS: true,"
                        + " SHED_AFTER: 2000ms, MIN_IDLE: 1, WARM_UP: 4, IDLE_TIMEOUT: 10m, KEEPALIVE: 2m,"
                        + " CONNECTION_PROPERTIES: {user: x}}"
            })
    void everyPropertyBindsInEverySpelling(String settings) {
        assertAllSet(bind(yaml("naiad: " + settings)));
    }

    private static void assertAllSet(NaiadProperties properties) {
        assertThat(properties.isEnabled()).isFalse();
        assertThat(properties.getName()).isEqualTo("shop");
        PoolConfig applied = apply(properties);
        assertThat(PoolSetting.ALL)
                .allSatisfy(setting -> assertThat(setting.shownFor(applied)).isEqualTo(ALL_SET.get(setting.name())));
    }

    @ParameterizedTest
    @CsvSource({"off, OFF", "on, ON", "idle, IDLE", "false, OFF", "true, ON"})
    void prePingIsNotConfusedWithYamlsBooleans(String written, PrePing expected) {
        assertThat(apply(bind(yaml("naiad.pre-ping: " + written))).prePing()).isEqualTo(expected);
    }

    @Test
    void everyPropertyBindsFromTheEnvironment() {
        assertAllSet(bind(environment(Map.ofEntries(
                Map.entry("NAIAD_ENABLED", "false"),
                Map.entry("NAIAD_NAME", "shop"),
                Map.entry("NAIAD_POOL_SIZE", "7"),
                Map.entry("NAIAD_MAX_OVERFLOW", "3"),
                Map.entry("NAIAD_RECYCLE", "3600"),
                Map.entry("NAIAD_TIMEOUT", "5"),
                Map.entry("NAIAD_RESET_ON_RETURN", "commit"),
                Map.entry("NAIAD_RESET_TIMEOUT", "3"),
                Map.entry("NAIAD_PRE_PING", "on"),
                Map.entry("NAIAD_RECYCLE_JITTER", "0.5"),
                Map.entry("NAIAD_CONNECT_CONCURRENCY", "2"),
                Map.entry("NAIAD_CONNECT_TIMEOUT", "9"),
                Map.entry("NAIAD_FAIL_FAST_AFTER", "8"),
                Map.entry("NAIAD_USE_THREAD_LOCAL", "true"),
                Map.entry("NAIAD_ECHO", "debug"),
                Map.entry("NAIAD_CHECKOUT_ORDER", "lifo"),
                Map.entry("NAIAD_MAX_WAITERS", "6"),
                Map.entry("NAIAD_SHED_AFTER", "2"),
                Map.entry("NAIAD_MIN_IDLE", "1"),
                Map.entry("NAIAD_WARM_UP", "4"),
                Map.entry("NAIAD_IDLE_TIMEOUT", "600"),
                Map.entry("NAIAD_KEEPALIVE", "120"),
                Map.entry("NAIAD_STORE_TRACEBACK", "false"),
                Map.entry("NAIAD_AUTO_COMMIT", "false"),
                Map.entry("NAIAD_CATALOG", "c"),
                Map.entry("NAIAD_INIT_SQL", "i"),
                Map.entry("NAIAD_READ_ONLY", "true"),
                Map.entry("NAIAD_SCHEMA", "s"),
                Map.entry("NAIAD_TRANSACTION_ISOLATION", "READ_COMMITTED"),
                Map.entry("NAIAD_PATIENCE", "4ms"),
                Map.entry("NAIAD_HOLD_LIMIT", "1m"),
                Map.entry("NAIAD_HOLD_LIMIT_CANCEL", "2m"),
                Map.entry("NAIAD_HOLD_LIMIT_ABORT", "3m"),
                Map.entry("NAIAD_NESTED", "warn"),
                Map.entry("NAIAD_TRACE", "always"),
                Map.entry("NAIAD_REGISTER_MBEANS", "true"),
                Map.entry("NAIAD_CONNECTIONPROPERTIES_USER", "x")))));
        assertAllSet(bind(environment(Map.ofEntries(
                Map.entry("NAIAD_ENABLED", "false"),
                Map.entry("NAIAD_NAME", "shop"),
                Map.entry("NAIAD_POOLSIZE", "7"),
                Map.entry("NAIAD_MAXOVERFLOW", "3"),
                Map.entry("NAIAD_RECYCLE", "1h"),
                Map.entry("NAIAD_TIMEOUT", "PT5S"),
                Map.entry("NAIAD_RESETONRETURN", "COMMIT"),
                Map.entry("NAIAD_RESETTIMEOUT", "3"),
                Map.entry("NAIAD_PREPING", "ON"),
                Map.entry("NAIAD_RECYCLEJITTER", "0.5"),
                Map.entry("NAIAD_CONNECTCONCURRENCY", "2"),
                Map.entry("NAIAD_CONNECTTIMEOUT", "9"),
                Map.entry("NAIAD_FAILFASTAFTER", "8"),
                Map.entry("NAIAD_USETHREADLOCAL", "true"),
                Map.entry("NAIAD_ECHO", "DEBUG"),
                Map.entry("NAIAD_CHECKOUTORDER", "LIFO"),
                Map.entry("NAIAD_MAXWAITERS", "6"),
                Map.entry("NAIAD_SHEDAFTER", "2s"),
                Map.entry("NAIAD_MINIDLE", "1"),
                Map.entry("NAIAD_WARMUP", "4"),
                Map.entry("NAIAD_IDLETIMEOUT", "10m"),
                Map.entry("NAIAD_KEEPALIVE", "2m"),
                Map.entry("NAIAD_STORETRACEBACK", "false"),
                Map.entry("NAIAD_AUTOCOMMIT", "false"),
                Map.entry("NAIAD_CATALOG", "c"),
                Map.entry("NAIAD_INITSQL", "i"),
                Map.entry("NAIAD_READONLY", "true"),
                Map.entry("NAIAD_SCHEMA", "s"),
                Map.entry("NAIAD_TRANSACTIONISOLATION", "read-committed"),
                Map.entry("NAIAD_PATIENCE", "4ms"),
                Map.entry("NAIAD_HOLDLIMIT", "1m"),
                Map.entry("NAIAD_HOLDLIMITCANCEL", "2m"),
                Map.entry("NAIAD_HOLDLIMITABORT", "3m"),
                Map.entry("NAIAD_NESTED", "warn"),
                Map.entry("NAIAD_TRACE", "always"),
                Map.entry("NAIAD_REGISTERMBEANS", "true"),
                Map.entry("NAIAD_CONNECTIONPROPERTIES_USER", "x")))));
    }

    @ParameterizedTest
    @CsvSource({"5, PT5S", "0, PT0S", "500ms, PT0.5S", "PT1M30S, PT1M30S", "2m, PT2M"})
    void plainNumberIsSecondsAndUnitsAreUnderstood(String written, Duration expected) {
        NaiadProperties properties = bind(yaml("naiad: {timeout: " + written + ", recycle: " + written + "}"));
        assertThat(properties.getTimeout()).isEqualTo(expected);
        assertThat(properties.getRecycle()).isEqualTo(expected);
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
        PoolConfig before = PoolConfig.builder().build();
        PoolSetting.ALL.forEach(setting -> setting.apply(List.of(properties), applied, before));
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
