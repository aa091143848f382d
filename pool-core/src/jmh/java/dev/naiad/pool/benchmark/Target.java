/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import static dev.naiad.pool.benchmark.contender.Contender.HIKARI;
import static dev.naiad.pool.benchmark.contender.Contender.NAIAD;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What Naiad wants to attain.
 *
 * @param figure computes from the results what is compared with the bound; NaN if something for it was not measured
 * @param format of that figure
 * @param reason why it may be missed; may be empty
 */
record Target(
        Group group,
        String text,
        ToDoubleFunction<Results> figure,
        String format,
        Side side,
        double bound,
        String reason) {

    private static final String FENCES =
            "See the floor: two compare-and-sets and an object are most of what is left; where they"
                    + " take long beside other instructions, less than this much can be gained.";
    private static final String LUCK =
            "Meters read what the pool counts anyway, so the path is the same; but each JVM's compiler does a little better or worse.";
    private static final String UNDOING =
            "What was changed is undone between letting go of the proxy and giving up the slot, which"
                    + " takes a third full fence; and the proxies of what is handed out are objects, too.";
    private static final String HANDING_OVER =
            "Who has waited for the patience of 2 ms is handed the next connection, which costs a change of threads: with 28 waiting one"
                    + " in four to six. A longer patience would cost less, and make the waits longer.";
    private static final String EVENNESS =
            "Who is overtaken within its patience (2 ms) gets less; a patience of zero makes it even and costs throughput.";
    private static final String RECORD =
            "Beside the record: the state of the session, and what finds a lost connection. See performance.md.";
    private static final String FEATURES = "It holds more, and what debuggers show. See performance.md.";
    private static final String SPIKE =
            "Without the optimizing compiler both take the same: it is at work meanwhile, on few processors, and Naiad is more code.";
    private static final String SCHEDULER =
            "32 threads on few processors wait for the processor as much as for a connection.";

    private static final String LAST_IN_LINE =
            "In order of arrival the last of a crowd waits for all before it, so this is nearly the time of the whole; and"
                    + " between two owners a connection rests until the JDK's scheduler has the next one run.";
    private static final String SWITCHES =
            "Once all is compiled, most of it are the timers of the queries and the JDK's switching of threads, which are the same for"
                    + " every pool.";
    private static final String STARTS =
            "To start so many threads takes much of so short a time, and is the same for every pool.";
    private static final String NOISE =
            "Nearly all of it is the server's time, on the same few processors; in so short a measurement it varies by a fifth"
                    + " from run to run.";

    enum Side {
        AT_LEAST,
        AT_MOST
    }

    /** A line of the report. */
    record Verdict(String mark, String target, String attained, String reason) {}

    Verdict judge(Results results) {
        double value = figure.applyAsDouble(results);
        if (Double.isNaN(value)) {
            return new Verdict("–", text, "not measured", "");
        }
        boolean met = side == Side.AT_LEAST ? value >= bound : value <= bound;
        return new Verdict(met ? "✓" : "✗", text, String.format(Locale.ROOT, format, value), met ? "" : reason);
    }

    /** The same, explained. */
    private Target because(String why) {
        return new Target(group, text, figure, format, side, bound, why);
    }

    private static Target target(
            Group group, String text, ToDoubleFunction<Results> figure, String format, Side side, double bound) {
        return new Target(group, text, figure, format, side, bound, "");
    }

    static List<Target> all() {
        List<Target> all = new ArrayList<>();
        all.add(times(Group.CONNECTION, "1 thread", 8).because(FENCES));
        all.add(ofNaiad(Group.CONNECTION, "1 thread", "bytes", "48 bytes per operation at most", "%.0f B", 48.5));
        all.add(target(
                        Group.CONNECTION,
                        "Connection cycle, 1 thread: twice the floor at most",
                        results -> results.get(Group.CONNECTION, "1 thread", NAIAD, "time")
                                / results.get(Group.CONNECTION, "1 thread", Results.FLOOR, "time"),
                        "%.2f ×",
                        Side.AT_MOST,
                        2)
                .because("The floor has no scan, no ticket, no terms to compare, and half the object."));
        all.add(times(Group.CONNECTION, "8 threads", 6).because(FENCES));
        all.add(times(Group.CONNECTION, "32 threads", 7).because(FENCES));
        all.add(times(Group.STATEMENT, "", 7).because(UNDOING));
        all.add(ofNaiad(Group.STATEMENT, "", "bytes", "112 bytes per operation at most", "%.0f B", 112.5));
        all.add(times(Group.TRANSACTION, "", 6).because(UNDOING));
        all.add(target(
                        Group.METRICS,
                        "Metrics on: 1.1 times Naiad without at most",
                        results -> results.get(Group.METRICS, "", NAIAD, "time")
                                / results.get(Group.CONNECTION, "1 thread", NAIAD, "time"),
                        "%.2f ×",
                        Side.AT_MOST,
                        1.1)
                .because(LUCK));
        all.add(times(Group.METRICS, "", 12).because(FENCES));
        all.add(target(
                Group.TRACKING,
                "Tracking on: 2 ns more than without at most",
                results -> Math.max(
                                results.get(Group.TRACKING, "in turns, as it comes", NAIAD, "time"),
                                results.get(Group.TRACKING, "in turns, with a limit", NAIAD, "time"))
                        - results.get(Group.TRACKING, "in turns, off", NAIAD, "time"),
                "%+.1f ns",
                Side.AT_MOST,
                2));
        all.add(times(Group.TRACKING, "", 50).because(FENCES));
        contention(all, "busy, platform", 0.85);
        contention(all, "parked, platform", 0.9);
        all.add(comparedWithHikari(
                        Group.CONTENTION, "busy, platform", "max", "half the longest wait", Side.AT_MOST, 0.5)
                .because(SCHEDULER));
        all.add(comparedWithHikari(
                        Group.CONTENTION, "parked, platform", "p999", "a quarter of the p99.9", Side.AT_MOST, 0.25)
                .because(SCHEDULER));
        String crowd = "10,000 threads, 1 ms";
        all.add(ofNaiad(
                        Group.VIRTUAL_THREADS,
                        crowd,
                        "bound",
                        "98 % of the bound at least",
                        "%.1f %%",
                        Side.AT_LEAST,
                        98)
                .because(LAST_IN_LINE));
        all.add(comparedWithHikari(Group.VIRTUAL_THREADS, crowd, "p99", "half the p99 of the wait", Side.AT_MOST, 0.5)
                .because(LAST_IN_LINE));
        all.add(comparedWithHikari(Group.VIRTUAL_THREADS, crowd, "cpu", "0.7 times the CPU", Side.AT_MOST, 0.7)
                .because(SWITCHES));
        all.add(comparedWithHikari(
                        Group.VIRTUAL_THREADS,
                        "10,000 threads, no length",
                        "throughput",
                        "twice the throughput",
                        Side.AT_LEAST,
                        2)
                .because(STARTS));
        all.add(comparedWithHikari(Group.SPIKE, "5 idle, 2 ms", "total", "no slower", Side.AT_MOST, 1.02)
                .because(SPIKE));
        all.add(ofNaiad(Group.SPIKE, "5 idle, 2 ms", "opened", "nothing opened", "%.0f", 0));
        all.add(comparedWithHikari(Group.SPIKE, "1 idle, 2 ms", "total", "no slower", Side.AT_MOST, 1.02)
                .because(SPIKE));
        all.add(ofNaiad(Group.SPIKE, "0 idle, 2 ms", "total", "180 ms at most", "%.0f ms", 180));
        all.add(ofNaiad(Group.SPIKE, "0 idle, 2 ms", "opened", "10 opened at most", "%.0f", 10));
        all.add(ofNaiad(Group.RAMP, "150 ms per connect", "total", "1.2 × 50/8 × 150 ms at most", "%.0f ms", 1125));
        all.add(ofNaiad(Group.WEIGHT, "", "bytesPerConnection", "250 bytes per idle connection at most", "%.0f B", 250)
                .because(RECORD));
        all.add(ofNaiad(Group.WEIGHT, "", "jar", "a jar of 250 kB at most", "%.0f kB", 250)
                .because(FEATURES));
        all.add(ofNaiad(Group.WEIGHT, "", "dependencies", "one dependency", "%.0f", 1));
        for (String what : List.of("select 1", "transaction")) {
            for (String threads : List.of("1 thread", "4 threads")) {
                all.add(comparedWithHikari(
                                Group.POSTGRES,
                                what + ", " + threads,
                                "throughput",
                                "no slower within noise (3 %)",
                                Side.AT_LEAST,
                                0.97)
                        .because(NOISE));
            }
            String crowded = what + ", 16 threads";
            all.add(comparedWithHikari(
                            Group.POSTGRES, crowded, "throughput", "1.1 times the throughput", Side.AT_LEAST, 1.1)
                    .because(NOISE));
            all.add(comparedWithHikari(Group.POSTGRES, crowded, "p99", "a better p99", Side.AT_MOST, 1)
                    .because(NOISE));
        }
        return all;
    }

    private static void contention(List<Target> all, String variant, double evenness) {
        all.add(comparedWithHikari(
                        Group.CONTENTION, variant, "throughput", "1.05 times the throughput", Side.AT_LEAST, 1.05)
                .because(HANDING_OVER));
        all.add(ofNaiad(
                        Group.CONTENTION,
                        variant,
                        "evenness",
                        "slowest thread ÷ fastest at least " + evenness,
                        "%.2f",
                        Side.AT_LEAST,
                        evenness)
                .because(EVENNESS));
    }

    private static String in(Group group, String variant) {
        return group.title() + (variant.isEmpty() ? "" : ", " + variant) + ": ";
    }

    /** So many times faster than HikariCP. */
    private static Target times(Group group, String variant, double bound) {
        return target(
                group,
                in(group, variant) + String.format(Locale.ROOT, "%.0f times as fast as HikariCP", bound),
                results -> results.get(group, variant, HIKARI, "time") / results.get(group, variant, NAIAD, "time"),
                "%.1f ×",
                Side.AT_LEAST,
                bound);
    }

    private static Target comparedWithHikari(
            Group group, String variant, String metric, String text, Side side, double bound) {
        return target(
                group,
                in(group, variant) + text + " compared with HikariCP",
                results -> results.get(group, variant, NAIAD, metric) / results.get(group, variant, HIKARI, metric),
                "%.2f ×",
                side,
                bound);
    }

    private static Target ofNaiad(
            Group group, String variant, String metric, String text, String format, double bound) {
        return ofNaiad(group, variant, metric, text, format, Side.AT_MOST, bound);
    }

    private static Target ofNaiad(
            Group group, String variant, String metric, String text, String format, Side side, double bound) {
        return target(
                group,
                in(group, variant) + text,
                results -> results.get(group, variant, NAIAD, metric),
                format,
                side,
                bound);
    }
}
