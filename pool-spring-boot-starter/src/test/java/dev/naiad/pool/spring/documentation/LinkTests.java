/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Links within the repository lead somewhere. */
class LinkTests {

    private static final Pattern LINK =
            Pattern.compile("]\\(<?([^)>\\s]+)>?(?: \"[^\"]*\")?\\)|<img [^>]*src=\"([^\"]+)\"");
    private static final Pattern CODE = Pattern.compile("`[^`]*`");

    static List<Path> files() {
        return Documentation.files();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyLinkHasATarget(Path file) {
        List<String> broken = new ArrayList<>();
        for (String line : Documentation.prose(file)) {
            Matcher link = LINK.matcher(CODE.matcher(line).replaceAll(""));
            while (link.find()) {
                String target = link.group(1) == null ? link.group(2) : link.group(1);
                if (!target.contains("://") && !resolves(file, target)) {
                    broken.add(target);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    private static boolean resolves(Path file, String target) {
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path other = path.isEmpty() ? file : file.resolveSibling(path).normalize();
        return other.startsWith(Documentation.ROOT)
                && Files.exists(other)
                && (hash < 0 || Documentation.anchors(other).contains(target.substring(hash + 1)));
    }

    @Test
    void everyGuideIsInTheTableOfContents() {
        Path docs = Documentation.ROOT.resolve("docs");
        String contents = String.join("\n", Documentation.lines(docs.resolve("README.md")));

        assertThat(Documentation.files())
                .filteredOn(file -> file.startsWith(docs) && !file.endsWith("README.md"))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(contents).contains("](" + file.getFileName() + ")"));
    }
}
