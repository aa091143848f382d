/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Markdown files of the repository, and what is in them. */
public final class Documentation {

    /** Where the repository begins. */
    public static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final String FENCE = "```";
    private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*)");
    private static final Pattern NOT_IN_ANCHORS = Pattern.compile("[^\\p{L}\\p{N}_ -]");

    private Documentation() {}

    /** All Markdown files but those a build makes. */
    public static List<Path> files() {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    String name = directory.getFileName().toString();
                    return Set.of("target", ".git", "node_modules").contains(name)
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.getFileName().toString().endsWith(".md")) {
                        files.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    public static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The blocks of code in all files. */
    public static Stream<Block> blocks() {
        return files().stream().flatMap(file -> blocks(file).stream());
    }

    /** The blocks of code in all files that are written in a language. */
    public static Stream<Block> blocks(String language) {
        return blocks().filter(block -> block.language().equals(language));
    }

    static List<Block> blocks(Path file) {
        List<Block> blocks = new ArrayList<>();
        List<String> lines = lines(file);
        int begin = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).strip().startsWith(FENCE)) {
                continue;
            }
            if (begin < 0) {
                begin = i;
            } else {
                String language = lines.get(begin).strip().substring(FENCE.length());
                String text = String.join("\n", lines.subList(begin + 1, i)) + "\n";
                blocks.add(new Block(file, begin + 1, language, noteBefore(lines, begin), text.stripIndent()));
                begin = -1;
            }
        }
        if (begin >= 0) {
            throw new AssertionError(file + ":" + (begin + 1) + " begins a block that does not end");
        }
        return blocks;
    }

    private static String noteBefore(List<String> lines, int begin) {
        String before = begin == 0 ? "" : lines.get(begin - 1).strip();
        return before.startsWith("<!--") && before.endsWith("-->")
                ? before.substring(4, before.length() - 3).strip()
                : "";
    }

    /** The lines of a file that are not in blocks of code. */
    static List<String> prose(Path file) {
        List<String> prose = new ArrayList<>();
        boolean isCode = false;
        for (String line : lines(file)) {
            if (line.strip().startsWith(FENCE)) {
                isCode = !isCode;
            } else if (!isCode) {
                prose.add(line);
            }
        }
        return prose;
    }

    /** The headings of a file, without the signs before them. */
    public static List<String> headings(Path file) {
        return prose(file).stream()
                .map(HEADING::matcher)
                .filter(Matcher::matches)
                .map(heading -> heading.group(1).strip())
                .toList();
    }

    /** The names by which links reach the headings of a file. */
    static Set<String> anchors(Path file) {
        Set<String> anchors = new TreeSet<>();
        for (String heading : headings(file)) {
            String anchor = NOT_IN_ANCHORS
                    .matcher(heading.toLowerCase(Locale.ROOT))
                    .replaceAll("")
                    .replace(' ', '-');
            for (int i = 1; !anchors.add(i == 1 ? anchor : anchor + "-" + (i - 1)); i++) {
                // the second of a name has a number
            }
        }
        return anchors;
    }

    /** The rows of the first table below a heading, without its head; the cells without marks of code. */
    public static List<List<String>> table(Path file, String heading) {
        List<String> lines = lines(file);
        int start = lines.indexOf(heading);
        if (start < 0) {
            throw new AssertionError(file + " has no line '" + heading + "'");
        }
        return lines.stream()
                .skip(start)
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(Documentation::cells)
                .toList();
    }

    private static List<String> cells(String line) {
        return Stream.of(line.substring(1, line.lastIndexOf('|')).split("(?<!\\\\)\\|", -1))
                .map(cell -> cell.replace("`", "").strip())
                .toList();
    }

    /**
     * A block of code.
     *
     * @param line of the file where it begins
     * @param note what a comment on the line before it says; empty if there is none
     */
    public record Block(Path file, int line, String language, String note, String text) {

        @Override
        public String toString() {
            return ROOT.relativize(file) + ":" + line;
        }
    }
}
