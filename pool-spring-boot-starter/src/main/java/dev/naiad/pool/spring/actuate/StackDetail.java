/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.Pool;
import dev.naiad.pool.diagnose.ExhaustionReport;

/** How much is told of the stacks of those who hold connections. */
public enum StackDetail {
    /** Where they borrowed, if that was traced, and where they are now. For the latter each is stopped for a moment. */
    FULL,
    /** As above, but of each only the line of the application's own code; a fraction of the size. */
    LINE,
    /** The line that borrowed, if that was traced. No thread is stopped. */
    NONE;

    ExhaustionReport reportOn(Pool pool) {
        return this == NONE ? pool.glance() : pool.report();
    }

    /** What is shown of a report once everything has been worked out from it. */
    ExhaustionReport shownOf(ExhaustionReport report) {
        return this == FULL ? report : report.withoutStacks();
    }
}
