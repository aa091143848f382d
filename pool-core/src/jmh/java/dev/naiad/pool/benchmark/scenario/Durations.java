/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.scenario;

import java.util.List;

/** Durations in nanoseconds, counted in classes of 1.6 % width. For one thread at a time. */
final class Durations {

    private static final int BITS = 6;
    private static final int PER_OCTAVE = 1 << BITS;

    private final long[] counts = new long[(64 - BITS) * PER_OCTAVE];
    private long total;
    private long max;

    void add(long nanos) {
        counts[indexOf(nanos)]++;
        total++;
        if (nanos > max) {
            max = nanos;
        }
    }

    static Durations sum(List<Durations> parts) {
        Durations sum = new Durations();
        for (Durations part : parts) {
            for (int i = 0; i < part.counts.length; i++) {
                sum.counts[i] += part.counts[i];
            }
            sum.total += part.total;
            sum.max = Math.max(sum.max, part.max);
        }
        return sum;
    }

    private static int indexOf(long nanos) {
        if (nanos < PER_OCTAVE) {
            return (int) Math.max(0, nanos);
        }
        int octave = 63 - Long.numberOfLeadingZeros(nanos) - BITS;
        return octave * PER_OCTAVE + (int) (nanos >>> octave);
    }

    private static long upperEnd(int index) {
        if (index < PER_OCTAVE) {
            return index;
        }
        int octave = index / PER_OCTAVE - 1;
        return ((long) (index - octave * PER_OCTAVE) + 1 << octave) - 1;
    }

    long total() {
        return total;
    }

    double maxMillis() {
        return max / 1e6;
    }

    /** What that part of the durations, 0 to 1, does not exceed. */
    double millisAt(double part) {
        long rank = (long) Math.ceil(part * total);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank && seen > 0) {
                return Math.min(upperEnd(i), max) / 1e6;
            }
        }
        return 0;
    }
}
