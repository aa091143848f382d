/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Lets thousands of pools of random settings live through random lives, each step compared with {@link PoolModel}. A life
 * that goes wrong is shortened to the steps it takes, and shown with its seed.
 *
 * <p>{@code -Dnaiad.model.lives=100000} runs more of them, {@code -Dnaiad.model.seed=17} begins with another.
 */
@Timeout(600)
class QueuePoolModelTests {

    private static final int LIVES = Integer.getInteger("naiad.model.lives", 1_000);
    private static final long FIRST_SEED = Long.getLong("naiad.model.seed", 1);
    private static final int STEPS = 60;
    private static final int NIGHT = 12;

    @Test
    @Tag("QP-09")
    @Tag("E3-01")
    @Tag("E3-03")
    @Tag("E3-05")
    @Tag("E3-12")
    void whateverHappensThePoolDoesAsTheModel() throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + LIVES; seed++) {
            List<ModelStep> steps = life(seed);
            AssertionError failure = failureOf(seed, steps, false);
            if (failure != null) {
                AssertionError again = failureOf(seed, shortened(seed, steps), false);
                throw new AssertionError(
                        again == null
                                ? "Seed " + seed + ", only once:\n" + failure.getMessage()
                                : "Seed " + seed + ", shortened:\n" + again.getMessage(),
                        failure);
            }
        }
    }

    @Test
    void aPoolThatDiffersFromTheModelIsNoticed() throws Exception {
        int noticed = 0;
        for (long seed = 1; seed <= 20; seed++) {
            noticed += failureOf(seed, life(seed), true) == null ? 0 : 1;
        }

        assertThat(noticed).isGreaterThan(10);
    }

    private static List<ModelStep> life(long seed) {
        Random random = new Random(seed);
        int total = 0;
        for (ModelStep.Action action : ModelStep.Action.values()) {
            total += action.weight;
        }
        List<ModelStep> steps = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            int left = random.nextInt(total);
            for (ModelStep.Action action : ModelStep.Action.values()) {
                left -= action.weight;
                if (left < 0) {
                    if (action == ModelStep.Action.ROUND && random.nextInt(3) == 0) {
                        callItADay(steps, random);
                    }
                    steps.add(new ModelStep(action, random.nextInt(1_000)));
                    break;
                }
            }
        }
        if (random.nextInt(4) == 0) {
            steps.add(random.nextInt(STEPS), new ModelStep(ModelStep.Action.CLOSE, 0));
        }
        return steps;
    }

    /** Nearly everybody goes home, and nothing but rounds follow until the pool knows its demand. */
    private static void callItADay(List<ModelStep> steps, Random random) {
        steps.add(new ModelStep(ModelStep.Action.RESUME, 0));
        for (int left = random.nextInt(12); left > 0; left--) {
            steps.add(new ModelStep(ModelStep.Action.OPENING_SUCCEEDS, random.nextInt(1_000)));
            steps.add(new ModelStep(ModelStep.Action.RETURN, random.nextInt(1_000)));
        }
        for (int round = 0; round < NIGHT; round++) {
            steps.add(new ModelStep(ModelStep.Action.ROUND, random.nextInt(1_000)));
        }
    }

    private static @Nullable AssertionError failureOf(long seed, List<ModelStep> steps, boolean broken)
            throws Exception {
        try (ModelledPool life = new ModelledPool(seed, broken)) {
            life.run(steps);
            return null;
        } catch (AssertionError e) {
            return e;
        }
    }

    /** Leaves out, in pieces that become smaller, what is not needed for it to go wrong. */
    private static List<ModelStep> shortened(long seed, List<ModelStep> steps) throws Exception {
        List<ModelStep> shortest = steps;
        for (int piece = steps.size() / 2; piece > 0; piece /= 2) {
            for (int at = 0; at + piece <= shortest.size(); ) {
                List<ModelStep> shorter = new ArrayList<>(shortest);
                shorter.subList(at, at + piece).clear();
                if (failureOf(seed, shorter, false) != null) {
                    shortest = shorter;
                } else {
                    at += piece;
                }
            }
        }
        return shortest;
    }
}
