/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One place of a pool and the word that says who owns it.
 *
 * <p>The word is {@code version << 3 | mode}. Every transition moves to a new version, so a word that was read once never
 * comes back. The word a borrower holds is its <em>ticket</em>: {@link #tryGiveBack(long)} and {@link #tryBeginReturn(long)}
 * succeed for exactly one holder of exactly that ticket, which makes giving back an ownership check, an exactly-once return and
 * a full fence in one instruction. Only {@link #linger(long)} keeps the version: the ticket stays good, but not for the short way
 * back.
 *
 * <ul>
 *   <li>Only the compare-and-set transitions ({@code try...}) may be attempted by anyone.
 *   <li>{@link #moveTo(Mode)} belongs to the exclusive owner: whoever won {@link #tryTake()}, {@link #tryReserve()} or
 *       {@link #tryBeginReturn(long)}, or created the slot.
 *   <li>What an owner wrote to a slot's other fields before a transition is visible to the next owner.
 * </ul>
 */
public abstract class Slot extends PaddedWord {

    /** What a slot is doing. The order is part of the word's encoding and nothing else. */
    public enum Mode {
        /** Counted by the pool but without anything to lend; whoever wants to prepare it may reserve it. */
        VACANT,
        /** Being prepared. */
        OPENING,
        /** Ready to be taken. */
        IDLE,
        /** Lent to a borrower who holds the ticket. */
        IN_USE,
        /** Coming back: the borrower has let go, the reset is running. */
        RETURNING,
        /** Gone from the pool for good. */
        RETIRED;

        private static final Mode[] ALL = {VACANT, OPENING, IDLE, IN_USE, RETURNING, RETIRED, IN_USE};
    }

    private static final int MODE_BITS = 3;
    private static final long MODE_MASK = (1L << MODE_BITS) - 1;
    private static final int IDLE = Mode.IDLE.ordinal();
    private static final int IN_USE = Mode.IN_USE.ordinal();

    /** In use for long. To everybody but the one who gives back it is the same. */
    private static final int LINGERING = Mode.ALL.length - 1;

    private static final int VACANT = Mode.VACANT.ordinal();
    private static final VarHandle WORD;
    private static final VarHandle LENT;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(PaddedWord.class, "word", long.class);
            LENT = MethodHandles.lookup().findVarHandle(Slot.class, "lentUnder", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // Beside the word, since whoever writes them has just fetched that cache line.
    private long loans;

    @SuppressWarnings("unused") // through LENT
    private long lentUnder;

    /** Which rest of its queue's this is, where the order matters; written by the owner before it makes the slot idle. */
    volatile long restStamp;

    /** Whether it goes back to the rest it was taken from; the owner's. */
    boolean restsAgain;

    // Behind these come the fields of subclasses, which keep other objects off the cache line.

    /** A new slot belongs to its creator. */
    protected Slot() {
        WORD.set(this, wordAfter(0, Mode.OPENING));
    }

    /** Takes an idle slot. */
    public final boolean tryTake() {
        long current = word;
        return (current & MODE_MASK) == IDLE && WORD.compareAndSet(this, current, wordAfter(current, Mode.IN_USE));
    }

    /** Claims a vacant slot in order to prepare it. */
    public final boolean tryReserve() {
        long current = word;
        if ((current & MODE_MASK) != VACANT || !WORD.compareAndSet(this, current, wordAfter(current, Mode.OPENING))) {
            return false;
        }
        restsAgain = false; // what was to keep its place has gone
        return true;
    }

    /** Makes a slot idle that was lent out and does not linger; true for at most one caller with the right ticket. */
    final boolean tryGiveBack(long ticket) {
        return WORD.compareAndSet(this, ticket, wordAfter(ticket, Mode.IDLE));
    }

    /** Lets go of a slot lent out; true for the first caller with the right ticket and never again. */
    public final boolean tryBeginReturn(long ticket) {
        long next = wordAfter(ticket, Mode.RETURNING);
        return WORD.compareAndSet(this, ticket, next)
                || word == lingering(ticket) && WORD.compareAndSet(this, lingering(ticket), next);
    }

    /** From now on only {@link #tryBeginReturn(long)} ends the loan. False if it is over. */
    protected final boolean linger(long ticket) {
        return WORD.compareAndSet(this, ticket, lingering(ticket)) || word == lingering(ticket);
    }

    private static long lingering(long ticket) {
        return ticket - IN_USE + LINGERING;
    }

    /** Whether the slot is coming back from the holder of this ticket. */
    public final boolean isReturning(long ticket) {
        return word == wordAfter(ticket, Mode.RETURNING);
    }

    /** Notes that there is now somebody who answers for the ticket. An ordered write, not a fence. */
    public final void lend(long ticket) {
        loans++;
        LENT.setRelease(this, ticket);
    }

    /** Whether the slot is lent, and {@link #lend} was called, under this ticket. */
    public final boolean isLentUnder(long ticket) {
        return (long) LENT.getAcquire(this) == ticket && ticket() == ticket;
    }

    /** How often the slot was lent since {@link #takeLoans}. */
    public final long loans() {
        return loans;
    }

    /** The same, for the owner, from whom it is counted anew. */
    public final long takeLoans() {
        long taken = loans;
        loans = 0;
        return taken;
    }

    /** Moves on a slot that the caller owns. */
    public final void moveTo(Mode next) {
        WORD.setVolatile(this, wordAfter(word, next));
    }

    /** The present word; the proof of ownership for the borrower that reads it while owning the slot. */
    public final long ticket() {
        long current = word;
        return (current & MODE_MASK) == LINGERING ? current - LINGERING + IN_USE : current;
    }

    public final Mode mode() {
        return modeOf(word);
    }

    /** What a slot with this word is doing. */
    public static Mode modeOf(long word) {
        return Mode.ALL[(int) (word & MODE_MASK)];
    }

    /** Moves on a slot that has this very word; false if it has another by now. */
    protected final boolean tryMove(long from, Mode next) {
        return WORD.compareAndSet(this, from, wordAfter(from, next));
    }

    protected static long wordAfter(long word, Mode mode) {
        return ((word >>> MODE_BITS) + 1) << MODE_BITS | mode.ordinal();
    }
}
