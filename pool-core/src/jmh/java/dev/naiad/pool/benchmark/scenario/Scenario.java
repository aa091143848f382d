/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.scenario;

import dev.naiad.pool.benchmark.contender.Contender;
import java.time.Duration;
import java.util.Locale;

/** A program that measures one pool. */
public enum Scenario {
    CONTENTION(new Contention(), 5, 6),
    VIRTUAL_THREADS(new VirtualThreads(), 7, 3),
    SPIKE(new Spike(), 11, 0),
    RAMP(new Ramp(), 6, 0),
    IN_TURNS(new InTurns(), 3, 1),
    FOOTPRINT(new Footprint(), 5, 0),
    START_UP(new StartUp(), 1, 0),
    POSTGRES(new Postgres(), 2, 9.5);

    interface Program {

        void run(Contender contender, Conditions conditions, Output output) throws Exception;
    }

    /**
     * How it is to be run.
     *
     * @param millis for how long to measure, where a scenario has no length of its own
     * @param unitsOfWork for {@link Work}
     * @param postgresUrl a database server, if the scenario needs one
     */
    public record Conditions(long millis, long unitsOfWork, String postgresUrl) {}

    /** Takes down what was measured. */
    interface Output {

        void figure(String variant, String metric, double value);
    }

    /** Begins each line that has a figure; variant, metric and value follow, parted by tabs. */
    public static final String FIGURE = "FIGURE\t";

    private final Program program;
    private final int seconds;
    private final double lengths;

    /**
     * @param seconds what it takes for one pool besides
     * @param lengths how often {@link Conditions#millis}
     */
    Scenario(Program program, int seconds, double lengths) {
        this.program = program;
        this.seconds = seconds;
        this.lengths = lengths;
    }

    /** About how long it takes for one pool on a machine that does nothing else. */
    public Duration estimate(long millis) {
        return Duration.ofSeconds(seconds).plusMillis(Math.round(lengths * millis));
    }

    /** Arguments: scenario, contender, and the {@link Conditions}. */
    public static void main(String[] arguments) throws Exception {
        Conditions conditions =
                new Conditions(Long.parseLong(arguments[2]), Long.parseLong(arguments[3]), arguments[4]);
        valueOf(arguments[0])
                .program
                .run(
                        Contender.valueOf(arguments[1]),
                        conditions,
                        (variant, metric, value) -> System.out.println(
                                FIGURE + variant + "\t" + metric + "\t" + String.format(Locale.ROOT, "%.4f", value)));
        System.exit(0); // whatever threads a pool has left
    }
}
