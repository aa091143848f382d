/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import dev.naiad.pool.benchmark.contender.Contender;
import java.time.Duration;

/** Something done to each pool in turn, in a fresh JVM each time. */
interface Trial {

    /** Takes down what was measured. */
    interface Output {

        void figure(String variant, String row, String metric, double value);
    }

    boolean admits(Contender contender);

    /** Whether all pools are to be seen in it, however short the form. */
    boolean isForAll();

    /** Whether it gives the same figures each time. */
    default boolean isExact() {
        return false;
    }

    /** About how long it takes for one pool on a machine that does nothing else. */
    Duration estimate(Form form);

    /** What it starts are children of this JVM. */
    void run(Contender contender, Session session, Output output) throws Exception;
}
