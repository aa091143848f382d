/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Each fact of SQLAlchemy's pool that {@code facts.tsv} lists has a test that carries its id as a tag, or a reason why it has
 * none. Writes {@code target/facts.md}, where one can look up what shows what.
 */
class FactCoverageTests {

    private static final Pattern FACT = Pattern.compile("[A-Z]+\\d*[-.]\\d+");

    private enum Status {
        /** A test shows that it holds here. */
        TEST,
        /** It has no meaning here; the reason says why. */
        NOT_APPLICABLE,
        /** Something else holds here on purpose: the reason says what, a test shows it. */
        DIFFERS;

        static Status of(String text) {
            return switch (text) {
                case "test" -> TEST;
                case "n/a" -> NOT_APPLICABLE;
                case "differs" -> DIFFERS;
                default -> throw new IllegalArgumentException("No status of a fact: " + text);
            };
        }
    }

    private record Fact(String id, String title, String statusText, String reason) {

        static Fact of(String line) {
            String[] cells = line.split("\t", -1);
            assertThat(cells).as(line).hasSizeBetween(3, 4);
            return new Fact(cells[0], cells[1], cells[2], cells.length == 4 ? cells[3] : "");
        }

        Status status() {
            return Status.of(statusText);
        }
    }

    private final Map<String, Fact> facts = facts();
    private final Map<String, Set<String>> tests = testsByTag();

    private static Map<String, Fact> facts() {
        try (InputStream list = FactCoverageTests.class.getResourceAsStream("/facts.tsv")) {
            Map<String, Fact> all = new LinkedHashMap<>();
            new String(Objects.requireNonNull(list).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(Fact::of)
                    .forEach(fact -> assertThat(all.put(fact.id(), fact))
                            .as(fact.id() + " twice")
                            .isNull());
            return all;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Set<String>> testsByTag() {
        Map<String, Set<String>> byTag = new TreeMap<>();
        for (Class<?> type : testClasses()) {
            for (Class<?> level = type; level != null; level = level.getSuperclass()) {
                for (Method method : level.getDeclaredMethods()) {
                    if (isRun(method)) {
                        Stream.of(type, level, method)
                                .flatMap(FactCoverageTests::tagsOf)
                                .forEach(tag -> byTag.computeIfAbsent(tag, t -> new TreeSet<>())
                                        .add(type.getSimpleName() + "." + method.getName()));
                    }
                }
            }
        }
        return byTag;
    }

    private static boolean isRun(Method method) {
        return AnnotationSupport.isAnnotated(method, Testable.class)
                && !AnnotationSupport.isAnnotated(method, Disabled.class)
                && !AnnotationSupport.isAnnotated(method.getDeclaringClass(), Disabled.class);
    }

    private static Stream<String> tagsOf(AnnotatedElement element) {
        return AnnotationSupport.findRepeatableAnnotations(element, Tag.class).stream()
                .map(Tag::value);
    }

    private static Collection<Class<?>> testClasses() {
        try (Stream<Path> files = Files.walk(directory())) {
            return files.map(file -> directory().relativize(file).toString())
                    .filter(name -> name.endsWith(".class") && name.contains("Tests"))
                    .map(name -> load(name.substring(0, name.length() - ".class".length())
                            .replace('/', '.')
                            .replace('\\', '.')))
                    .filter(type -> !Modifier.isAbstract(type.getModifiers()))
                    .collect(Collectors.toList());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, FactCoverageTests.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** That of the compiled tests. */
    private static Path directory() {
        try {
            return Path.of(Objects.requireNonNull(FactCoverageTests.class.getResource("/facts.tsv"))
                            .toURI())
                    .getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean hasTest(Fact fact) {
        return tests.containsKey(fact.id());
    }

    @Test
    void everyFactHasATestOrAReason() {
        List<String> wrong = new ArrayList<>();
        for (Fact fact : facts.values()) {
            boolean hasReason = !fact.reason().isBlank();
            String complaint = switch (fact.status()) {
                case TEST -> hasTest(fact) ? "" : "has no test";
                case DIFFERS -> !hasTest(fact) ? "has no test" : hasReason ? "" : "has no reason";
                case NOT_APPLICABLE -> hasTest(fact) ? "has a test after all" : hasReason ? "" : "has no reason";
            };
            if (!complaint.isEmpty()) {
                wrong.add(fact.id() + " (" + fact.title() + ") " + complaint);
            }
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void everyTagNamesAFact() {
        assertThat(tests.keySet()).allMatch(tag -> !FACT.matcher(tag).matches() || facts.containsKey(tag));
    }

    @Test
    void writesTheTableOfFactsAndTests() throws IOException {
        StringBuilder table = new StringBuilder(32_768)
                .append("# Facts of SQLAlchemy's pool, and the tests that show what holds here\n\n")
                .append("| fact | | status | tests |\n|---|---|---|---|\n");
        for (Fact fact : facts.values()) {
            table.append("| ")
                    .append(fact.id())
                    .append(" | ")
                    .append(fact.title())
                    .append(" | ")
                    .append(fact.statusText())
                    .append(fact.reason().isEmpty() ? "" : ": " + fact.reason())
                    .append(" | ")
                    .append(String.join("<br>", tests.getOrDefault(fact.id(), Set.of())))
                    .append(" |\n");
        }
        Path written = Files.writeString(directory().resolveSibling("facts.md"), table);

        assertThat(written).content().contains("| PB-01 | a pool opens nothing until somebody asks | test | ");
    }
}
