/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import java.time.Duration;

/**
 * What was asked of a pool during some time.
 *
 * @param window for how long it was observed
 * @param checkouts how many connections were lent meanwhile
 * @param meanHold how long one is held
 * @param holdVariation the variance of that time, divided by the square of its mean: 0 if all take the same time, 1 if it is
 *     distributed exponentially, more if few are held for much longer than most
 * @param arrivalVariation the same of the time between two checkouts: 1 if they come independently of each other, more if they
 *     come in bursts
 * @param meanInUse connections in use at the same time, on average
 * @param mostInUse connections in use at the same time, at most
 */
public record Demand(
        Duration window,
        long checkouts,
        Duration meanHold,
        double holdVariation,
        double arrivalVariation,
        double meanInUse,
        int mostInUse) {

    /** Checks the figures. */
    public Demand {
        if (window.isNegative() || meanHold.isNegative() || checkouts < 0 || mostInUse < 0) {
            throw new IllegalArgumentException("A demand has no negative figures.");
        }
        if (!(holdVariation >= 0 && arrivalVariation >= 0 && meanInUse >= 0)) {
            throw new IllegalArgumentException("A demand has no negative or undefined figures.");
        }
    }

    /** Checkouts per second; zero if nothing was observed. */
    public double checkoutsPerSecond() {
        return window.isZero() ? 0 : checkouts / (window.toNanos() / 1e9);
    }

    /** How many connections would be in use on average if everybody got one at once: rate times time, by Little's law. */
    public double load() {
        return checkoutsPerSecond() * meanHold.toNanos() / 1e9;
    }
}
