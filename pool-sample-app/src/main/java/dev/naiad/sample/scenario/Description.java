/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.diagnose.Verdict;
import java.util.List;

/**
 * What there is to know of a scenario before it is started.
 *
 * @param name in addresses
 * @param title for people
 * @param does what happens
 * @param lookAt what to watch meanwhile
 * @param expect what the pool will say
 * @param parameters what can be chosen
 */
record Description(
        String name, String title, String does, String lookAt, Expectation expect, List<Parameter> parameters) {

    Description {
        parameters = List.copyOf(parameters);
    }

    /**
     * What the pool says of it.
     *
     * @param verdict at some time while it runs
     * @param history what is noted down until it has ended
     */
    record Expectation(Verdict verdict, List<Transition.Kind> history) {

        Expectation {
            history = List.copyOf(history);
        }

        static Expectation of(Verdict verdict, Transition.Kind... history) {
            return new Expectation(verdict, List.of(history));
        }
    }
}
