/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.spring.documentation.Documentation.Block;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Commands in the documentation do what they say. Those that talk to the sample are run by its tests; those of the build are checked
 * here against the build, as they take minutes; any other has a note why it is not run.
 */
class CommandTests {

    private static final String BUILD = "./mvnw";
    private static final Pattern NOTE = Pattern.compile("not run: \\w.{8,}");
    private static final Set<String> GOALS =
            Set.of("clean", "test", "verify", "deploy", "test-compile", "spotless:apply", "spring-boot:run");

    static List<Block> blocks() {
        return Documentation.blocks("shell").toList();
    }

    static List<String> builds() {
        return blocks().stream()
                .flatMap(block -> commands(block).stream())
                .filter(command -> command.startsWith(BUILD))
                .distinct()
                .toList();
    }

    /** The lines, those that are continued joined, without comments. */
    private static List<String> commands(Block block) {
        return block.text()
                .replace("\\\n", " ")
                .lines()
                .map(line -> line.replaceFirst("(^|\\s)#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void everyCommandIsRunOrCheckedOrExcused(Block block) {
        boolean isExcused = NOTE.matcher(block.note()).matches();
        boolean isRun = block.text().contains("curl ");
        assertThat(isExcused || isRun || commands(block).stream().allMatch(line -> line.startsWith(BUILD)))
                .as("%s is a command of the build, a request to the sample, or has a note 'not run: <why>'", block)
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("builds")
    void commandsOfTheBuildNameWhatThereIs(String command) throws IOException {
        String poms = poms();
        List<String> words = words(command);
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            switch (word.replaceFirst("^(-P|-D[^=]+=?).*", "$1")) {
                case "-q", "-am", "-Dnaiad.write", "-Dinvoker.skip", "-DskipTests" -> {}
                case "-Dsurefire.failIfNoSpecifiedTests=", "-Dgpg.keyname=", "-Dspring-boot.run.profiles=" -> {}
                case "-pl" ->
                    assertThat(words.get(++i).split(","))
                            .allSatisfy(module -> assertThat(
                                            Documentation.ROOT.resolve(module).resolve("pom.xml"))
                                    .exists());
                case "-P" ->
                    assertThat(word.substring(2).split(","))
                            .allSatisfy(profile -> assertThat(poms).contains("<id>" + profile + "</id>"));
                case "-Dtest=" ->
                    assertThat(word.substring("-Dtest=".length()).split(","))
                            .allSatisfy(test -> assertThat(sources()).contains(test + ".java"));
                case "-Dapi.old=" -> assertThat(poms).contains("<name>api.old</name>");
                case "-Dbenchmark=" -> assertThat(poms).contains("${benchmark}");
                default -> {
                    Matcher execution = Pattern.compile("exec:exec@(.+)").matcher(word);
                    if (execution.matches()) {
                        assertThat(poms).contains("<id>" + execution.group(1) + "</id>");
                    } else {
                        assertThat(GOALS).contains(word);
                    }
                }
            }
        }
    }

    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("(?:[^\\s\"]|\"[^\"]*\")+").matcher(command);
        while (word.find()) {
            words.add(word.group());
        }
        return words;
    }

    private static String poms() throws IOException {
        StringBuilder poms = new StringBuilder(Files.readString(Documentation.ROOT.resolve("pom.xml")));
        for (String module : List.of("pool-core", "pool-spring-boot-starter", "pool-sample-app")) {
            poms.append(Files.readString(Documentation.ROOT.resolve(module).resolve("pom.xml")));
        }
        return poms.toString();
    }

    private static Set<String> sources() {
        try (Stream<Path> files = Files.find(
                Documentation.ROOT, 12, (file, attributes) -> file.toString().endsWith("Tests.java"))) {
            return files.map(file -> file.getFileName().toString()).collect(java.util.stream.Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void thereAreCommandsOfTheBuild() {
        assertThat(builds()).hasSizeGreaterThan(4);
    }
}
