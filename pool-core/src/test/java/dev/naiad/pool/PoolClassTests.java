/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.naiad.example.BoundedPool;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolClassTests {

    private final PoolConfig config =
            PoolConfig.builder().url("jdbc:h2:mem:classes").build();

    @ParameterizedTest
    @CsvSource({
        "queue, dev.naiad.pool.QueuePool",
        "QueuePool, dev.naiad.pool.QueuePool",
        "null, dev.naiad.pool.NullPool",
        "static, dev.naiad.pool.StaticPool",
        "singleton_thread, dev.naiad.pool.SingletonThreadPool",
        "singleton-thread, dev.naiad.pool.SingletonThreadPool",
        "singletonThreadPool, dev.naiad.pool.SingletonThreadPool",
        "' Assertion ', dev.naiad.pool.AssertionPool",
        "dev.naiad.pool.NullPool, dev.naiad.pool.NullPool",
        "dev.naiad.example.BoundedPool, dev.naiad.example.BoundedPool"
    })
    void isFoundByNameOrFullName(String text, String expected) {
        try (Pool pool = PoolClass.of(text).make(config)) {
            assertThat(pool.getClass().getName()).isEqualTo(expected);
            assertThat(PoolClass.of(pool.getClass())).isEqualTo(PoolClass.of(text));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "fast", "java.lang.String", "dev.naiad.pool.Pool2", "dev.naiad.pool.PoolClassTests$Closed"})
    void otherTextsAreRefusedWithWhatIsAllowed(String text) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> PoolClass.of(text))
                .satisfies(e -> {
                    assertThat(e.setting()).isEqualTo("pool_class");
                    assertThat(e.value()).isEqualTo(text);
                    assertThat(e.allowed()).startsWith("queue, null, static, singleton_thread, assertion, or the full");
                });
    }

    @Test
    void whatAConstructorThrowsIsThrown() {
        PoolConfig incomplete = PoolConfig.builder().build();
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> PoolClass.of(BoundedPool.class).make(incomplete))
                .satisfies(e -> assertThat(e.setting()).isEqualTo("url"));
    }

    @Test
    void namesTheClassesThatHeedASetting() {
        assertThat(PoolClass.supporting("max_overflow")).containsExactly("queue");
        assertThat(PoolClass.supporting("store_traceback")).containsExactly("assertion");
        assertThat(PoolClass.supporting("recycle")).isEqualTo(PoolClass.names());
        assertThat(PoolClass.supporting("timeout")).isEqualTo(PoolClass.names());
        assertThat(PoolClass.supporting("connect_timeout")).isEqualTo(PoolClass.names());
        assertThat(PoolClass.of(BoundedPool.class).supports("max_overflow")).isTrue();
    }

    /** A misspelt name would never be refused. */
    @Test
    void whatIsForeignToAClassIsASetting() {
        Set<String> settings = Arrays.stream(PoolSettings.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .map(name -> name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        assertThat(List.of(
                        PoolClass.QUEUE,
                        PoolClass.NULL,
                        PoolClass.STATIC,
                        PoolClass.SINGLETON_THREAD,
                        PoolClass.ASSERTION))
                .flatMap(PoolClass::foreign)
                .isNotEmpty()
                .allSatisfy(name -> assertThat(settings).contains(name));
    }

    /** A class that cannot be made from outside. */
    private abstract static class Closed extends Pool {

        Closed(PoolConfig config) {
            super(config);
        }
    }
}
