/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.time.Duration;

/** What H2 lacks of PostgreSQL's functions. Named in a migration. */
public final class H2Functions {

    private H2Functions() {}

    /** Lets the statement take that much longer. */
    public static void sleep(double seconds) throws InterruptedException {
        Thread.sleep(Duration.ofNanos((long) (seconds * 1e9)).toMillis());
    }
}
