/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import org.jspecify.annotations.Nullable;

/** Finds in a stack which of the driver's methods the pool has called. */
final class DriverCall {

    private static final String OWN = DriverCall.class.getPackageName() + ".";

    private DriverCall() {}

    /**
     * What there is to tell of a return that does not end, in brackets; empty if nothing.
     *
     * @param borrower who gives the connection back
     * @param runner who calls the driver for it
     */
    static String whereabouts(@Nullable Thread borrower, @Nullable Thread runner) {
        StackTraceElement call = runner == null ? null : of(runner.getStackTrace());
        return borrower == null || call == null
                ? ""
                : " (thread " + borrower.getName() + ", in " + call.getClassName() + "." + call.getMethodName() + ")";
    }

    /** The frame that the pool's innermost one has called; null if that is not in a return. */
    private static @Nullable StackTraceElement of(StackTraceElement[] stack) {
        StackTraceElement last = null;
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().equals(ConnectionFairy.class.getName())) {
                return last;
            }
            if (!frame.getClassName().startsWith(OWN)) {
                last = frame;
            }
        }
        return null;
    }
}
