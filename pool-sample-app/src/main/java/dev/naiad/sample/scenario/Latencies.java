/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counts durations in classes each 1/16 wider than the one before, from which percentiles are told. Thread-safe. */
final class Latencies {

    private static final int STEPS_BITS = 4;
    private static final int STEPS = 1 << STEPS_BITS;

    private final AtomicLongArray counts = new AtomicLongArray(Long.SIZE * STEPS);
    private final AtomicLong longest = new AtomicLong();

    void add(Duration duration) {
        long micros = Math.max(0, duration.toNanos() / 1_000);
        counts.incrementAndGet(classOf(micros));
        longest.accumulateAndGet(micros, Math::max);
    }

    /** The leading bit and the four behind it. */
    private static int classOf(long micros) {
        if (micros < STEPS) {
            return (int) micros;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros) - STEPS_BITS;
        return (shift << STEPS_BITS) + (int) (micros >>> shift);
    }

    private static long upperEnd(int index) {
        int shift = Math.max(0, (index >> STEPS_BITS) - 1);
        long steps = shift == 0 ? index : STEPS + (index & (STEPS - 1));
        return ((steps + 1) << shift) - 1;
    }

    /** Within which so many of a hundred were, up to 1/16 too much; zero if there was none. */
    Duration percentile(double percent) {
        long total = 0;
        for (int i = 0; i < counts.length(); i++) {
            total += counts.get(i);
        }
        long left = (long) Math.ceil(total * percent / 100);
        for (int i = 0; i < counts.length() && left > 0; i++) {
            left -= counts.get(i);
            if (left <= 0) {
                return micros(Math.min(upperEnd(i), longest.get()));
            }
        }
        return Duration.ZERO;
    }

    Duration longest() {
        return micros(longest.get());
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(1_000 * micros);
    }
}
