/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import static dev.naiad.pool.spring.documentation.Tables.code;

import dev.naiad.pool.CloseReason;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.PoolMXBean;
import dev.naiad.pool.PoolSnapshot;
import dev.naiad.pool.spring.event.PoolApplicationEvent;
import dev.naiad.pool.spring.metrics.MeterNames;
import dev.naiad.pool.spring.metrics.PoolMeter;
import dev.naiad.pool.spring.metrics.PoolMetrics;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.beans.Introspector;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Description;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import org.springframework.context.ApplicationContext;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** The tables of everything a pool tells, from the classes that tell it. */
final class SignalsReference {

    private static final Set<String> OF_EVERY_EVENT = Set.of("getDataSource", "getPoolName", "getThreadName");

    private SignalsReference() {}

    /** The meters with one set of names, as they are in a registry to which an application has bound them. */
    static String meters(ApplicationContext application, MeterRegistry registry, MeterNames names) {
        application.getBean(PoolMetrics.class).bindTo(registry);
        List<List<String>> rows = new ArrayList<>();
        for (PoolMeter meter : PoolMeter.values()) {
            if (meter.scheme() == names) {
                Meter.Id id = registry.get(meter.meterName())
                        .meters()
                        .iterator()
                        .next()
                        .getId();
                rows.add(List.of(
                        code(meter.meterName()),
                        id.getType().name().toLowerCase(Locale.ROOT),
                        id.getTags().stream().map(tag -> code(tag.getKey())).collect(Collectors.joining(", ")),
                        meter.description()));
            }
        }
        return Tables.table(List.of("Meter", "Type", "Tags", "What"), rows);
    }

    static String reasons() {
        Map<String, String> comments = Javadoc.constants(CloseReason.class);
        return Tables.table(
                List.of("Reason", "What"),
                Arrays.stream(CloseReason.values())
                        .map(reason -> List.of(
                                code(reason.name().toLowerCase(Locale.ROOT)), comments.getOrDefault(reason.name(), "")))
                        .toList());
    }

    static String events() {
        Javadoc javadoc = Javadoc.of(PoolEvent.class);
        return Tables.table(
                List.of("`PoolEvent`", "`PoolListener`", "Carries", "`PoolApplicationEvent` carries", "When"),
                Arrays.stream(PoolEvent.Kind.values())
                        .map(kind -> eventRow(kind.type(), javadoc))
                        .toList());
    }

    private static List<String> eventRow(Class<?> type, Javadoc javadoc) {
        String name = type.getSimpleName();
        return List.of(
                code(name),
                code(Introspector.decapitalize(name)),
                Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getName)
                        .filter(component -> !component.equals("pool"))
                        .map(Tables::code)
                        .collect(Collectors.joining(", ")),
                getters(applicationEvent(name)),
                javadoc.firstSentence("record " + name + "("));
    }

    private static Class<?> applicationEvent(String name) {
        return Arrays.stream(PoolApplicationEvent.class.getDeclaredClasses())
                .filter(type -> type.getSimpleName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no application event " + name));
    }

    private static String getters(Class<?> type) {
        return Stream.<Class<?>>iterate(type, each -> each != PoolApplicationEvent.class, Class::getSuperclass)
                .flatMap(each -> Arrays.stream(each.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()) && method.getParameterCount() == 0)
                .map(Method::getName)
                .filter(name -> name.matches("(get|is)[A-Z].*") && !OF_EVERY_EVENT.contains(name))
                .distinct()
                .sorted()
                .map(Tables::code)
                .collect(Collectors.joining(", "));
    }

    static String flightRecorder() throws Exception {
        List<List<String>> rows = new ArrayList<>();
        for (Resource file :
                new PathMatchingResourcePatternResolver().getResources("classpath*:dev/naiad/pool/jfr/*Event.class")) {
            String name = String.valueOf(file.getFilename()).replace(".class", "");
            Class<?> type = Class.forName("dev.naiad.pool.jfr." + name);
            Threshold threshold = type.getAnnotation(Threshold.class);
            rows.add(List.of(
                    code(type.getAnnotation(Name.class).value()),
                    type.getAnnotation(Description.class).value(),
                    threshold == null ? "" : threshold.value(),
                    Arrays.stream(type.getFields())
                            .map(field -> code(field.getName()))
                            .collect(Collectors.joining(", "))));
        }
        rows.sort(Comparator.comparing(row -> row.get(0)));
        return Tables.table(List.of("Event", "When", "Threshold", "Carries"), rows);
    }

    static String management() {
        Map<String, String> figures = Javadoc.of(PoolSnapshot.class).parameters("public record PoolSnapshot(");
        Javadoc javadoc = Javadoc.of(PoolMXBean.class);
        Set<String> names = new TreeSet<>();
        List<List<String>> rows = new ArrayList<>();
        for (Method method : PoolMXBean.class.getMethods()) {
            names.add(method.getName());
        }
        for (String name : names) {
            String attribute = name.replaceFirst("^(get|is)(?=[A-Z])", "");
            String comment = javadoc.of(" " + name + "(");
            String figure = figures.get(Introspector.decapitalize(attribute));
            rows.add(List.of(
                    code(attribute),
                    attribute.equals(name) ? "operation" : "attribute",
                    (comment.startsWith("See `PoolSnapshot") && figure != null ? figure : comment)
                            .replaceAll("@param (\\w+)", "`$1`:")
                            .replace("#", ".")
                            .replaceFirst("\\.$", "")));
        }
        rows.sort(Comparator.comparing((List<String> row) -> row.get(1)).thenComparing(row -> row.get(0)));
        return Tables.table(List.of("Name", "Kind", "What"), rows);
    }
}
