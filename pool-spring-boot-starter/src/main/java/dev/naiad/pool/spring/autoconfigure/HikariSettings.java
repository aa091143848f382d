/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * What an application sets for HikariCP.
 *
 * @param values by the names below {@code spring.datasource.hikari}; entries of a map have the map's name before them
 */
record HikariSettings(Map<String, String> values) {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(HikariProperty.PREFIX);

    static HikariSettings of(Environment environment) {
        Map<String, String> values = new LinkedHashMap<>();
        for (var source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable) {
                names(iterable).forEach(name -> values.putIfAbsent(below(name), value(environment, iterable, name)));
            }
        }
        return new HikariSettings(values);
    }

    private static Stream<ConfigurationPropertyName> names(IterableConfigurationPropertySource source) {
        return source.stream().filter(PREFIX::isAncestorOf).distinct();
    }

    private static String below(ConfigurationPropertyName name) {
        List<String> elements = new ArrayList<>();
        for (int i = PREFIX.getNumberOfElements(); i < name.getNumberOfElements(); i++) {
            elements.add(name.getElement(i, Form.ORIGINAL));
        }
        return String.join(".", elements);
    }

    private static String value(
            Environment environment, IterableConfigurationPropertySource source, ConfigurationPropertyName name) {
        String written = Objects.toString(
                Objects.requireNonNull(source.getConfigurationProperty(name)).getValue());
        return ((ConfigurableEnvironment) environment).resolvePlaceholders(written);
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    /** The properties to set instead. */
    Map<String, Object> mapped() {
        Map<String, Object> mapped = new LinkedHashMap<>();
        values.forEach((name, value) -> HikariProperty.of(group(name))
                .ifPresent(property -> mapped.putAll(property.mapped(entry(name), value))));
        return mapped;
    }

    /** One line for each property: its name and what takes its place. No values, for some are secret. */
    List<String> counterparts() {
        return new TreeSet<>(values.keySet())
                .stream()
                        .map(name -> HikariProperty.PREFIX + "." + name + " -> "
                                + HikariProperty.of(group(name))
                                        .map(property -> counterpart(property, entry(name)))
                                        .orElse("no counterpart"))
                        .toList();
    }

    private static String counterpart(HikariProperty property, @Nullable String entry) {
        return entry != null && property.isMapped() ? property.counterpart() + "." + entry : property.counterpart();
    }

    private static String group(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    private static @Nullable String entry(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? null : name.substring(dot + 1);
    }
}
