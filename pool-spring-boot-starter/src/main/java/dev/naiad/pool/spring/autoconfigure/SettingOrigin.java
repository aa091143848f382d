/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;

/** Finds the place a setting came from: a line of a file, an environment variable. */
final class SettingOrigin {

    private SettingOrigin() {}

    /** " (from ...)", or nothing if the property is not set or its place not known. */
    static String describe(Environment environment, String property) {
        return find(environment, property).map(SettingOrigin::describe).orElse("");
    }

    /** As above, of a property that is at hand. */
    static String describe(ConfigurationProperty property) {
        Origin origin = property.getOrigin();
        return origin == null ? "" : " (from " + origin + ")";
    }

    static Optional<ConfigurationProperty> find(Environment environment, String property) {
        ConfigurationPropertyName name = ConfigurationPropertyName.adapt(property, '.');
        for (var source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty found = source.getConfigurationProperty(name);
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    /** The property or, if it is a map, one of its entries. */
    static Optional<ConfigurationProperty> findAtOrBelow(Environment environment, String property) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
        for (var source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource entries) {
                Optional<ConfigurationProperty> found = entries.stream()
                        .filter(entry -> name.equals(entry) || name.isAncestorOf(entry))
                        .findFirst()
                        .map(entries::getConfigurationProperty);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return find(environment, property);
    }

    /** What stands below a prefix, in any source. A variable of the environment may come out with too many dots. */
    static Stream<ConfigurationProperty> below(Environment environment, ConfigurationPropertyName prefix) {
        Map<ConfigurationPropertyName, ConfigurationProperty> found = new LinkedHashMap<>();
        for (var source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource entries) {
                entries.stream()
                        .filter(prefix::isAncestorOf)
                        .map(entries::getConfigurationProperty)
                        .filter(Objects::nonNull)
                        .forEach(property -> found.putIfAbsent(property.getName(), property));
            }
        }
        return found.values().stream();
    }

    /** The value, with placeholders as far as they can be resolved; {@link Environment#getProperty} fails if one cannot. */
    static Optional<String> value(Environment environment, String property) {
        return find(environment, property)
                .map(found -> Objects.toString(found.getValue()))
                .map(environment::resolvePlaceholders);
    }

    /** The name as written, so that it can be searched for: Spring Boot drops underscores and capitals. */
    static String nameOf(ConfigurationProperty property) {
        ConfigurationPropertySource source = property.getSource();
        Object underlying = source == null ? null : source.getUnderlyingSource();
        return Arrays.stream(namesIn(underlying))
                .filter(name -> ConfigurationPropertyName.adapt(name, '.').equals(property.getName()))
                .findFirst()
                .orElseGet(() -> property.getName().toString());
    }

    private static String[] namesIn(@Nullable Object source) {
        return source instanceof EnumerablePropertySource<?> enumerable ? enumerable.getPropertyNames() : new String[0];
    }
}
