/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.Arrays;

/**
 * How many connections were in use at the same time, at most, during the last while. Time that nobody looked on counts for next
 * to nothing, so that a leap of the clock makes no demand forgotten.
 */
final class PeakDemand {

    private static final int PARTS = 8;

    private final int[] peaks = new int[PARTS];
    private final long part;
    private int at;
    private long since;

    /**
     * @param period how long a peak is remembered, within an eighth
     * @param now the present time, before which nothing is known
     */
    PeakDemand(long period, long now) {
        part = Math.max(1, period / PARTS);
        since = now;
        Arrays.fill(peaks, Integer.MAX_VALUE);
        peaks[at] = 0;
    }

    void note(long now, int use) {
        if (now - since >= part) {
            since = now;
            at = (at + 1) % PARTS;
            peaks[at] = 0;
        }
        peaks[at] = Math.max(peaks[at], use);
    }

    /** The highest number noted; more than anything as long as too little is known. */
    int peak() {
        return Arrays.stream(peaks).max().orElseThrow();
    }

    /** How long until the next part of the period begins. */
    long untilNextPart(long now) {
        return part - (now - since);
    }
}
