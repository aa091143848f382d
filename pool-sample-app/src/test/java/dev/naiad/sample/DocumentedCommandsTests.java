/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The requests that the README and the guides make to the sample are made, in their order, and answered. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class DocumentedCommandsTests {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** A block of commands; after it perhaps one with what is said then, of which each line is looked for. */
    private static final Pattern COMMANDS = Pattern.compile(
            "(?m)^(<!-- not run: .*-->\\n)?```shell\\n((?s:.*?))^```\\n(?:\\n```text\\n((?s:.*?))^```\\n)?");

    @LocalServerPort
    private int port;

    private record Commands(Path file, String text, String answer) {}

    private static List<Commands> commands() throws IOException {
        List<Path> files = new ArrayList<>(List.of(
                ROOT.resolve("README.md"),
                ROOT.resolve("pool-core/README.md"),
                ROOT.resolve("pool-spring-boot-starter/README.md"),
                ROOT.resolve("pool-sample-app/README.md")));
        try (Stream<Path> guides = Files.list(ROOT.resolve("docs"))) {
            guides.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
        }
        List<Commands> commands = new ArrayList<>();
        for (Path file : files) {
            Matcher found = COMMANDS.matcher(Files.readString(file));
            while (found.find()) {
                if (found.group(1) == null && found.group(2).contains("curl ")) {
                    commands.add(new Commands(file, found.group(2), found.group(3) == null ? "" : found.group(3)));
                }
            }
        }
        return commands;
    }

    private String run(String text) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder(
                        "bash",
                        "-c",
                        "set -e -o pipefail; curl() { command curl --fail-with-body --silent --show-error \"$@\"; }\n"
                                + text.replace("localhost:8080", "localhost:" + port))
                .redirectErrorStream(true)
                .start();
        shell.getOutputStream().close();
        String answer = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(shell.exitValue()).as("%s answered %s", text, answer).isZero();
        return answer;
    }

    private static boolean hasCurl() throws InterruptedException {
        try {
            return new ProcessBuilder("bash", "-c", "command -v curl").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void everyRequestIsAnsweredAsItSays() throws Exception {
        assumeThat(hasCurl()).as("bash and curl are there").isTrue();
        assertThat(commands()).hasSizeGreaterThan(2);
        for (Commands each : commands()) {
            String answer = run(each.text());
            assertThat(each.answer().lines().filter(line -> !line.equals("...")))
                    .as("%s", each)
                    .allSatisfy(line -> assertThat(answer).contains(line));
        }
    }
}
