/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import dev.naiad.pool.benchmark.contender.Contender;
import dev.naiad.pool.benchmark.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A scenario, run as a program of its own. */
final class ScenarioTrial implements Trial {

    private final Scenario scenario;
    private final Set<Contender> contenders;
    private final List<String> jvmArguments;
    private final boolean forAll;

    ScenarioTrial(Scenario scenario) {
        this(scenario, EnumSet.allOf(Contender.class), List.of(), false);
    }

    private ScenarioTrial(Scenario scenario, Set<Contender> contenders, List<String> jvmArguments, boolean forAll) {
        this.scenario = scenario;
        this.contenders = contenders;
        this.jvmArguments = jvmArguments;
        this.forAll = forAll;
    }

    ScenarioTrial only(Contender... contenders) {
        return new ScenarioTrial(scenario, EnumSet.copyOf(List.of(contenders)), jvmArguments, forAll);
    }

    ScenarioTrial withJvmArguments(String... arguments) {
        return new ScenarioTrial(scenario, contenders, List.of(arguments), forAll);
    }

    ScenarioTrial forAll() {
        return new ScenarioTrial(scenario, contenders, jvmArguments, true);
    }

    @Override
    public boolean admits(Contender contender) {
        return contenders.contains(contender);
    }

    @Override
    public boolean isForAll() {
        return forAll;
    }

    @Override
    public boolean isExact() {
        return scenario == Scenario.FOOTPRINT;
    }

    @Override
    public Duration estimate(Form form) {
        return scenario.estimate(form.scenarioMillis);
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
            int exit = process.waitFor();
            List<String> lines = Files.readAllLines(log);
            if (exit != 0) {
                throw new IOException(reason(lines));
            }
            lines.stream().filter(line -> line.startsWith(Scenario.FIGURE)).forEach(line -> {
                String[] parts = line.split("\t", -1);
                output.figure(parts[1], contender.title(), parts[2], Double.parseDouble(parts[3]));
            });
        } finally {
            Files.delete(log);
        }
    }

    private static String reason(List<String> lines) {
        return lines.stream()
                .filter(line -> line.contains("Exception") || line.contains("Error"))
                .reduce((first, last) -> last)
                .orElse("failed without a word");
    }
}
