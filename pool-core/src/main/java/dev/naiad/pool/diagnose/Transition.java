/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something out of the ordinary course of lending and taking back that happened in a pool. Holds no thread, connection or exception,
 * and no secrets.
 *
 * @param number its number in the life of the pool, from 1
 * @param time when, by the system's clock
 * @param kind what
 * @param thread the name of the thread in which it happened; of one without a name, {@code #} and its number
 * @param connection the number of the connection concerned; 0 if it concerns none that has one
 * @param detail why, or how; null if there is nothing more to say
 */
public record Transition(
        long number,
        Instant time,
        Kind kind,
        String thread,
        long connection,
        @Nullable String detail) {

    /** What may happen. */
    public enum Kind {
        /** A physical connection was opened. */
        OPENED,
        /** Opening one failed; the detail is the failure. */
        OPEN_FAILED,
        /** Opening one took longer than {@code connect_timeout}. */
        OPEN_ABANDONED,
        /** A physical connection was closed, or is being closed; the detail is the reason. */
        CLOSED,
        /** A connection was found unfit; the detail is the cause, if one was given. */
        INVALIDATED,
        /** A connection is to be replaced when it is next asked for; the detail is the cause, if one was given. */
        SOFTLY_INVALIDATED,
        /** All connections opened before are to be replaced when they are next asked for. */
        OUTDATED,
        /** A connection was detached. */
        DETACHED,
        /** A connection was dropped without being closed; the detail is who had borrowed it. */
        LOST,
        /** A connection was held for too long; the detail is who has it, and what is done about it. */
        HELD_TOO_LONG,
        /** One that was held for too long came back. */
        CAME_BACK,
        /** A caller waited in vain; the detail is the verdict. */
        TIMED_OUT,
        /** All connections were held by threads that waited for another one. */
        DEADLOCK,
        /** The database is taken to be unreachable. */
        CIRCUIT_OPENED,
        /** The database answers again. */
        CIRCUIT_CLOSED,
        /** The pool was suspended; the detail is what callers meet. */
        SUSPENDED,
        /** The pool lends again after it was suspended. */
        RESUMED,
        /** Settings were changed while the pool ran. */
        RECONFIGURED,
        /** All connections opened before are closed, at once or when they come back. */
        DISPOSED,
        /** The pool was closed for good. */
        POOL_CLOSED
    }

    /** One line for people. */
    @Override
    public String toString() {
        return number + " " + time + " " + kind
                + (connection == 0 ? "" : " connection " + connection)
                + " [" + thread + "]"
                + (detail == null ? "" : ": " + detail);
    }
}
