/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What is going on in a pool: who holds its connections, who waits, what is being opened, and what went wrong. Made without
 * stopping the pool, so the parts may be off by what happened meanwhile. Holds no thread, connection or exception, and no secrets:
 * SQL texts are without literals, messages without passwords.
 *
 * @param pool the pool's name
 * @param poolSize the setting {@code pool_size}
 * @param maxOverflow the setting {@code max_overflow}
 * @param timeout the setting {@code timeout}; null if callers wait without limit
 * @param waited how long the caller waited that this was made for; null if somebody just asked
 * @param inUse connections in use, those coming back included
 * @param idle connections that nobody uses
 * @param opening connections being opened
 * @param closing connections being closed; they count against the limit
 * @param waiting threads waiting, without the one that this was made for
 * @param suspended whether the pool is suspended
 * @param holders the connections in use, the longest held first
 * @param waiters threads waiting, the longest waiting first; if they are many, the first {@value #MOST_WAITERS}
 * @param openings connections being opened, the oldest first
 * @param lastFailure what last went wrong; null if nothing did
 * @param rates how busy the pool has been lately
 * @param totals what has happened so far
 * @param history the last things out of the ordinary, the oldest first
 */
public record ExhaustionReport(
        String pool,
        int poolSize,
        int maxOverflow,
        @Nullable Duration timeout,
        @Nullable Duration waited,
        int inUse,
        int idle,
        int opening,
        int closing,
        int waiting,
        boolean suspended,
        List<Holder> holders,
        List<WaitingThread> waiters,
        List<OpeningInFlight> openings,
        @Nullable RecentFailure lastFailure,
        Rates rates,
        Totals totals,
        List<Transition> history) {

    /** How many waiters are told of one by one. */
    public static final int MOST_WAITERS = 50;

    /** Keeps copies of the lists. */
    public ExhaustionReport {
        holders = List.copyOf(holders);
        waiters = List.copyOf(waiters);
        openings = List.copyOf(openings);
        history = List.copyOf(history);
    }

    /** Most connections open at any moment; empty if there is no limit. */
    public OptionalInt limit() {
        return poolSize == 0 || maxOverflow < 0
                ? OptionalInt.empty()
                : OptionalInt.of((int) Math.min(Integer.MAX_VALUE, (long) poolSize + maxOverflow));
    }

    /** What all this comes to. Worked out from this report alone. */
    public Diagnosis diagnosis() {
        return new Analysis(this).diagnosis();
    }

    /**
     * The same without the stacks of the holders, which are by far most of it. Its {@link #diagnosis()} names no line of code: ask for
     * that before.
     */
    public ExhaustionReport withoutStacks() {
        return new ExhaustionReport(
                pool,
                poolSize,
                maxOverflow,
                timeout,
                waited,
                inUse,
                idle,
                opening,
                closing,
                waiting,
                suspended,
                holders.stream().map(Holder::withoutStacks).toList(),
                waiters,
                openings,
                lastFailure,
                rates,
                totals,
                history);
    }

    /** One line for people: the pool, the figures, the settings, the verdict with evidence and advice. */
    public String headline() {
        return new ReportText(this).headline();
    }

    /** The headline, and below it the details, of bounded length. */
    @Override
    public String toString() {
        return new ReportText(this).full();
    }
}
