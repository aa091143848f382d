/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Counts times in classes an eighth of a power of two wide, from a microsecond to half an hour. Not thread-safe. */
final class Histogram {

    private static final int PARTS_BITS = 3;
    private static final int PARTS = 1 << PARTS_BITS;

    /** 2^10 ns are about a microsecond, 2^41 ns about half an hour. */
    private static final int LOWEST = 10;

    private static final int HIGHEST = 41;

    private final int[] counts = new int[(HIGHEST - LOWEST) * PARTS];

    /** Below {@link #LOWEST}. */
    private long least;

    private long count;

    void add(long nanos) {
        count++;
        if (nanos < 1L << LOWEST) {
            least++;
        } else {
            counts[classOf(nanos)]++;
        }
    }

    /** So many that took no time. */
    void addZeros(long number) {
        count += number;
        least += number;
    }

    private static int classOf(long nanos) {
        int power = 63 - Long.numberOfLeadingZeros(nanos);
        if (power >= HIGHEST) {
            return (HIGHEST - LOWEST) * PARTS - 1;
        }
        int part = (int) (nanos >>> power - PARTS_BITS) & PARTS - 1;
        return (power - LOWEST) * PARTS + part;
    }

    long count() {
        return count;
    }

    void addAll(Histogram other) {
        count += other.count;
        least += other.least;
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
    }

    void clear() {
        count = 0;
        least = 0;
        Arrays.fill(counts, 0);
    }

    PoolLoad.Distribution distribution() {
        return new PoolLoad.Distribution(count, quantile(0.5), quantile(0.95), quantile(0.99));
    }

    private @Nullable Duration quantile(double part) {
        if (count == 0) {
            return null;
        }
        long rank = (long) Math.ceil(part * count);
        long passed = least;
        if (passed >= rank) {
            return Duration.ZERO;
        }
        int at = -1;
        while (passed < rank) {
            passed += counts[++at];
        }
        return Duration.ofNanos(middleOf(at));
    }

    private static long middleOf(int index) {
        int power = LOWEST + index / PARTS;
        long width = 1L << power - PARTS_BITS;
        return (1L << power) + index % PARTS * width + width / 2;
    }
}
