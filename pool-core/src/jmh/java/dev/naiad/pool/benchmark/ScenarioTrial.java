/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import dev.naiad.pool.benchmark.contender.Contender;
import dev.naiad.pool.benchmark.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A scenario, run as a program of its own. */
final class ScenarioTrial implements Trial {

    private static final int PATIENCE_MINUTES = 5;

    private final Scenario scenario;
    private final Set<Contender> contenders;
    private final List<String> jvmArguments;

    ScenarioTrial(Scenario scenario) {
        this(scenario, EnumSet.allOf(Contender.class), List.of());
    }

    private ScenarioTrial(Scenario scenario, Set<Contender> contenders, List<String> jvmArguments) {
        this.scenario = scenario;
        this.contenders = contenders;
        this.jvmArguments = jvmArguments;
    }

    ScenarioTrial only(Contender... contenders) {
        return new ScenarioTrial(scenario, EnumSet.copyOf(List.of(contenders)), jvmArguments);
    }

    ScenarioTrial withJvmArguments(String... arguments) {
        return new ScenarioTrial(scenario, contenders, List.of(arguments));
    }

    @Override
    public boolean admits(Contender contender) {
        return contenders.contains(contender);
    }

    @Override
    public void run(Contender contender, Session session, Output output) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmArguments);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                Scenario.class.getName(),
                scenario.name(),
                contender.name(),
                String.valueOf(session.form().scenarioMillis),
                String.valueOf(session.unitsPerMicro()),
                scenario == Scenario.POSTGRES ? session.postgresUrl() : "none"));
        Path log = Files.createTempFile("naiad-benchmark-", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            boolean ended = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
            process.destroyForcibly();
            List<String> lines = Files.readAllLines(log);
            if (!ended || process.exitValue() != 0) {
                throw new IOException(reason(ended, lines));
            }
            lines.stream().filter(line -> line.startsWith(Scenario.FIGURE)).forEach(line -> {
                String[] parts = line.split("\t", -1);
                output.figure(parts[1], contender.title(), parts[2], Double.parseDouble(parts[3]));
            });
        } finally {
            Files.delete(log);
        }
    }

    private static String reason(boolean ended, List<String> lines) {
        if (!ended) {
            return "not done after " + PATIENCE_MINUTES + " minutes";
        }
        return lines.stream()
                .filter(line -> line.contains("Exception") || line.contains("Error"))
                .reduce((first, last) -> last)
                .orElse("failed without a word");
    }
}
