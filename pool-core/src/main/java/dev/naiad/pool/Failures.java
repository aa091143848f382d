/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Stream;

/** Brings what failed on a thread of the pool to the thread that asked for it. */
final class Failures {

    /** Stands in stack traces between the pool's thread and the caller's. */
    private static final StackTraceElement SEAM =
            new StackTraceElement("dev.naiad.pool.Pool", "(on a thread of the pool, for:)", null, -1);

    private Failures() {}

    /**
     * The same exception, its trace continued by that of the present thread, so that it can be seen who asked. Unchecked ones
     * are thrown.
     */
    static SQLException asThrownHere(Throwable failure) {
        if (failure instanceof PoolClosedException) {
            return new PoolClosedException((PoolClosedException) failure);
        }
        continueTrace(failure);
        if (failure instanceof SQLException exception) {
            return exception;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return new SQLException(failure);
    }

    /** What an exception says; its message is computed by code that is not ours. */
    static String messageOf(Throwable failure) {
        try {
            return String.valueOf(failure.getMessage());
        } catch (Throwable e) {
            return failure.getClass().getName();
        }
    }

    private static void continueTrace(Throwable failure) {
        StackTraceElement[] there = failure.getStackTrace();
        if (there.length == 0 || Arrays.asList(there).contains(SEAM)) {
            return; // not writable, or an instance thrown more than once
        }
        StackTraceElement[] here = Thread.currentThread().getStackTrace();
        failure.setStackTrace(Stream.of(there, new StackTraceElement[] {SEAM}, here)
                .flatMap(Arrays::stream)
                .toArray(StackTraceElement[]::new));
    }
}
