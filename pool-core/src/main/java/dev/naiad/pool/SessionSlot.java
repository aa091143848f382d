/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.jdbc.SessionState;
import dev.naiad.pool.queue.Slot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * A slot that holds the session of its connection, but not during a long loan: then only the proxy does, and what was opened
 * through it. So when the collector finds the session unreachable, the proxy is lost.
 *
 * <p>Lending and giving back write nothing for this, they only read. It is the housekeeper that lets go, of slots found lent
 * under the same ticket twice. It meets with returns like this:
 *
 * <ol>
 *   <li>It lets go only of a slot of which {@link Slot#isLentUnder} is true, so that there is a proxy that holds on. A borrower
 *       that has a slot but no proxy yet is left alone.
 *   <li>Before it lets go it has the slot {@linkplain Slot#linger linger}. So who gives back in one step has a slot that holds
 *       its session.
 *   <li>Who gives back in two spends the ticket first and then looks whether the session is there; if not, it puts it back.
 *   <li>The housekeeper lets go first and then looks whether the ticket is spent; if so, it puts the session back, unless that
 *       was done. One of the two sees the other, so no slot is ever idle for good without its session.
 *   <li>The next borrower may come before the housekeeper has put it back. What it is about to put back is {@link #inHand} all
 *       the time, so if that is empty, the session is in its place again.
 * </ol>
 */
abstract class SessionSlot extends Slot {

    private static final VarHandle SESSION;

    static {
        try {
            SESSION = MethodHandles.lookup().findVarHandle(SessionSlot.class, "session", SessionState.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable SessionState session;
    private volatile @Nullable SessionState inHand;

    /** For whoever looks at a loan without having a part in it: what the slot has let go of at last. */
    private volatile @Nullable WeakReference<SessionState> lastLetGo;

    /** The session of the present connection, for the owner. */
    final SessionState requireSession() {
        SessionState present = session;
        if (present == null) {
            present = inHand;
        }
        if (present == null) {
            present = session;
        }
        if (present == null) {
            throw new IllegalStateException(this + " has no session.");
        }
        return present;
    }

    /** Begins the session of a new connection, for the owner. */
    final void begin(SessionState fresh) {
        session = fresh;
    }

    /** The session, whoever has it at the moment; null if there is none, or it is lost. */
    final @Nullable SessionState session() {
        SessionState present = session;
        WeakReference<SessionState> last = lastLetGo;
        return present != null || last == null ? present : last.get();
    }

    /** For the proxy that has just spent its ticket. */
    final void keep(SessionState mine) {
        if (session == null) {
            session = mine;
        }
    }

    /** For the housekeeper, with the ticket that it saw at the last sweep. */
    final void letGo(long ticket) {
        SessionState held = session;
        if (held == null || !isLentUnder(ticket) || !linger(ticket)) {
            return;
        }
        inHand = held;
        WeakReference<SessionState> last = lastLetGo;
        if (last == null || last.get() != held) {
            lastLetGo = new WeakReference<>(held); // before it cannot be found in its place
        }
        if (SESSION.compareAndSet(this, held, null) && ticket() != ticket) {
            SESSION.compareAndSet(this, null, held);
        }
        inHand = null;
    }
}
