/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import dev.naiad.pool.benchmark.contender.Contender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * Measures all pools and writes {@code report.md} and a plot for each group.
 *
 * <p>Arguments: {@code short}, {@code long} or {@code check}; {@code groups=connection,spike} and {@code pools=naiad,hikari} for a
 * part of it; {@code to=directory}. The pools take turns within each round, so that what else goes on at the machine disturbs all of
 * them alike.
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
            announce();
            for (Group group : groups) {
                measure(group, session);
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
        Files.writeString(
                directory.resolve("report.md"), new Report(form, Duration.ofNanos(nanos), groups, results).toString());
    }

    private void announce() {
        Duration all = Duration.ZERO;
        for (Group group : groups) {
            Duration estimate = estimate(group.trials(), 1, form.mostRounds());
            System.out.printf("%-16s about %4d s%n", group.id(), estimate.toSeconds());
            all = all.plus(estimate);
        }
        System.out.printf("%-16s about %4d s%n", "all", all.toSeconds());
    }

    /** On a machine that does nothing else. */
    private Duration estimate(List<Trial> trials, int first, int last) {
        Duration sum = Duration.ZERO;
        for (Trial trial : trials) {
            for (Contender contender : contenders) {
                int rounds = Math.min(form.rounds(trial, contender), last) - first + 1;
                sum = sum.plus(trial.estimate(form).multipliedBy(Math.max(0, rounds)));
            }
        }
        return sum;
    }

    /** As many rounds as there is time for: more than one only where they will be done within what the form allows. */
    private void measure(Group group, Session session) {
        List<Trial> trials = group.trials();
        int planned = form.mostRounds();
        Duration estimate = estimate(trials, 1, planned);
        Duration limit = form.limit(estimate);
        Set<Contender> out = EnumSet.noneOf(Contender.class);
        long start = System.nanoTime();
        Duration taken = Duration.ZERO;
        Duration lost = Duration.ZERO;
        int round = 0;
        while (round < planned && (round == 0 || isTimeFor(round + 1, trials, taken.minus(lost), limit))) {
            round++;
            lost = lost.plus(measure(group, trials, round, session, out));
            taken = Duration.ofNanos(System.nanoTime() - start);
        }
        if (!trials.isEmpty()) {
            Stint stint = new Stint(estimate, taken, round, planned);
            results.took(group, stint);
            System.out.println(group.id() + ": " + stint);
        }
    }

    private boolean isTimeFor(int round, List<Trial> trials, Duration taken, Duration limit) {
        double before = estimate(trials, 1, round - 1).toNanos();
        double next = estimate(trials, round, round).toNanos();
        return taken.toNanos() * (1 + next / before) <= limit.toNanos();
    }

    /** Returns the time lost to pools that failed, for which the others are not to suffer. */
    private Duration measure(Group group, List<Trial> trials, int round, Session session, Set<Contender> out) {
        long lost = 0;
        for (Trial trial : trials) {
            for (Contender contender : turn(round)) {
                if (round <= form.rounds(trial, contender) && !out.contains(contender)) {
                    long start = System.nanoTime();
                    if (!run(group, trial, contender, session, out)) {
                        lost += System.nanoTime() - start;
                    }
                }
            }
        }
        return Duration.ofNanos(lost);
    }

    /** Every other round the other way round. */
    private List<Contender> turn(int round) {
        List<Contender> turn = new ArrayList<>(contenders);
        if (round % 2 == 0) {
            java.util.Collections.reverse(turn);
        }
        return turn;
    }

    private boolean run(Group group, Trial trial, Contender contender, Session session, Set<Contender> out) {
        Watchdog watchdog = Watchdog.over(form.patience(contender, trial.estimate(form)));
        try (watchdog) {
            trial.run(contender, session, (variant, row, metric, value) -> {
                System.out.printf(
                        Locale.ROOT, "%-16s %-28s %-20s %-20s %,14.2f%n", group.id(), variant, row, metric, value);
                results.add(group, variant, row, metric, value);
            });
            return true;
        } catch (Exception e) {
            String reason = watchdog.verdict(e);
            System.out.println(group.id() + ": " + contender.title() + " failed: " + reason);
            results.failed(group, contender.title(), reason);
            if (watchdog.hasActed()) {
                out.add(contender); // so as not to spend the time of the others
            }
            return false;
        }
    }
}
