/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.ThreadIdentity;
import dev.naiad.pool.jdbc.SessionState;
import dev.naiad.pool.queue.Slot;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

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

    private Loan(long ticket, ThreadIdentity borrower, int calls, long now) {
        this.ticket = ticket;
        this.borrower = borrower;
        this.since = now;
        this.stretch = new Stretch(calls, now);
    }

    /** What is known of the present checkout of a record, brought up to date; null if there is none. For anybody. */
    static @Nullable Loan of(ConnectionRecord record, long now) {
        long word = record.ticket();
        Slot.Mode mode = Slot.modeOf(word);
        Loan known = record.lastSeen();
        if (mode == Slot.Mode.RETURNING && known != null && known.isReturning(record)) {
            return known;
        }
        if (mode != Slot.Mode.RETURNING && (mode != Slot.Mode.IN_USE || !record.isLentUnder(word))) {
            return null;
        }
        SessionState session = record.session();
        if (known == null || known.ticket != word) {
            Thread borrower = session == null ? null : session.borrower();
            if (session == null || borrower == null || record.ticket() != word) {
                return null;
            }
            known = new Loan(word, ThreadIdentities.of(borrower), session.calls(), now);
            record.seen(known);
        } else if (session != null) {
            known.note(session.calls(), now);
        }
        return known;
    }

    /** Who was last seen to have borrowed the connection of a record. */
    static String lastBorrower(ConnectionRecord record) {
        Loan known = record.lastSeen();
        return known == null ? "unknown" : ThreadIdentities.nameOf(known.borrower);
    }

    /** Whether its record is on its way back from it. */
    boolean isReturning(ConnectionRecord record) {
        return record.isReturning(ticket) || ticket == record.ticket() && record.mode() == Slot.Mode.RETURNING;
    }

    boolean isOver(ConnectionRecord record) {
        return record.ticket() != ticket && !record.isReturning(ticket);
    }

    private void note(int calls, long now) {
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
