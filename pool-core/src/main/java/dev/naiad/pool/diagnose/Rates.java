/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import java.time.Duration;
import java.util.Optional;

/**
 * How busy a pool has been lately.
 *
 * @param window the time these figures are from; zero if there are none yet
 * @param checkoutsPerSecond connections lent per second
 * @param meanInUse connections in use on average, from samples
 */
public record Rates(Duration window, double checkoutsPerSecond, double meanInUse) {

    /** Of a pool about which nothing is known yet. */
    public static final Rates NONE = new Rates(Duration.ZERO, 0, 0);

    /** How long a connection is held on average, by Little's law; empty if none was lent. */
    public Optional<Duration> meanHold() {
        return checkoutsPerSecond <= 0
                ? Optional.empty()
                : Optional.of(Duration.ofNanos((long) (meanInUse / checkoutsPerSecond * 1e9)));
    }
}
