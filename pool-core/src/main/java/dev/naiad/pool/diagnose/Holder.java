/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection in use, and who has it.
 *
 * <p>Nobody looks at the clock when a connection is lent or used. Times count from when the pool first saw the state: its
 * housekeeper looks every half second, and whoever begins to wait looks as well. So they are at most that much too short, and
 * never too long.
 *
 * @param connection the number of its place in the pool
 * @param thread who borrowed it
 * @param activity what is going on
 * @param heldFor how long it has been lent, at least
 * @param unchangedFor for how long, at least, the same call to the driver has been running, or there has been none
 * @param inTransaction whether a transaction is open, as far as that can be told without asking the driver: autocommit was
 *     switched off, or {@code BEGIN} sent, through the connection, and something ran since
 * @param shared whether another thread than the borrower has called something on it
 * @param sql the SQL text that was last prepared or executed, shortened, without literals and comments; null if there was none
 * @param borrowedAt the stack of the checkout, innermost frame first; empty if that checkout was not traced
 * @param presentStack what the borrower is doing now; empty if that was not looked at
 */
public record Holder(
        long connection,
        ThreadIdentity thread,
        Activity activity,
        Duration heldFor,
        Duration unchangedFor,
        boolean inTransaction,
        boolean shared,
        @Nullable String sql,
        List<StackTraceElement> borrowedAt,
        List<StackTraceElement> presentStack) {

    /** What is going on with a connection in use. */
    public enum Activity {
        /** A call to the driver is running. */
        CALLING,
        /** No call is running. */
        QUIET,
        /** No call is running, and its borrower waits for another connection of the same pool. */
        WAITING,
        /** It is coming back: the pool is ending the transaction and resetting the session. */
        RETURNING
    }

    /** Keeps copies of the lists. */
    public Holder {
        borrowedAt = List.copyOf(borrowedAt);
        presentStack = List.copyOf(presentStack);
    }

    Holder withoutStacks() {
        return new Holder(
                connection, thread, activity, heldFor, unchangedFor, inTransaction, shared, sql, List.of(), List.of());
    }

    /**
     * The line of the application's own code to look at: where the connection was borrowed or, if that was not traced, where its
     * borrower is now; empty if neither is known.
     */
    public Optional<StackTraceElement> place() {
        return Frames.place(borrowedAt).or(() -> Frames.place(presentStack));
    }
}
