/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import dev.naiad.pool.benchmark.contender.Contender;
import java.util.Locale;

/** How thoroughly to measure. The two that matter most, Naiad and the fastest peer, are measured more often than the others. */
enum Form {
    /** Within about half an hour. */
    SHORT(2, 1, 2, 3, 400, 1_500),
    /** For release figures: two to three hours. */
    LONG(5, 3, 5, 5, 1_000, 5_000);

    private final int roundsOfMain;
    private final int roundsOfOthers;
    final int warmUps;
    final int iterations;
    final int iterationMillis;
    final int scenarioMillis;

    Form(int roundsOfMain, int roundsOfOthers, int warmUps, int iterations, int iterationMillis, int scenarioMillis) {
        this.roundsOfMain = roundsOfMain;
        this.roundsOfOthers = roundsOfOthers;
        this.warmUps = warmUps;
        this.iterations = iterations;
        this.iterationMillis = iterationMillis;
        this.scenarioMillis = scenarioMillis;
    }

    int mostRounds() {
        return roundsOfMain;
    }

    int rounds(Contender contender) {
        return contender == Contender.NAIAD || contender == Contender.HIKARI ? roundsOfMain : roundsOfOthers;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
