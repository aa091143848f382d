/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.naiad.pool.CloseReason;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.spring.event.PoolEventPublisher;
import dev.naiad.pool.spring.metrics.PoolMetrics;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.util.ClassUtils;

/** The tables of the README say what there is. */
class ReadmeTests {

    private final List<String> lines = Files.readAllLines(Path.of("README.md"));

    ReadmeTests() throws IOException {}

    @Test
    void propertiesAreThoseOfTheMetadataWithTheirDefaults() throws IOException {
        URI classes = URI.create(PoolEventPublisher.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString());
        List<Map<String, Object>> properties;
        try (InputStream metadata = classes.resolve("META-INF/spring-configuration-metadata.json")
                .toURL()
                .openStream()) {
            properties = JsonPath.parse(metadata).read("$.properties[?(@.name =~ /naiad.*/)]");
        }
        assertThat(table("## Properties"))
                .extracting(row -> row.get(0).replace(".*", ""))
                .containsExactlyInAnyOrderElementsOf(properties.stream()
                        .map(property -> String.valueOf(property.get("name")))
                        .toList());
        Map<Object, Object> defaults = properties.stream()
                .filter(property -> property.containsKey("defaultValue"))
                .collect(Collectors.toMap(property -> property.get("name"), property -> property.get("defaultValue")));
        assertThat(table("## Properties")).allSatisfy(row -> {
            if (defaults.containsKey(row.get(0))) {
                assertThat(row.get(3)).isEqualTo(shown(defaults.get(row.get(0))));
            }
        });
    }

    private static String shown(Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(", "))
                : String.valueOf(value);
    }

    @Test
    void propertiesOfANamedPoolAreThoseOfItsClassThatNotAllPoolsHave() {
        List<String> ofAll = names("dev.naiad.pool.spring.autoconfigure.PoolProperties");
        assertThat(table("## Several pools"))
                .extracting(row -> row.get(0).replace("naiad.pools.<name>.", ""))
                .containsExactlyInAnyOrderElementsOf(
                        names("dev.naiad.pool.spring.autoconfigure.NaiadProperties$NamedPool").stream()
                                .filter(Predicate.not(ofAll::contains))
                                .toList());
    }

    private static List<String> names(String type) {
        return Arrays.stream(BeanUtils.getPropertyDescriptors(ClassUtils.resolveClassName(type, null)))
                .map(property -> property.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .filter(Predicate.not("class"::equals))
                .toList();
    }

    @Test
    void eventsAreTheKindsOfThePool() {
        assertThat(table("## Events"))
                .extracting(row -> row.get(0))
                .containsExactlyElementsOf(Arrays.stream(PoolEvent.Kind.values())
                        .map(kind -> kind.type().getSimpleName())
                        .toList());
    }

    @Test
    void metricsAreThoseOfTheRegistryWithTypeAndTags() {
        try (var context = Applications.run(Applications.withDatabase(
                "naiad.metrics.hikari-names=true",
                "naiad.metrics.open-telemetry-names=true",
                "naiad.metrics.timers=wait,open,hold,reset"))) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            context.getBean(PoolMetrics.class).bindTo(registry);
            assertThat(tables("## Metrics").stream().map(row -> String.join("|", row.subList(0, 3))))
                    .containsExactlyInAnyOrderElementsOf(registry.getMeters().stream()
                            .map(ReadmeTests::row)
                            .distinct()
                            .toList());
        }
    }

    private static String row(Meter meter) {
        String tags = meter.getId().getTags().stream().map(tag -> tag.getKey()).collect(Collectors.joining(", "));
        return meter.getId().getName() + "|" + meter.getId().getType().name().toLowerCase(Locale.ROOT) + "|" + tags;
    }

    @Test
    void reasonsAreThoseOfThePool() {
        assertThat(String.join(" ", lines))
                .contains("`reason` is one of "
                        + Arrays.stream(CloseReason.values())
                                .map(reason -> "`" + reason.name().toLowerCase(Locale.ROOT) + "`")
                                .collect(Collectors.joining(", "))
                        + ".");
    }

    @Test
    void everyClassThatSpringBootHasForHikariHasACounterpart() throws IOException {
        String jar = Path.of(URI.create(DataSourceBuilder.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
        try (JarFile classes = new JarFile(jar)) {
            assertThat(table("## What Spring Boot has for HikariCP"))
                    .extracting(row -> row.get(0))
                    .containsExactlyInAnyOrderElementsOf(classes.stream()
                            .map(entry -> entry.getName().replaceAll(".*/|\\.class$", ""))
                            .filter(name -> name.contains("Hikari"))
                            .map(name -> name.replace('$', '.'))
                            .toList());
        }
    }

    @Test
    void testsThatShowCounterpartsExist() {
        JavaClasses tests = new ClassFileImporter()
                .importUrl(getClass().getProtectionDomain().getCodeSource().getLocation());
        Set<String> known = tests.stream()
                .flatMap(type -> type.getMethods().stream())
                .map(method -> method.getOwner().getSimpleName() + "." + method.getName())
                .collect(Collectors.toSet());
        assertThat(table("## What Spring Boot has for HikariCP"))
                .extracting(row -> row.get(2))
                .allSatisfy(test -> assertThat(known).contains(test));
    }

    /** The cells of the first table below a heading, without code marks. */
    private List<List<String>> table(String heading) {
        assertThat(lines).contains(heading);
        return lines.stream()
                .skip(lines.indexOf(heading))
                .dropWhile(Predicate.not(ReadmeTests::isRow))
                .takeWhile(ReadmeTests::isRow)
                .skip(2)
                .map(ReadmeTests::cells)
                .toList();
    }

    /** As above, of all tables up to the next heading. */
    private List<List<String>> tables(String heading) {
        List<String> section = lines.stream()
                .skip(lines.indexOf(heading) + 1L)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> isRow(line) && !line.startsWith("|---") && !line.startsWith("| Metric "))
                .toList();
        return section.stream().map(ReadmeTests::cells).toList();
    }

    private static List<String> cells(String line) {
        return Stream.of(line.substring(1, line.length() - 1).split("\\|", -1))
                .map(cell -> cell.replace("`", "").strip())
                .toList();
    }

    private static boolean isRow(String line) {
        return line.startsWith("|");
    }
}
