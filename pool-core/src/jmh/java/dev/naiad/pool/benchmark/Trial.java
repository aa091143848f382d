/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import dev.naiad.pool.benchmark.contender.Contender;

/** Something done to each pool in turn, in a fresh JVM each time. */
interface Trial {

    /** Takes down what was measured. */
    interface Output {

        void figure(String variant, String row, String metric, double value);
    }

    boolean admits(Contender contender);

    void run(Contender contender, Session session, Output output) throws Exception;
}
