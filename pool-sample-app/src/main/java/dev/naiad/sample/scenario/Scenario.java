/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

/** An incident that can be staged. */
interface Scenario {

    /** What it is about; the same each time. */
    Description description();

    /**
     * Stages the incident, and puts everything in order again before it returns or throws, in particular when the run is
     * asked to stop.
     */
    void play(Run run) throws Exception;
}
