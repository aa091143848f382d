/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTests {

    private final Histogram histogram = new Histogram();

    @Test
    void ofNothingHasNoQuantiles() {
        assertThat(histogram.distribution()).isEqualTo(new PoolLoad.Distribution(0, null, null, null));
    }

    @ParameterizedTest
    @ValueSource(longs = {1_024, 1_500, 99_999, 1_000_000, 5_000_000_000L, 1_000_000_000_000L})
    void isRightToWithinAnEighth(long nanos) {
        histogram.add(nanos);
        assertThat(histogram.distribution().p50().toNanos()).isCloseTo(nanos, Percentage.withPercentage(12.5));
    }

    @Test
    void findsQuantilesOfMany() {
        long[] times = new Random(1).longs(10_000, 2_000, 900_000_000L).toArray();
        Arrays.stream(times).forEach(histogram::add);
        Arrays.sort(times);
        assertThat(histogram.distribution().p50().toNanos()).isCloseTo(times[4_999], Percentage.withPercentage(12.5));
        assertThat(histogram.distribution().p95().toNanos()).isCloseTo(times[9_499], Percentage.withPercentage(12.5));
        assertThat(histogram.distribution().p99().toNanos()).isCloseTo(times[9_899], Percentage.withPercentage(12.5));
    }

    @Test
    void takesTheExtremes() {
        histogram.add(0);
        histogram.add(Long.MAX_VALUE);
        assertThat(histogram.distribution().p50()).isEqualTo(Duration.ZERO);
        assertThat(histogram.distribution().p99()).isGreaterThan(Duration.ofMinutes(30));
    }

    @Test
    void addsUp() {
        Histogram other = new Histogram();
        other.add(1_000_000);
        histogram.addZeros(2);
        histogram.addAll(other);
        assertThat(histogram.count()).isEqualTo(3);
        assertThat(histogram.distribution().p50()).isEqualTo(Duration.ZERO);
        assertThat(histogram.distribution().p99()).isGreaterThan(Duration.ZERO);
        histogram.clear();
        assertThat(histogram.distribution().count()).isZero();
    }
}
