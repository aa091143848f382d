/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Works out the {@link Diagnosis}.
 *
 * <ol>
 *   <li>First comes what keeps all connections from everybody: a suspension, a database that gives none, or gives them slowly. The
 *       latter two only explain anything while the limit has not been reached.
 *   <li>Then it is up to the holders. Those are <em>stuck</em> that were there when the waiting began and have not got on since. If
 *       they have at least half of the connections, what most of them do is the verdict.
 *   <li>Otherwise connections come and go, and there are too few.
 * </ol>
 */
final class Analysis {

    /** From when on somebody is stuck, if nobody waits whose time could be the measure. */
    private static final Duration LONG = Duration.ofSeconds(1);

    /** Before which nobody is stuck, however short others have waited: threads may be held up by anything. */
    private static final Duration SHORTEST = Duration.ofMillis(200);

    /** How long somebody needs to be stuck, however long others have waited. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** After how long a failure explains nothing any more, unless somebody has waited for longer. */
    private static final Duration FRESH = Duration.ofMinutes(1);

    private final ExhaustionReport report;
    private final Duration wait;
    private final Duration stuckAfter;

    Analysis(ExhaustionReport report) {
        this.report = report;
        this.wait = wait(report);
        // Holders are seen a little after the waiting begins.
        this.stuckAfter =
                wait.isZero() ? LONG : longer(shorter(wait.multipliedBy(3).dividedBy(4), LONGEST), SHORTEST);
    }

    private static Duration wait(ExhaustionReport report) {
        Duration longest = report.waiters().stream()
                .map(WaitingThread::waiting)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        Duration own = report.waited();
        return own == null || own.compareTo(longest) < 0 ? longest : own;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    Diagnosis diagnosis() {
        if (report.suspended()) {
            return new Diagnosis(
                    Verdict.SUSPENDED,
                    "The pool is suspended and lends nothing.",
                    "Call resume() when what it was suspended for is over.");
        }
        boolean needed = report.waited() != null || report.waiting() > 0;
        boolean held = isFull() && report.inUse() > 0;
        Diagnosis opening = held ? null : opening(needed);
        if (opening != null) {
            return opening;
        }
        if (!needed) {
            return new Diagnosis(Verdict.HEALTHY, "Nobody waits.", "There is nothing to do.");
        }
        return held ? holding() : unclear();
    }

    private boolean isFull() {
        int open = report.inUse() + report.idle() + report.closing();
        return report.limit().isPresent()
                && report.idle() == 0
                && open >= report.limit().getAsInt();
    }

    // What keeps connections from being opened

    private @Nullable Diagnosis opening(boolean needed) {
        RecentFailure failure = report.lastFailure();
        if (failure != null && isPresent(failure)) {
            switch (failure.place()) {
                case OPENING -> {
                    return down(failure);
                }
                case OPENING_ONE_TOO_MANY -> {
                    return new Diagnosis(
                            Verdict.DATABASE_FULL,
                            "The database accepted no more than " + count(report.inUse() + report.idle(), "connection")
                                    + "; " + said(failure) + ".",
                            "Lower pool_size (" + report.poolSize() + ") and max_overflow (" + report.maxOverflow()
                                    + "), here or in other programs that use the database, or raise the database's limit.");
                }
                case OPENING_IN_TIME -> {
                    return slow("An attempt to open a connection was given up " + text(failure.age())
                            + " ago because it took longer than connect_timeout");
                }
                default -> {}
            }
        }
        Optional<OpeningInFlight> oldest = report.openings().stream().findFirst();
        return needed && oldest.isPresent() && oldest.get().age().compareTo(stuckAfter.dividedBy(2)) >= 0
                ? slow(count(report.opening(), "connection") + " " + isOrAre(report.opening())
                        + " being opened, the first for " + text(oldest.get().age()))
                : null;
    }

    private boolean isPresent(RecentFailure failure) {
        return !failure.overcome() && failure.age().compareTo(wait.compareTo(FRESH) > 0 ? wait : FRESH) <= 0;
    }

    private static Diagnosis down(RecentFailure failure) {
        return new Diagnosis(
                Verdict.DATABASE_DOWN,
                "No connection can be opened; " + said(failure) + ".",
                "Check that the database is running and reachable, and that url, username and password are right.");
    }

    private Diagnosis slow(String what) {
        Duration timeout = report.timeout();
        return new Diagnosis(
                Verdict.CONNECT_SLOW,
                what + ".",
                "Find out why the database is slow to accept connections, or raise timeout"
                        + (timeout == null ? "" : " (" + text(timeout) + ")")
                        + " or connect_concurrency if it has to be.");
    }

    private static String said(RecentFailure failure) {
        String state = failure.sqlState() == null ? "" : " (SQLState " + failure.sqlState() + ")";
        return "the latest attempt failed " + text(failure.age()) + " ago: " + oneLine(failure.message()) + state;
    }

    private static String oneLine(String message) {
        String line = message.strip().replaceAll("\\s+", " ").replaceAll("\\.$", "");
        return line.length() <= 200 ? line : line.substring(0, 200) + "…";
    }

    // What keeps connections from coming back

    private enum Reason {
        NESTED,
        ENDED,
        IN_TRANSACTION,
        UNUSED,
        CALLING
    }

    private Diagnosis holding() {
        List<Holder> stuck = report.holders().stream().filter(this::isStuck).toList();
        if (2 * stuck.size() < Math.max(1, report.holders().size())) {
            return undersized(stuck.size());
        }
        Reason reason = List.of(Reason.values()).stream()
                .max(Comparator.comparingInt(
                                (Reason candidate) -> group(stuck, candidate).size())
                        .thenComparing(Comparator.reverseOrder()))
                .orElseThrow();
        List<Holder> culprits = group(stuck, reason);
        return switch (reason) {
            case NESTED -> nested(culprits);
            case ENDED, UNUSED -> leak(culprits, group(stuck, Reason.ENDED).size());
            case IN_TRANSACTION -> idleInTransaction(culprits);
            case CALLING -> slowQuery(culprits);
        };
    }

    private boolean isStuck(Holder holder) {
        return holder.activity() == Holder.Activity.WAITING
                || holder.heldFor().compareTo(stuckAfter) >= 0
                        && holder.unchangedFor().compareTo(stuckAfter) >= 0
                || !holder.thread().alive() && !holder.shared();
    }

    private static List<Holder> group(List<Holder> stuck, Reason reason) {
        Predicate<Holder> isIn = holder -> reason(holder) == reason;
        return stuck.stream().filter(isIn).toList();
    }

    private static Reason reason(Holder holder) {
        return switch (holder.activity()) {
            case WAITING -> Reason.NESTED;
            case CALLING, RETURNING -> Reason.CALLING;
            case QUIET ->
                !holder.thread().alive() && !holder.shared()
                        ? Reason.ENDED
                        : holder.inTransaction() ? Reason.IN_TRANSACTION : Reason.UNUSED;
        };
    }

    private Diagnosis nested(List<Holder> culprits) {
        return new Diagnosis(
                Verdict.NESTED_CHECKOUT,
                shareOf(culprits) + " held by threads that themselves wait for another one, such as "
                        + culprits.get(0).thread() + ".",
                "Do not borrow a second connection while holding one" + at(culprits)
                        + ", as nested transactions (REQUIRES_NEW) do, or make pool_size (" + report.poolSize()
                        + ") larger than the number of threads that do so at the same time.");
    }

    private Diagnosis leak(List<Holder> culprits, int ended) {
        Holder first = culprits.get(0);
        String threads = ended == 0
                ? ", the longest by " + first.thread()
                : ", " + ended + " of them by threads that have ended";
        return new Diagnosis(
                Verdict.LEAK,
                shareOf(culprits) + " held without being used for " + text(first.unchangedFor()) + threads + ".",
                place(culprits)
                        .map(place -> "Close the connection that is borrowed at " + place
                                + ", by try-with-resources, or do not hold it while doing something else.")
                        .orElse(
                                "Look for connections that are not closed, or held while something else is done; with trace"
                                        + " set to always the next report tells where they were borrowed, and hold_limit warns of"
                                        + " them."));
    }

    private Diagnosis idleInTransaction(List<Holder> culprits) {
        Holder first = culprits.get(0);
        return new Diagnosis(
                Verdict.IDLE_IN_TRANSACTION,
                shareOf(culprits) + " held with a transaction open in which nothing has happened for "
                        + text(first.unchangedFor()) + ", the longest by " + first.thread() + ".",
                "Commit or roll back before doing something else" + at(culprits)
                        + ", such as calling another service; hold_limit warns of those who do not.");
    }

    private Diagnosis slowQuery(List<Holder> culprits) {
        Holder first = culprits.get(0);
        return new Diagnosis(
                Verdict.SLOW_QUERY,
                shareOf(culprits) + " held by calls to the database that have been running for "
                        + text(first.unchangedFor()) + (first.sql() == null ? "" : ", such as: " + first.sql()) + ".",
                "Make these statements faster" + at(culprits)
                        + ", or limit them by a query timeout or by hold_limit_cancel.");
    }

    private Diagnosis undersized(int stuck) {
        Rates rates = report.rates();
        String demand = rates.meanHold()
                .map(hold -> String.format(
                        Locale.ROOT,
                        ": %.1f checkouts per second, each held for %s on average, by the last %s",
                        rates.checkoutsPerSecond(),
                        text(hold),
                        text(rates.window())))
                .orElse("");
        return new Diagnosis(
                Verdict.UNDERSIZED,
                "All connections (" + report.holders().size() + ") are in use by callers that get on with it"
                        + (stuck == 0 ? "" : ", but for " + stuck)
                        + demand + ".",
                "Raise pool_size (" + report.poolSize() + ") or max_overflow (" + report.maxOverflow()
                        + ") if the database can serve more at once, or hold connections for a shorter time.");
    }

    private Diagnosis unclear() {
        return new Diagnosis(
                Verdict.UNCLEAR,
                "Somebody waits although a connection is idle or could be opened.",
                "Ask for a report again while callers wait.");
    }

    private String shareOf(List<Holder> holders) {
        return holders.size() + " of " + count(report.holders().size(), "connection") + " " + isOrAre(holders.size());
    }

    private static Optional<StackTraceElement> place(List<Holder> culprits) {
        return culprits.stream()
                .map(holder -> Frames.place(holder.borrowedAt()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Where they borrowed, or, if that is not known, where they are. */
    private static String at(List<Holder> culprits) {
        Optional<StackTraceElement> borrowed = place(culprits);
        return borrowed.isPresent()
                ? " at " + borrowed.get()
                : culprits.stream()
                        .map(holder -> Frames.place(holder.presentStack()))
                        .flatMap(Optional::stream)
                        .findFirst()
                        .map(place -> " at " + place)
                        .orElse("");
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private static String isOrAre(int number) {
        return number == 1 ? "is" : "are";
    }

    private static String text(Duration duration) {
        return ReportText.text(duration);
    }
}
