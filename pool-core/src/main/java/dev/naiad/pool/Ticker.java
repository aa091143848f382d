/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

/**
 * The source of time for ages and deadlines: nanoseconds that only ever grow, from an arbitrary origin.
 *
 * <p>Never the wall clock, so that setting the clock ages no connection.
 */
@FunctionalInterface
public interface Ticker {

    /** Nanoseconds since the ticker's origin; may be negative and may wrap, only differences mean anything. */
    long nanos();

    /** {@link System#nanoTime()}. */
    static Ticker system() {
        return System::nanoTime;
    }
}
