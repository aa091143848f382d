/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizingTests {

    private static final Duration HOLD = Duration.ofMillis(10);

    /** So many connections in use on average. */
    private static Demand demand(double load, double holdVariation, double arrivalVariation) {
        long checkouts = Math.round(load * 100_000);
        return new Demand(
                Duration.ofSeconds(1000), checkouts, HOLD, holdVariation, arrivalVariation, load, (int) load + 3);
    }

    @Test
    void oneServerIsTheTextbookCase() {
        Forecast forecast = new Sizing(demand(0.8, 1, 1)).forecast(1);
        assertThat(forecast.waiting()).isCloseTo(0.8, within(1e-9));
        assertThat(forecast.meanWait()).hasValue(Duration.ofMillis(40)); // ρ / (1 - ρ) of the time a connection is held
        assertThat(forecast.p99Wait().orElseThrow().toMillis()).isEqualTo(219); // 50 ms times ln 80
    }

    @Test
    void withEnoughConnectionsHardlyAnybodyWaits() {
        Forecast forecast = new Sizing(demand(4, 1, 1)).forecast(20);
        assertThat(forecast.utilisation()).isCloseTo(0.2, within(1e-9));
        assertThat(forecast.waiting()).isLessThan(1e-6);
        assertThat(forecast.p99Wait()).hasValue(Duration.ZERO);
    }

    @Test
    void withTooFewTheQueueGrowsWithoutEnd() {
        Forecast forecast = new Sizing(demand(8, 1, 1)).forecast(8);
        assertThat(forecast.utilisation()).isCloseTo(1, within(1e-9));
        assertThat(forecast.meanWait()).isEmpty();
        assertThat(forecast.p99Wait()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // connections, load, squared variation of the time held: as computed, half even, exponential, few long ones
        "4, 3.2, 0",
        "4, 3.2, 1",
        "10, 8.5, 0",
        "10, 8.5, 1",
        "10, 9, 3",
        "20, 18, 1",
        "32, 30, 2"
    })
    void agreesWithASimulation(int connections, double load, double holdVariation) {
        Forecast forecast = new Sizing(demand(load, holdVariation, 1)).forecast(connections);
        double[] waits = simulate(connections, load, holdVariation);
        double mean = Arrays.stream(waits).average().orElseThrow();
        double p99 = waits[(int) (waits.length * 0.99)];

        assertThat(millis(forecast.meanWait().orElseThrow())).isCloseTo(mean, Percentage.withPercentage(30));
        assertThat(millis(forecast.p99Wait().orElseThrow())).isCloseTo(p99, Percentage.withPercentage(35));
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    /** The waits in milliseconds of a million callers, who are served in order of arrival; sorted. */
    private static double[] simulate(int connections, double load, double holdVariation) {
        Random random = new Random(42);
        DoubleSupplier exponential = () -> -Math.log(1 - random.nextDouble());
        DoubleSupplier hold = holdVariation == 0
                ? () -> 1
                : holdVariation == 1 ? exponential : () -> hyperexponential(random, exponential, holdVariation);
        PriorityQueue<Double> free = new PriorityQueue<>();
        for (int i = 0; i < connections; i++) {
            free.add(0.0);
        }
        double[] waits = new double[1_000_000];
        double now = 0;
        for (int i = 0; i < waits.length; i++) {
            now += exponential.getAsDouble() / load;
            double start = Math.max(now, free.remove());
            waits[i] = (start - now) * HOLD.toMillis();
            free.add(start + hold.getAsDouble());
        }
        Arrays.sort(waits);
        return waits;
    }

    /** Two kinds of work, with balanced means: mean 1 and the given variation. */
    private static double hyperexponential(Random random, DoubleSupplier exponential, double variation) {
        double shortOnes = (1 + Math.sqrt((variation - 1) / (variation + 1))) / 2;
        double part = random.nextDouble() < shortOnes ? shortOnes : 1 - shortOnes;
        return exponential.getAsDouble() / (2 * part);
    }

    @Test
    void findsTheFewestConnectionsThatWillDo() {
        Sizing sizing = new Sizing(demand(8, 1, 1));
        int fewest = sizing.fewestFor(Duration.ofMillis(5)).orElseThrow();
        assertThat(sizing.forecast(fewest).p99Wait().orElseThrow()).isLessThanOrEqualTo(Duration.ofMillis(5));
        assertThat(sizing.forecast(fewest - 1).p99Wait().orElseThrow()).isGreaterThan(Duration.ofMillis(5));
        assertThat(new Sizing(demand(20_000, 1, 1)).fewestFor(HOLD)).isEmpty();
    }

    @Test
    void forecastsSizesAroundThePresentOne() {
        List<Forecast> forecasts = new Sizing(demand(2, 1, 1)).around(3);
        assertThat(forecasts).extracting(Forecast::connections).containsExactly(1, 2, 3, 4, 5, 7, 11);
    }

    @Test
    void advisesInOneSentence() {
        Sizing sizing = new Sizing(demand(8, 1, 1));
        assertThat(sizing.advice(10, Duration.ofMillis(5)))
                .startsWith(
                        "800.0 checkouts/s, held for 10.0 ms on average: 8.0 connections in use on average, 11 at most.")
                .contains("without end")
                .endsWith(
                        "Raise pool_size and max_overflow to 13 together, from 10, to keep the wait of 99 of 100 callers"
                                + " within 5.0 ms.");
        assertThat(sizing.advice(13, Duration.ofMillis(5)))
                .endsWith("13 connections are just enough to keep the wait of 99 of 100 callers within 5.0 ms.");
        assertThat(sizing.advice(50, Duration.ofMillis(5)))
                .endsWith(
                        "13 connections of the present 50 are enough to keep the wait of 99 of 100 callers within 5.0 ms.");
        assertThat(new Sizing(demand(20_000, 1, 1)).advice(5, HOLD)).endsWith("hold them for a shorter time.");
        assertThat(new Sizing(new Demand(HOLD, 0, Duration.ZERO, 1, 1, 0, 0)).advice(5, HOLD))
                .isEqualTo("Nothing was lent in 10.0 ms, so there is nothing to learn from it.");
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Sizing(demand(1, 1, 1)).forecast(0))
                .withMessage("0 connections: allowed are 1 and more.");
        assertThatIllegalArgumentException().isThrownBy(() -> demand(1, Double.NaN, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> demand(1, 1, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Demand(Duration.ofSeconds(-1), 1, HOLD, 1, 1, 1, 1));
    }
}
