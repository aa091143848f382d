/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide to the code names what is there. */
class ArchitectureGuideTests {

    private static final Path SOURCES = Documentation.ROOT.resolve("pool-core/src/main/java");
    private static final Pattern NAME = Pattern.compile("`([A-Z]\\w*[a-z]\\w*)(?:\\.(\\w+))?`");

    @Test
    void everyClassAndMethodExists() throws IOException {
        List<String> names = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (String line : Documentation.prose(Documentation.ROOT.resolve("docs/architecture.md"))) {
            Matcher name = NAME.matcher(line);
            while (name.find()) {
                names.add(name.group());
                String method = name.group(2);
                if (sources(name.group(1)).noneMatch(source -> method == null || source.contains(" " + method + "("))) {
                    unknown.add(name.group());
                }
            }
        }

        assertThat(names).hasSizeGreaterThan(50);
        assertThat(unknown).isEmpty();
    }

    private static Stream<String> sources(String simpleName) throws IOException {
        List<String> sources = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.endsWith(simpleName + ".java")).toList()) {
                sources.add(Files.readString(file));
            }
        }
        return sources.stream();
    }
}
