/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import dev.naiad.pool.benchmark.contender.Contender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * Measures all pools and writes {@code report.md} and a plot for each group.
 *
 * <p>Arguments: {@code short} or {@code long}; {@code groups=connection,spike} and {@code pools=naiad,hikari} for a part of it;
 * {@code to=directory}. The pools take turns within each round, so that what else goes on at the machine disturbs all of them
 * alike.
 */
public final class Benchmarks {

    private final Form form;
    private final Set<Group> groups;
    private final Set<Contender> contenders;
    private final Path directory;
    private final Results results = new Results();

    private Benchmarks(Form form, Set<Group> groups, Set<Contender> contenders, Path directory) {
        this.form = form;
        this.groups = groups;
        this.contenders = contenders;
        this.directory = directory;
    }

    public static void main(String[] arguments) throws Exception {
        Form form = Form.SHORT;
        Set<Group> groups = EnumSet.allOf(Group.class);
        Set<Contender> contenders = EnumSet.allOf(Contender.class);
        Path directory = Path.of("target", "benchmark");
        for (String argument : arguments) {
            String value = argument.substring(argument.indexOf('=') + 1);
            if (argument.startsWith("groups=")) {
                groups = chosen(Group.class, value, Group::id);
            } else if (argument.startsWith("pools=")) {
                contenders = chosen(
                        Contender.class, value, contender -> contender.name().toLowerCase(Locale.ROOT));
            } else if (argument.startsWith("to=")) {
                directory = Path.of(value);
            } else {
                form = chosen(Form.class, argument, Form::toString).iterator().next();
            }
        }
        new Benchmarks(form, groups, contenders, directory).run();
    }

    private static <E extends Enum<E>> Set<E> chosen(Class<E> type, String list, Function<E, String> name) {
        Set<E> chosen = EnumSet.noneOf(type);
        for (String wanted : list.split(",")) {
            List<E> all = List.of(type.getEnumConstants());
            chosen.add(all.stream()
                    .filter(constant -> name.apply(constant).equals(wanted))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("'" + wanted + "' is none of "
                            + all.stream().map(name).toList())));
        }
        return chosen;
    }

    private void run() throws IOException {
        long start = System.nanoTime();
        try (Session session = new Session(form)) {
            for (Group group : groups) {
                run(group, session);
                write(System.nanoTime() - start); // so that a run cut short was not for nothing
            }
        }
        System.out.println("Written: " + directory.resolve("report.md").toAbsolutePath());
    }

    private void write(long nanos) throws IOException {
        List<Group> measured =
                groups.stream().filter(group -> !results.isEmpty(group)).toList();
        Files.createDirectories(directory);
        for (Group group : measured) {
            Files.writeString(directory.resolve(group.id() + ".svg"), new Plot(group, results).toString());
        }
        long minutes = Math.round(nanos / 60e9);
        Files.writeString(directory.resolve("report.md"), new Report(form, minutes, measured, results).toString());
    }

    private void run(Group group, Session session) {
        List<Trial> trials = group.trials();
        Set<Contender> out = EnumSet.noneOf(Contender.class);
        for (int round = 1; round <= form.mostRounds(); round++) {
            for (Trial trial : trials) {
                for (Contender contender : turn(round)) {
                    if (round <= form.rounds(contender) && trial.admits(contender) && !out.contains(contender)) {
                        run(group, trial, contender, session, out);
                    }
                }
            }
        }
    }

    /** Every other round the other way round. */
    private List<Contender> turn(int round) {
        List<Contender> turn = new ArrayList<>(contenders);
        if (round % 2 == 0) {
            java.util.Collections.reverse(turn);
        }
        return turn;
    }

    private void run(Group group, Trial trial, Contender contender, Session session, Set<Contender> out) {
        try {
            trial.run(contender, session, (variant, row, metric, value) -> {
                System.out.printf(
                        Locale.ROOT, "%-16s %-28s %-20s %-20s %,14.2f%n", group.id(), variant, row, metric, value);
                results.add(group, variant, row, metric, value);
            });
        } catch (Exception e) {
            System.out.println(
                    group.id() + ": " + contender.title() + " failed: " + e + Arrays.toString(e.getSuppressed()));
            results.failed(group, contender.title(), String.valueOf(e.getMessage()));
            out.add(contender);
        }
    }
}
