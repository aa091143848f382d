/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naiad.pool.InvalidSettingException;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PoolSettings;
import dev.naiad.pool.PrePing;
import dev.naiad.pool.ResetOnReturn;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManagedSettingTests {

    /** They come from the URL and from the driver's own properties. */
    private static final Set<String> SAID_OTHERWISE = Set.of("url", "username", "password");

    private static PoolConfig config(String settings) {
        try (NaiadDataSource dataSource = ConnectArguments.of(
                        "jdbc:naiad:" + (settings.isEmpty() ? "" : settings + ":") + "jdbc:h2:mem:settings", null)
                .build("test")) {
            return dataSource.getConfig();
        }
    }

    private static @Nullable Duration duration(String text) {
        return text.equals("none") ? null : Duration.parse(text);
    }

    @Test
    void appliesEverySetting() {
        PoolConfig config =
                config("name=a%20b%3A%26%3D+&pool_size=1&max_overflow=-1&timeout=1.5&recycle=30m&recycle_jitter=0.5"
                        + "&reset_on_return=commit&pre_ping=on&connect_concurrency=2&driver_class_name=org.h2.Driver");

        assertThat(config.name()).isEqualTo("a b:&=+");
        assertThat(config.poolSize()).isEqualTo(1);
        assertThat(config.maxOverflow()).isEqualTo(-1);
        assertThat(config.timeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(config.recycle()).isEqualTo(Duration.ofMinutes(30));
        assertThat(config.recycleJitter()).isEqualTo(0.5);
        assertThat(config.resetOnReturn()).isEqualTo(ResetOnReturn.COMMIT);
        assertThat(config.prePing()).isEqualTo(PrePing.ON);
        assertThat(config.connectConcurrency()).isEqualTo(2);
        assertThat(config.driverClassName()).isEqualTo("org.h2.Driver");
        assertThat(config.url()).isEqualTo("jdbc:h2:mem:settings");
    }

    @Test
    void withoutSettingsThePoolIsAsAnyOther() {
        assertThat(config("").toBuilder().url(null).name("default").build())
                .usingRecursiveComparison()
                .ignoringFields("disconnectClassifier", "ticker", "dialect")
                .isEqualTo(PoolConfig.builder().build());
    }

    /** Whoever adds a setting that can be written as text adds a constant here. */
    @Test
    void everySettingThatCanBeWrittenAsTextIsThere() {
        Set<String> written = Arrays.stream(PoolSettings.class.getMethods())
                .filter(method -> method.getDeclaringClass() == PoolSettings.class)
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && method.getParameterCount() == 1)
                .filter(method -> isText(method.getParameterTypes()[0]))
                .map(Method::getName)
                .filter(name -> !SAID_OTHERWISE.contains(name))
                .map(ManagedSetting::bare)
                .collect(Collectors.toSet());

        assertThat(Arrays.stream(ManagedSetting.values()).map(setting -> ManagedSetting.bare(setting.name())))
                .containsAll(written);
    }

    private static boolean isText(Class<?> type) {
        return type.isPrimitive() || type.isEnum() || type == String.class || type == Duration.class;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "naiad.pool_size",
                "naiad.poolSize",
                "naiad.pool-size",
                "naiad.POOL_SIZE",
                "naiad.poolsize",
                "NAIAD.poolSize"
            })
    void namesHaveSeveralSpellings(String property) {
        Properties properties = new Properties();
        properties.setProperty(property, "3");

        ConnectArguments arguments = ConnectArguments.of("jdbc:naiad:jdbc:h2:mem:x", properties);

        assertThat(arguments.settings()).containsOnly(Map.entry(ManagedSetting.POOL_SIZE, "3"));
        assertThat(arguments.properties()).isEmpty();
    }

    @Test
    void whatHasNoPrefixIsTheRealDrivers() {
        Properties properties = new Properties();
        properties.setProperty("poolSize", "3");
        properties.setProperty("naiadPoolSize", "3");

        ConnectArguments arguments =
                ConnectArguments.of("jdbc:naiad:jdbc:h2:mem:x;pool_size=4?naiad.timeout=5", properties);

        assertThat(arguments.settings()).isEmpty();
        assertThat(arguments.properties()).containsOnlyKeys("poolSize", "naiadPoolSize");
        assertThat(arguments.url()).isEqualTo("jdbc:h2:mem:x;pool_size=4?naiad.timeout=5");
    }

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "30, PT30S",
        "0.5, PT0.5S",
        "500ms, PT0.5S",
        "30s, PT30S",
        "30 S, PT30S",
        "5m, PT5M",
        "2h, PT2H",
        "1d, PT24H",
        "PT1M30S, PT1M30S",
        "pt2s, PT2S",
        "none, none",
        "NONE, none"
    })
    void durationsAreSecondsOrHaveAUnit(String text, String expected) {
        String encoded = text.replace(" ", "%20");

        assertThat(config("timeout=" + encoded).timeout()).isEqualTo(duration(expected));
        assertThat(config("recycle=" + encoded).recycle()).isEqualTo(duration(expected));
    }

    @Test
    void minusOneSwitchesRecyclingOffAsItDoesInSqlAlchemy() {
        assertThat(config("recycle=-1").recycle()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pool_size=-1           | Invalid value '-1' for naiad.pool_size. Allowed: 0 or more (0 means no limit).
            poolSize=many          | Invalid value 'many' for naiad.pool_size. Allowed: a whole number.
            pool_size=             | Invalid value '' for naiad.pool_size. Allowed: a whole number.
            pool_size=99999999999  | Invalid value '99999999999' for naiad.pool_size. Allowed: a whole number.
            max_overflow=-2        | Invalid value '-2' for naiad.max_overflow. Allowed: -1 or more (-1 means no limit).
            timeout=-1             | Invalid value '-1' for naiad.timeout. Allowed: a duration of 0 or more (0 means do not wait).
            timeout=soon           | Invalid value 'soon' for naiad.timeout. Allowed: seconds, a duration such as 500ms, 30s, 5m, 2h, 1d or PT30S, or none.
            recycle=-2             | Invalid value '-2' for naiad.recycle. Allowed: a duration of 0 or more, or -1 (off).
            recycle=999999999999999999d | Invalid value '999999999999999999d' for naiad.recycle. Allowed: seconds, a duration such as 500ms, 30s, 5m, 2h, 1d or PT30S, or none.
            recycle_jitter=2       | Invalid value '2' for naiad.recycle_jitter. Allowed: a number from 0 to 1.
            recycle_jitter=x       | Invalid value 'x' for naiad.recycle_jitter. Allowed: a number from 0 to 1.
            reset_on_return=maybe  | Invalid value 'maybe' for naiad.reset_on_return. Allowed: rollback, commit or none.
            pre_ping=maybe         | Invalid value 'maybe' for naiad.pre_ping. Allowed: off, idle or on.
            pool_class=heap        | Invalid value 'heap' for naiad.pool_class. Allowed: queue, null, static, singleton_thread, assertion, or the full name of a public class that extends Pool and has a public constructor with a PoolConfig.
            connect_concurrency=0  | Invalid value '0' for naiad.connect_concurrency. Allowed: 1 or more.
            name=%20               | Invalid value '' for naiad.name. Allowed: a name that is not blank.
            key=                   | Invalid value '' for naiad.key. Allowed: a text that is not blank.
            pool_size=1&poolSize=2 | Invalid value '2' for naiad.pool_size. Allowed: one value, but it is given twice: the other is '1'.
            name=%zz               | Invalid value '%zz' for naiad.name. Allowed: a value in which % is followed by two hexadecimal digits.
            pool_class=null&pool_size=1 | Invalid value 'null' for naiad.pool_class. Allowed: with naiad.pool_size: queue, singleton_thread; without: queue, null, static, singleton_thread, assertion.
            poll_size=1            | Invalid value 'poll_size' for the name of a setting. Allowed: key, name, pool_class, pool_size, max_overflow, timeout, recycle, recycle_jitter, reset_on_return, reset_timeout, pre_ping, connect_concurrency, connect_timeout, fail_fast_after, patience, max_waiters, shed_after, min_idle, warm_up, idle_timeout, keepalive, checkout_order, auto_commit, read_only, transaction_isolation, catalog, schema, init_sql, echo, use_thread_local, store_traceback, trace, nested, hold_limit, hold_limit_cancel, hold_limit_abort, register_mbeans, driver_class_name.
            """)
    void refusesBadValuesNamingPropertyValueAndWhatIsAllowed(String settings, String message) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> config(settings))
                .withMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            jdbc:naiad:
            jdbc:naiad:h2:mem:x
            jdbc:naiad:pool_size=5
            jdbc:naiad:pool_size:jdbc:h2:mem:x
            jdbc:naiad::jdbc:h2:mem:x
            jdbc:naiad:pool_size=5&:jdbc:h2:mem:x
            jdbc:h2:mem:x
            """)
    void refusesUrlsOfAnotherForm(String url) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> ManagedUrl.parse(url))
                .withMessage("Invalid value '" + url + "' for url. Allowed: jdbc:naiad:<JDBC URL> or"
                        + " jdbc:naiad:<setting>=<value>&<setting>=<value>:<JDBC URL>.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:naiad:jdbc:naiad:jdbc:h2:mem:x",
                "jdbc:naiad:JDBC:NAIAD:jdbc:h2:mem:x",
                "jdbc:naiad:pool_size=5:jdbc:naiad:jdbc:h2:mem:x"
            })
    void refusesAPoolOfAPool(String url) {
        assertThatThrownBy(() -> ManagedUrl.parse(url)).hasMessageContaining("Allowed: jdbc:naiad: once");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            jdbc:naiad:jdbc:h2:mem:x                             | jdbc:h2:mem:x
            jdbc:naiad:jdbc:x:?a=:jdbc:y                         | jdbc:x:?a=:jdbc:y
            JDBC:NAIAD:pool_size=5:JDBC:x://h/d?pool_size=6      | JDBC:x://h/d?pool_size=6
            jdbc:naiad:name=a:b:jdbc:x:?a=:jdbc:y                | jdbc:x:?a=:jdbc:y
            jdbc:naiad:jdbc:sqlserver://h;user=sa;password=a:b   | jdbc:sqlserver://h;user=sa;password=a:b
            """)
    void theRealUrlIsLeftAsItIs(String url, String real) {
        assertThat(ManagedUrl.parse(url).url()).isEqualTo(real);
    }
}
