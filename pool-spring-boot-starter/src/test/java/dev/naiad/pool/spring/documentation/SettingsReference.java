/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import static dev.naiad.pool.spring.documentation.Tables.code;

import com.jayway.jsonpath.JsonPath;
import dev.naiad.pool.PoolSettings;
import dev.naiad.pool.spring.autoconfigure.PoolSetting;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of the settings, from the metadata of the starter and the classes of the core. */
final class SettingsReference {

    private static final String PREFIX = "naiad.";

    private final Map<String, Map<String, Object>> metadata = metadata();
    private final Set<String> ofPools =
            PoolSetting.ALL.stream().map(PoolSetting::name).collect(Collectors.toCollection(TreeSet::new));
    private final Set<String> inUrls = constants("dev.naiad.pool.driver.ManagedSetting");
    private final Set<String> fixed = fixed();
    private final Javadoc javadoc = Javadoc.of(PoolSettings.class);

    private static Map<String, Map<String, Object>> metadata() {
        Map<String, Map<String, Object>> byName = new LinkedHashMap<>();
        try (InputStream file = PoolSetting.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI()
                .resolve("META-INF/spring-configuration-metadata.json")
                .toURL()
                .openStream()) {
            List<Map<String, Object>> properties = JsonPath.parse(file).read("$.properties[?(@.name =~ /naiad.*/)]");
            properties.forEach(property -> byName.put(String.valueOf(property.get("name")), property));
        } catch (IOException | java.net.URISyntaxException e) {
            throw new AssertionError(e);
        }
        return byName;
    }

    private static Set<String> constants(String type) {
        try {
            return Arrays.stream(Class.forName(type).getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.toSet());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** What a running pool refuses to change. */
    private static Set<String> fixed() {
        try {
            Field field = Class.forName("dev.naiad.pool.Changes").getDeclaredField("FIXED");
            field.setAccessible(true);
            return ((List<?>) field.get(null))
                    .stream().map(SettingsReference::nameOf).collect(Collectors.toSet());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static String nameOf(Object fixed) {
        try {
            Method name = fixed.getClass().getDeclaredMethod("name");
            name.setAccessible(true);
            return (String) name.invoke(fixed);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** Those that every pool has, by the names of the properties. */
    String ofAPool() {
        return Tables.table(
                List.of("Property", "In code", "In a URL", "Default", "At run time", "SQLAlchemy", "Meaning"),
                ofPools.stream().map(this::poolRow).toList());
    }

    private List<String> poolRow(String name) {
        String method = method(name);
        String underscored = name.replace('-', '_');
        return List.of(
                code(PREFIX + name),
                code(method),
                inUrls.contains(underscored) ? code(underscored) : "",
                defaultOf(PREFIX + name),
                fixed.contains(underscored) ? "no" : "yes",
                javadoc.counterpart("B " + method + "(").orElse(""),
                descriptionOf(PREFIX + name));
    }

    private static String method(String property) {
        String name = Stream.of(property.split("-"))
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining());
        String method = name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
        return method.equals("connectionProperties") ? "connectionProperty" : method;
    }

    /** Those that only Spring's configuration has. */
    String ofTheStarter() {
        return Tables.table(
                List.of("Property", "Default", "Meaning"),
                metadata.keySet().stream()
                        .filter(name -> !ofPools.contains(name.substring(PREFIX.length())))
                        .sorted()
                        .map(name -> List.of(code(name), defaultOf(name), descriptionOf(name)))
                        .toList());
    }

    /** Those that have no text. */
    String inCodeOnly() {
        Set<String> withProperties =
                ofPools.stream().map(SettingsReference::method).collect(Collectors.toSet());
        return Tables.table(
                List.of("In code", "In a URL", "SQLAlchemy", "Meaning"),
                Arrays.stream(PoolSettings.class.getDeclaredMethods())
                        .filter(method -> Modifier.isPublic(method.getModifiers()))
                        .map(Method::getName)
                        .filter(method -> !withProperties.contains(method))
                        .distinct()
                        .sorted()
                        .map(this::codeRow)
                        .toList());
    }

    private List<String> codeRow(String method) {
        String underscored = method.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        String declaration = "B " + method + "(";
        return List.of(
                code(method),
                inUrls.contains(underscored) ? code(underscored) : "",
                javadoc.counterpart(declaration).orElse(""),
                javadoc.firstSentence(declaration));
    }

    private String defaultOf(String name) {
        Object value = metadata.get(name).get("defaultValue");
        return value == null
                ? ""
                : code(
                        value instanceof List<?> list
                                ? list.stream().map(String::valueOf).collect(Collectors.joining(", "))
                                : value);
    }

    private String descriptionOf(String name) {
        return String.valueOf(metadata.get(name).get("description"))
                .replace(" If a duration suffix is not specified, seconds will be used.", "")
                .replaceAll("'([A-Za-z.-]+)'", "`$1`")
                .replaceFirst("\\.$", "");
    }
}
