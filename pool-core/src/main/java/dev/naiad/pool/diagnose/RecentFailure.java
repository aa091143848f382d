/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What last went wrong with a connection. Holds no exception, so that nothing is kept alive by it.
 *
 * @param place what was being done
 * @param exception the exception's class
 * @param sqlState its SQLState, if it has one
 * @param message its message, without passwords
 * @param age how long ago
 * @param overcome whether a connection has been opened since
 */
public record RecentFailure(
        Place place, String exception, @Nullable String sqlState, String message, Duration age, boolean overcome) {

    /** What a pool was doing when it failed. */
    public enum Place {
        /** A connection could not be opened. */
        OPENING("opening a connection"),
        /** It was refused because the database has too many already. */
        OPENING_ONE_TOO_MANY("opening a connection"),
        /** It took longer than {@code connect_timeout}. */
        OPENING_IN_TIME("opening a connection"),
        /** A connection did not answer when it was asked whether it is alive. */
        PINGING("pinging a connection"),
        /** A connection that came back could not be cleaned up. */
        RESETTING("resetting a connection on return");

        private final String text;

        Place(String text) {
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }
    }
}
