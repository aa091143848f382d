/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

/** Whether the runtime image has the module {@code jdk.jfr}, and it is in use. */
final class FlightRecorderPresence {

    static final boolean ASCERTAINED = ascertain();

    private FlightRecorderPresence() {}

    private static boolean ascertain() {
        try {
            Class.forName("jdk.jfr.Event", false, FlightRecorderPresence.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
