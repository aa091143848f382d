/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The stack of a checkout. Frames are only made of it when somebody wants to see them. */
final class CheckoutTrace {

    private static final int MOST_FRAMES = 64;

    /** The methods by which one gets into a pool; what stands above them is the pool's own affair. */
    private static final Set<String> ENTRANCES = Set.of("connect", "uniqueConnection");

    private static final Set<String> OWN =
            Set.of(Pool.class.getName(), NaiadDataSource.class.getName(), "dev.naiad.pool.driver.ManagedDriver");

    /** The record's word during the checkout. */
    final long ticket;

    final Throwable stack;

    CheckoutTrace(long ticket, Throwable stack) {
        this.ticket = ticket;
        this.stack = stack;
    }

    /** From the caller of the pool outwards. */
    List<StackTraceElement> frames() {
        return fromCaller(stack.getStackTrace()).limit(MOST_FRAMES).toList();
    }

    /** A stack without what the pool does in it on behalf of its caller; the same if it does nothing. */
    static Stream<StackTraceElement> fromCaller(StackTraceElement[] all) {
        int from = 0;
        while (from < all.length && !isEntrance(all[from])) {
            from++;
        }
        if (from == all.length) {
            from = 0;
        }
        return Arrays.stream(all).skip(from).dropWhile(frame -> OWN.contains(frame.getClassName()));
    }

    private static boolean isEntrance(StackTraceElement frame) {
        return frame.getClassName().equals(Pool.class.getName()) && ENTRANCES.contains(frame.getMethodName());
    }
}
