/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A report for people. Its length is bounded, whatever the size of the pool. */
final class ReportText {

    private static final int MOST_HOLDERS = 20;
    private static final int MOST_STACKS = 5;
    private static final int MOST_FRAMES = 6;
    private static final int MOST_WAITERS = 10;
    private static final int MOST_OPENINGS = 5;
    private static final int MOST_TRANSITIONS = 8;

    /** So that connections which come and go all the time leave room for what may be of more interest. */
    private static final int MOST_OF_A_KIND = 2;

    private final ExhaustionReport report;

    ReportText(ExhaustionReport report) {
        this.report = report;
    }

    String headline() {
        Diagnosis diagnosis = report.diagnosis();
        Duration timeout = report.timeout();
        return "Pool '" + report.pool() + "': " + occasion() + " (pool_size " + report.poolSize() + ", max_overflow "
                + report.maxOverflow() + ", timeout " + (timeout == null ? "none" : text(timeout)) + "; in use "
                + report.inUse() + ", being opened " + report.opening() + ", idle " + report.idle()
                + ", others waiting " + report.waiting() + "). " + diagnosis.verdict() + ": " + diagnosis.evidence()
                + " "
                + diagnosis.advice();
    }

    private String occasion() {
        Duration waited = report.waited();
        if (waited == null) {
            return "report";
        }
        return waited.isZero() ? "no connection was free" : "no connection became free within " + exactly(waited);
    }

    String full() {
        StringBuilder text = new StringBuilder(1024).append(headline());
        appendHolders(text);
        appendWaiters(text);
        report.openings().stream()
                .limit(MOST_OPENINGS)
                .forEach(opening ->
                        line(text, "Being opened for " + text(opening.age()) + ": connection " + opening.connection()));
        appendFailure(text, report.lastFailure());
        appendRates(text);
        appendHistory(text);
        return text.toString();
    }

    private void appendHolders(StringBuilder text) {
        List<Holder> holders = report.holders();
        for (int i = 0; i < Math.min(MOST_HOLDERS, holders.size()); i++) {
            Holder holder = holders.get(i);
            line(
                    text,
                    "Held for " + text(holder.heldFor()) + ": connection " + holder.connection() + ", by "
                            + holder.thread() + state(holder)
                            + (holder.sql() == null ? "" : "; last SQL: " + holder.sql()));
            appendStack(text, "borrowed at ", holder.borrowedAt(), i < MOST_STACKS);
            appendStack(text, "now at ", holder.presentStack(), i < MOST_STACKS);
        }
        appendRest(text, holders.size() - MOST_HOLDERS, "held");
    }

    private static String state(Holder holder) {
        String open = holder.inTransaction() ? ", in a transaction" : "";
        String since = " for " + text(holder.unchangedFor());
        return open
                + switch (holder.activity()) {
                    case CALLING -> ", in a call to the database" + since;
                    case QUIET -> ", nothing called" + since;
                    case WAITING -> ", waits for another connection";
                    case RETURNING -> ", coming back" + since;
                };
    }

    private static void appendStack(StringBuilder text, String what, List<StackTraceElement> stack, boolean whole) {
        if (whole) {
            String prefix = what;
            for (StackTraceElement frame : stack.subList(0, Math.min(MOST_FRAMES, stack.size()))) {
                line(text, "    " + prefix + frame);
                prefix = "    from ";
            }
        } else {
            Frames.place(stack).ifPresent(place -> line(text, "    " + what + place));
        }
    }

    private void appendWaiters(StringBuilder text) {
        report.waiters().stream()
                .limit(MOST_WAITERS)
                .forEach(waiter -> line(text, "Waiting for " + text(waiter.waiting()) + ": " + waiter.thread()));
        appendRest(
                text, report.waiting() - Math.min(MOST_WAITERS, report.waiters().size()), "waiting");
    }

    private static void appendRest(StringBuilder text, int left, String what) {
        if (left > 0) {
            line(text, "… and " + left + " more " + what);
        }
    }

    private static void appendFailure(StringBuilder text, @Nullable RecentFailure failure) {
        if (failure != null) {
            String message = failure.message().length() <= 300
                    ? failure.message()
                    : failure.message().substring(0, 300) + "…";
            line(
                    text,
                    "Last failure, " + text(failure.age()) + " ago, "
                            + failure.place().text()
                            + (failure.overcome() ? " (others were opened since)" : "") + ": " + failure.exception()
                            + ": "
                            + message.replaceAll("\\s+", " "));
        }
    }

    private void appendRates(StringBuilder text) {
        Rates rates = report.rates();
        if (!rates.window().isZero()) {
            line(
                    text,
                    String.format(
                            Locale.ROOT,
                            "In the last %s: %.1f checkouts per second, %.1f connections in use on average",
                            text(rates.window()),
                            rates.checkoutsPerSecond(),
                            rates.meanInUse()));
        }
        Totals totals = report.totals();
        line(
                text,
                "So far: " + totals.checkouts() + " checkouts, " + totals.timeouts() + " timeouts, "
                        + totals.openFailures()
                        + " failed openings, " + totals.lost() + " lost, " + totals.nested()
                        + " nested checkouts that waited, "
                        + totals.deadlocks() + " deadlocks, " + totals.heldTooLong() + " held too long");
    }

    private void appendHistory(StringBuilder text) {
        Map<Transition.Kind, Integer> seen = new EnumMap<>(Transition.Kind.class);
        List<Transition> shown = new ArrayList<>();
        List<Transition> all = report.history();
        for (int i = all.size() - 1; i >= 0 && shown.size() < MOST_TRANSITIONS; i--) {
            if (seen.merge(all.get(i).kind(), 1, Integer::sum) <= MOST_OF_A_KIND) {
                shown.add(0, all.get(i));
            }
        }
        shown.forEach(transition -> line(text, "Lately: " + transition));
    }

    private static void line(StringBuilder text, String line) {
        text.append("\n  ").append(line);
    }

    private static String exactly(Duration duration) {
        return seconds(duration).stripTrailingZeros().toPlainString() + " s";
    }

    private static BigDecimal seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
    }

    /** Seconds, in as many digits as are of interest; those of a fraction in milliseconds. */
    static String text(Duration duration) {
        BigDecimal seconds = seconds(duration);
        if (seconds.compareTo(BigDecimal.ONE) < 0 && seconds.signum() > 0) {
            BigDecimal millis = seconds.movePointRight(3);
            return (millis.compareTo(BigDecimal.TEN) < 0
                                    ? millis.setScale(1, RoundingMode.HALF_UP)
                                    : millis.setScale(0, RoundingMode.HALF_UP))
                            .stripTrailingZeros()
                            .toPlainString()
                    + " ms";
        }
        return seconds.setScale(1, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString() + " s";
    }
}
