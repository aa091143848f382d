/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.PoolSettings;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The core's settings and the properties. */
class PoolSettingTests {

    /** Settings that are no properties, and why. */
    private static final Map<String, String> NO_PROPERTY = Map.ofEntries(
            Map.entry("connection-factory", "a bean: ConnectionFactoryCustomizer"),
            Map.entry("credentials", "a bean, or credentials-directory"),
            Map.entry("dialect", "a bean"),
            Map.entry("disconnect-classifier", "a bean"),
            Map.entry("driver-class-name", "spring.datasource, or of a named pool"),
            Map.entry("interceptor", "a bean"),
            Map.entry("listener", "a bean"),
            Map.entry("name", "of the first pool only; a named pool has it from its key"),
            Map.entry("observer", "the starter's own"),
            Map.entry("password", "spring.datasource, or of a named pool"),
            Map.entry("ticker", "for tests"),
            Map.entry("url", "spring.datasource, or of a named pool"),
            Map.entry("username", "spring.datasource, or of a named pool"));

    @Test
    void everySettingOfTheCoreIsAPropertyOrHasAReasonNotToBe() {
        Set<String> known = Stream.concat(
                        PoolSetting.ALL.stream()
                                .map(PoolSetting::name)
                                .map(name -> name.equals("connection-properties") ? "connection-property" : name),
                        NO_PROPERTY.keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> ofTheCore = Arrays.stream(PoolSettings.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .map(Method::getName)
                .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(ofTheCore)
                .as("For a new setting add a field to PoolProperties, a line to PoolSetting.ALL, its default to"
                        + " additional-spring-configuration-metadata.json, and a row to the README")
                .isEqualTo(known);
    }

    @Test
    void everySettingIsAPropertyOfEveryPool() {
        assertThat(PropertyNames.of(NaiadProperties.NamedPool.class))
                .containsAll(PoolSetting.ALL.stream().map(PoolSetting::name).toList());
        assertThat(PropertyNames.of(PoolProperties.class))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                PoolSetting.ALL.stream().map(PoolSetting::name),
                                Stream.of(PoolClassChoice.NAME, "credentials-directory", FirstConnection.NAME))
                        .toList());
    }
}
