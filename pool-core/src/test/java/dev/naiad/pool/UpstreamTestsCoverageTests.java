/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Each test that SQLAlchemy has for its pool is mirrored by one of ours, or has no meaning here: {@code upstream-tests.tsv} says
 * which, or why. Writes {@code target/upstream-tests.md}, the same for people.
 */
class UpstreamTestsCoverageTests {

    private record Row(String upstream, List<String> tests, String note) {

        static Row of(String line) {
            String[] cells = line.split("\t", -1);
            assertThat(cells).as(line).hasSize(3);
            return new Row(cells[0], cells[1].isEmpty() ? List.of() : List.of(cells[1].split(",")), cells[2]);
        }
    }

    private static Stream<Row> rows() throws IOException {
        try (InputStream list = UpstreamTestsCoverageTests.class.getResourceAsStream("/upstream-tests.tsv")) {
            return new String(Objects.requireNonNull(list).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(Row::of);
        }
    }

    private static Path directory() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(UpstreamTestsCoverageTests.class.getResource("/upstream-tests.tsv"))
                        .toURI())
                .getParent();
    }

    private static Map<String, Class<?>> testClasses() throws IOException, URISyntaxException {
        Path root = directory();
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith("Tests.class"))
                    .map(name -> load(name.substring(0, name.length() - ".class".length())
                            .replace('/', '.')
                            .replace('\\', '.')))
                    .collect(Collectors.toMap(Class::getSimpleName, type -> type));
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, UpstreamTestsCoverageTests.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isTest(Map<String, Class<?>> classes, String name) {
        String[] parts = name.split("\\.");
        for (Class<?> type = classes.get(parts[0]); type != null; type = type.getSuperclass()) {
            if (Arrays.stream(type.getDeclaredMethods())
                    .anyMatch(method -> method.getName().equals(parts[1])
                            && AnnotationSupport.isAnnotated(method, Testable.class))) {
                return true;
            }
        }
        return false;
    }

    @Test
    void eachIsMirroredByATestThatExistsOrHasAReason() throws Exception {
        Map<String, Class<?>> classes = testClasses();

        assertThat(rows()).hasSizeGreaterThan(100).allSatisfy(row -> {
            assertThat(row.tests()).allMatch(name -> isTest(classes, name), "is a test");
            assertThat(row.tests().isEmpty() && row.note().isBlank())
                    .as(row.upstream() + " has neither a test nor a reason")
                    .isFalse();
        });
        assertThat(isTest(classes, "QueuePoolTests.thereIsNone")).isFalse();
    }

    @Test
    void writesTheTable() throws Exception {
        String table = rows().map(row ->
                        "| " + row.upstream() + " | " + String.join("<br>", row.tests()) + " | " + row.note() + " |\n")
                .collect(Collectors.joining(
                        "",
                        "# Tests of SQLAlchemy's pool, and those that mirror them\n\n| upstream | here | note |\n|---|---|---|\n",
                        ""));
        Path written = Files.writeString(directory().resolveSibling("upstream-tests.md"), table);

        assertThat(written).content().contains("| test_pool.QueuePoolTest.test_fifo | QueuePoolOperationTests.");
    }
}
