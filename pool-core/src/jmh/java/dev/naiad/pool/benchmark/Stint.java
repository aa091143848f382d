/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import java.time.Duration;

/**
 * The time spent on a group.
 *
 * @param estimate how long it was expected to take
 * @param rounds how many were made of those planned
 */
record Stint(Duration estimate, Duration taken, int rounds, int planned) {

    @Override
    public String toString() {
        return taken.toSeconds() + " s of " + estimate.toSeconds() + " s, "
                + (rounds == planned ? "" : rounds + " of ")
                + planned
                + (planned == 1 ? " round" : " rounds");
    }
}
