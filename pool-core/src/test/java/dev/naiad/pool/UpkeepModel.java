/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The part of {@link PoolModel} that remembers what the housekeeper has seen, and reckons with it. */
final class UpkeepModel {

    private static final int PARTS = 8;
    private static final int UNKNOWN = Integer.MAX_VALUE;
    private static final long FIRST_PAUSE = Duration.ofMillis(500).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofSeconds(30).toNanos();

    /** Settings that stay. */
    record Fixed(
            int warmUp,
            int minIdle,
            @Nullable Duration idleTimeout,
            @Nullable Duration keepalive) {}

    private final Fixed settings;
    private final Set<Integer> due = new TreeSet<>();
    private final Deque<Integer> peaks = new ArrayDeque<>(); // the latest first
    private long partSince;
    private int highWater;
    private long neededIn;
    private boolean warm;
    private int owed;
    private long owedIn;
    private boolean lastFailed;
    private boolean failing;
    private long pause = FIRST_PAUSE;
    private long earliestRetry;
    private long latestRetry;

    UpkeepModel(Fixed settings) {
        this.settings = settings;
    }

    UpkeepModel copy() {
        UpkeepModel copy = new UpkeepModel(settings);
        copy.due.addAll(due);
        copy.peaks.addAll(peaks);
        copy.partSince = partSince;
        copy.highWater = highWater;
        copy.neededIn = neededIn;
        copy.warm = warm;
        copy.owed = owed;
        copy.owedIn = owedIn;
        copy.lastFailed = lastFailed;
        copy.failing = failing;
        copy.pause = pause;
        copy.earliestRetry = earliestRetry;
        copy.latestRetry = latestRetry;
        return copy;
    }

    @Override
    public String toString() {
        return "due " + due + ", peaks " + peaks + "/" + partSince + "/" + highWater + ", needed " + neededIn
                + (warm ? ", warm" : "")
                + ", owed " + owed + "/" + owedIn + (lastFailed ? ", failed" : "")
                + (failing ? ", failing " + pause + "/" + earliestRetry + "/" + latestRetry : "");
    }

    /** How many of so many are dealt with in one round. */
    static int gently(int count) {
        return 1 + count / 8;
    }

    // Demand

    /** Somebody waited for what made them so many. */
    void grew(int connections) {
        highWater = Math.max(highWater, connections);
    }

    /** How many connections are worth keeping. */
    int wanted(long now, int inUse) {
        Duration period = settings.idleTimeout();
        if (period == null) {
            return UNKNOWN;
        }
        if (peaks.isEmpty()) {
            partSince = now;
            peaks.add(0);
        } else if (now - partSince >= period.toNanos() / PARTS) {
            partSince = now;
            peaks.addFirst(0);
        }
        while (peaks.size() > PARTS) {
            peaks.removeLast();
        }
        peaks.addFirst(Math.max(peaks.removeFirst(), Math.max(inUse, highWater)));
        highWater = 0;
        int peak = peaks.size() < PARTS
                ? UNKNOWN
                : peaks.stream().max(Integer::compare).orElseThrow();
        return Math.max(peak, settings.minIdle());
    }

    /** Somebody needs connections. */
    void need(long era) {
        neededIn = era >>> 32;
    }

    boolean isNeeded(long epoch) {
        return settings.minIdle() > 0 && neededIn == epoch;
    }

    // The connections to begin with

    int warm(int size) {
        return Math.min(size == 0 ? UNKNOWN : size, Math.max(settings.warmUp(), settings.minIdle()));
    }

    boolean isWarm(int size, int connections, long epoch) {
        warm |= epoch != 0 || connections >= warm(size);
        return warm;
    }

    // What was closed before the next could be opened

    void owe(int count, long epoch) {
        owed = count;
        owedIn = epoch;
    }

    void owe(int count) {
        owed = count;
    }

    int owed() {
        return owed;
    }

    boolean owesIn(long epoch) {
        return owedIn == epoch;
    }

    // What was seen of each

    /** Remembers whether the connection in a place is due to be replaced; returns whether it was at the last look. */
    boolean wasDue(int place, boolean isDue) {
        return isDue ? !due.add(place) : due.remove(place);
    }

    boolean isSilent(long rested) {
        Duration keepalive = settings.keepalive();
        return keepalive != null && rested >= keepalive.toNanos();
    }

    // Pauses after failures

    void opened() {
        lastFailed = false;
    }

    void failed() {
        lastFailed = true;
    }

    void noteFailures(long now) {
        if (!lastFailed) {
            pause = FIRST_PAUSE;
            failing = false;
        } else if (!failing) {
            failing = true;
            earliestRetry = now + pause;
            latestRetry = earliestRetry;
        }
    }

    boolean isFailing() {
        return failing;
    }

    boolean mayOpen(long now, Choices choices) {
        if (!failing || now >= latestRetry) {
            return true;
        }
        if (now >= earliestRetry && choices.among(2) == 1) {
            latestRetry = now;
            return true;
        }
        earliestRetry = Math.max(earliestRetry, now + 1);
        return false;
    }

    /** Notes that something is being opened for nobody in particular. */
    void tried(long now) {
        if (failing) {
            pause = Math.min(2 * pause, LONGEST_PAUSE);
            earliestRetry = now + pause / 2;
            latestRetry = now + pause;
        }
    }
}
