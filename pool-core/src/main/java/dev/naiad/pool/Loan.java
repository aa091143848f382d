/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.ThreadIdentity;
import dev.naiad.pool.jdbc.SessionState;
import java.time.Duration;

/**
 * What has been seen of one checkout. Made by whoever looks at the record first, not by the borrower, who would have to look at the
 * clock; so times count from then.
 */
final class Loan {

    /** A time without change: one call, or none. */
    private record Stretch(int calls, long since) {}

    /** The record's word during the checkout; or that of its return, if it was not seen before. */
    final long ticket;

    final ThreadIdentity borrower;
    private final long since;
    private volatile Stretch stretch;

    /** What {@link #calls} said when a statement was cancelled; whoever sweeps {@link HoldLimits} has it alone. */
    int cancelled;

    Loan(long ticket, ThreadIdentity borrower, int calls, long now) {
        this.ticket = ticket;
        this.borrower = borrower;
        this.since = now;
        this.stretch = new Stretch(calls, now);
    }

    void note(int calls, long now) {
        if (stretch.calls() != calls) {
            stretch = new Stretch(calls, now);
        }
    }

    boolean isCalling() {
        return SessionState.isRunning(stretch.calls());
    }

    /** What {@link SessionState#calls} said when it was last looked at. */
    int calls() {
        return stretch.calls();
    }

    Duration heldFor(long now) {
        return Duration.ofNanos(Math.max(0, now - since));
    }

    Duration unchangedFor(long now) {
        return Duration.ofNanos(Math.max(0, now - stretch.since()));
    }
}
