/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

/** Whether there is a flight recorder, and anything to be gained by telling it something. */
final class FlightRecorderPresence {

    private static final boolean ASCERTAINED = ascertain();

    private FlightRecorderPresence() {}

    /** Whether anything was recorded in this JVM, or is. */
    static boolean isInUse() {
        return ASCERTAINED && jdk.jfr.FlightRecorder.isInitialized();
    }

    /** Whether the runtime image has the module {@code jdk.jfr}, and it has been resolved. */
    private static boolean ascertain() {
        try {
            Class.forName("jdk.jfr.Event", false, FlightRecorderPresence.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
