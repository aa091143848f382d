/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import dev.naiad.pool.benchmark.contender.Contender;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** How thoroughly to measure. The two that matter most, Naiad and the fastest peer, are measured more often than the others. */
enum Form {
    /** Whether everything works; the figures are worth nothing. A few minutes. */
    CHECK(1, 1, 1, 1, 50, 100),
    /** Within a quarter of an hour. */
    SHORT(3, 1, 2, 3, 250, 1_000),
    /** For release figures: two to three hours. */
    LONG(5, 3, 5, 5, 1_000, 5_000);

    /** What the other forms measure everywhere; all others only in one trial of each kind. */
    private static final Set<Contender> EVERYWHERE =
            EnumSet.of(Contender.NAIAD, Contender.HIKARI, Contender.AGROAL, Contender.TOMCAT);

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

    /** How often a pool is measured in a trial; 0 if not at all. */
    int rounds(Trial trial, Contender contender) {
        boolean left = this != LONG && !trial.isForAll() && !EVERYWHERE.contains(contender);
        if (left || !trial.admits(contender)) {
            return 0;
        }
        return trial.isExact() || !isMain(contender) ? roundsOfOthers : roundsOfMain;
    }

    private static boolean isMain(Contender contender) {
        return contender == Contender.NAIAD || contender == Contender.HIKARI;
    }

    /** After how long a pool is taken to hang in a trial that was expected to take so long. */
    Duration patience(Contender contender, Duration estimate) {
        return isMain(contender)
                ? estimate.multipliedBy(6).plusSeconds(45)
                : estimate.multipliedBy(4).plusSeconds(20);
    }

    /** Within what time a group that was expected to take so long has to be done if it is to begin another round. */
    Duration limit(Duration estimate) {
        return this == LONG ? Duration.ofDays(1) : estimate.multipliedBy(5).dividedBy(4);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
