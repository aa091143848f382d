/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.event;

import dev.naiad.pool.CloseReason;
import dev.naiad.pool.HoldLimitStep;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.PoolTimeoutException;
import dev.naiad.pool.ResetOnReturn;
import dev.naiad.pool.diagnose.Holder;
import java.io.Serial;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEvent;

/**
 * Something that happened in a Naiad pool, told after the fact: listeners run on a thread of their own, one event after the
 * other, and can neither slow down nor fail the caller it happened to. To take part in a checkout or a return, use a
 * {@link dev.naiad.pool.PoolListener}.
 *
 * <p>Nothing is published for a kind of which nobody has declared a listener, be it for the kind or for this class. Listeners
 * for {@link ApplicationEvent} in general do not count.
 *
 * <p>Events carry facts, no connections: at the time they are heard, a connection may have another borrower.
 */
public abstract sealed class PoolApplicationEvent extends ApplicationEvent {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String poolName;
    private final String threadName;

    private PoolApplicationEvent(NaiadDataSource source, PoolEvent event) {
        super(source);
        this.poolName = event.pool().name();
        this.threadName = Thread.currentThread().getName();
    }

    /** The data source in whose pool it happened. */
    public NaiadDataSource getDataSource() {
        return (NaiadDataSource) getSource();
    }

    /** The name of that pool. */
    public String getPoolName() {
        return poolName;
    }

    /** The thread in which it happened. */
    public String getThreadName() {
        return threadName;
    }

    /** An event that has to do with one place of the pool. */
    public abstract static sealed class OfEntry extends PoolApplicationEvent {

        @Serial
        private static final long serialVersionUID = 1L;

        static final long DETACHED = 0;

        private final long entryId;

        private OfEntry(NaiadDataSource source, PoolEvent event, long entryId) {
            super(source, event);
            this.entryId = entryId;
        }

        /** The number of the place, unique within the pool; 0 for a detached connection, which has none. */
        public long getEntryId() {
            return entryId;
        }
    }

    /** The pool's first physical connection was opened. */
    public static final class FirstConnect extends OfEntry {

        @Serial
        private static final long serialVersionUID = 1L;

        FirstConnect(NaiadDataSource source, PoolEvent.FirstConnect event) {
            super(source, event, event.entry().id());
        }
    }

    /** A physical connection was opened. */
    public static final class Connect extends OfEntry {

        @Serial
        private static final long serialVersionUID = 1L;

        Connect(NaiadDataSource source, PoolEvent.Connect event) {
            super(source, event, event.entry().id());
        }
    }

    /** Opening a connection failed. */
    public static final class ConnectFailed extends OfEntry {

        @Serial
        private static final long serialVersionUID = 1L;

        private final Throwable cause;

        ConnectFailed(NaiadDataSource source, PoolEvent.ConnectFailed event) {
            super(source, event, event.entry().id());
            this.cause = event.cause();
        }

        /** What it failed with. */
        public Throwable getCause() {
            return cause;
        }
    }

    /** A connection was lent. */
    public static final class Checkout extends OfEntry {

        @Serial
        private static final long serialVersionUID = 1L;

        Checkout(NaiadDataSource source, PoolEvent.Checkout event) {
            super(source, event, event.entry().id());
        }
    }

    /** A connection that came back was reset. */
    public static final class Reset extends OfEntry {

        @Serial
        private static final long serialVersionUID = 1L;

        private final boolean transactionWasReset;

        Reset(NaiadDataSource source, PoolEvent.Reset event) {
            super(
                    source,
                    event,
                    event.entry() == null ? DETACHED : event.entry().id());
            this.transactionWasReset = event.transactionWasReset();
        }

        /** Whether its user had ended the transaction and said so. */
        public boolean isTransactionWasReset() {
            return transactionWasReset;
        }
    }

    /** A connection came back with a transaction open. */
    public static final class LeftOpen extends OfEntry {

        @Serial
        private static final long serialVersionUID = 1L;

        private final ResetOnReturn ending;

        LeftOpen(NaiadDataSource source, PoolEvent.LeftOpen event) {
            super(
                    source,
                    event,
                    event.entry() == null ? DETACHED : event.entry().id());
            this.ending = event.ending();
        }

        /** What became of the transaction. */
        public ResetOnReturn getEnding() {
            return ending;
        }
    }

    /** A place went back to the pool. */
    public static final class Checkin extends OfEntry {

        @Serial
        private static final long serialVersionUID = 1L;

        Checkin(NaiadDataSource source, PoolEvent.Checkin event) {
            super(source, event, event.entry().id());
        }
    }

    /** A connection was found unfit. */
    public static final class Invalidate extends OfEntry {

        @Serial
        private static final long serialVersionUID = 1L;

        private final @Nullable Throwable cause;

        Invalidate(NaiadDataSource source, PoolEvent.Invalidate event) {
            super(source, event, event.entry().id());
            this.cause = event.cause();
        }

        /** Empty if it was invalidated by hand without a cause. */
        public Optional<Throwable> getCause() {
            return Optional.ofNullable(cause);
        }
    }

    /** A connection will be replaced when it is next asked for. */
    public static final class SoftInvalidate extends OfEntry {

        @Serial
        private static final long serialVersionUID = 1L;

        private final @Nullable Throwable cause;

        SoftInvalidate(NaiadDataSource source, PoolEvent.SoftInvalidate event) {
            super(source, event, event.entry().id());
            this.cause = event.cause();
        }

        /** Empty if it was done without a cause. */
        public Optional<Throwable> getCause() {
            return Optional.ofNullable(cause);
        }
    }

    /** A connection was detached: it has left the pool for good. */
    public static final class Detach extends OfEntry {

        @Serial
        private static final long serialVersionUID = 1L;

        Detach(NaiadDataSource source, PoolEvent.Detach event) {
            super(source, event, event.entry().id());
        }
    }

    /** A detached connection was closed. */
    public static final class CloseDetached extends PoolApplicationEvent {

        @Serial
        private static final long serialVersionUID = 1L;

        CloseDetached(NaiadDataSource source, PoolEvent.CloseDetached event) {
            super(source, event);
        }
    }

    /** A physical connection was closed. */
    public static final class Close extends OfEntry {

        @Serial
        private static final long serialVersionUID = 1L;

        private final CloseReason reason;

        Close(NaiadDataSource source, PoolEvent.Close event) {
            super(source, event, event.entry().id());
            this.reason = event.reason();
        }

        /** Why it was. */
        public CloseReason getReason() {
            return reason;
        }
    }

    /** A borrowed connection was never closed, and nobody can reach it any more. */
    public static final class Lost extends OfEntry {

        @Serial
        private static final long serialVersionUID = 1L;

        private final String borrower;
        private final transient List<StackTraceElement> borrowedAt;
        private final boolean reclaimed;

        Lost(NaiadDataSource source, PoolEvent.Lost event) {
            super(
                    source,
                    event,
                    event.entry() == null ? DETACHED : event.entry().id());
            this.borrower = event.borrower();
            this.borrowedAt = event.borrowedAt();
            this.reclaimed = event.reclaimed();
        }

        /** The name of the thread that had borrowed it; {@code #} and its number if it has no name. */
        public String getBorrower() {
            return borrower;
        }

        /** The stack of its checkout, innermost frame first; empty if that was not traced. */
        public List<StackTraceElement> getBorrowedAt() {
            return borrowedAt;
        }

        /** Whether it was closed; it is left alone if the driver's own object was unwrapped, which may be in use. */
        public boolean isReclaimed() {
            return reclaimed;
        }
    }

    /** A caller began to wait because no connection was idle and none could be opened for it. */
    public static final class Waiting extends PoolApplicationEvent {

        @Serial
        private static final long serialVersionUID = 1L;

        private final int waiting;

        Waiting(NaiadDataSource source, PoolEvent.Waiting event) {
            super(source, event);
            this.waiting = event.waiting();
        }

        /** Callers that waited then, this one included. */
        public int getWaiting() {
            return waiting;
        }
    }

    /** A caller's wait is over. */
    public static final class Waited extends PoolApplicationEvent {

        @Serial
        private static final long serialVersionUID = 1L;

        private final Duration waited;
        private final boolean served;

        Waited(NaiadDataSource source, PoolEvent.Waited event) {
            super(source, event);
            this.waited = event.waited();
            this.served = event.served();
        }

        /** How long it was, whether it ended well or not. */
        public Duration getWaited() {
            return waited;
        }

        /** Whether it got a connection. */
        public boolean isServed() {
            return served;
        }
    }

    /** A connection has been held unused for longer than the hold limit, or one of the further limits was reached. */
    public static final class HeldTooLong extends OfEntry {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient Holder holder;
        private final HoldLimitStep step;

        HeldTooLong(NaiadDataSource source, PoolEvent.HeldTooLong event) {
            super(source, event, event.entry().id());
            this.holder = event.holder();
            this.step = event.step();
        }

        /** Who had it, since when, and where it was borrowed. */
        public Holder getHolder() {
            return holder;
        }

        /** What was done about it. */
        public HoldLimitStep getStep() {
            return step;
        }
    }

    /** A connection that was held for too long came back after all. */
    public static final class CameBack extends OfEntry {

        @Serial
        private static final long serialVersionUID = 1L;

        private final String borrower;
        private final Duration heldFor;

        CameBack(NaiadDataSource source, PoolEvent.CameBack event) {
            super(source, event, event.entry().id());
            this.borrower = event.borrower().toString();
            this.heldFor = event.heldFor();
        }

        /** Which thread had it. */
        public String getBorrower() {
            return borrower;
        }

        /** For how long, about. */
        public Duration getHeldFor() {
            return heldFor;
        }
    }

    /** A thread that held a connection had to wait for another one. */
    public static final class Nested extends PoolApplicationEvent {

        @Serial
        private static final long serialVersionUID = 1L;

        Nested(NaiadDataSource source, PoolEvent.Nested event) {
            super(source, event);
        }
    }

    /** All connections were held by threads that waited for another one. */
    public static final class Deadlock extends PoolApplicationEvent {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient List<Holder> holders;
        private final boolean broken;

        Deadlock(NaiadDataSource source, PoolEvent.Deadlock event) {
            super(source, event);
            this.holders = event.holders();
            this.broken = event.broken();
        }

        /** The connections and their borrowers. */
        public List<Holder> getHolders() {
            return holders;
        }

        /** Whether it was ended by an exception for the thread that began to wait last. */
        public boolean isBroken() {
            return broken;
        }
    }

    /** A caller waited in vain. */
    public static final class TimedOut extends PoolApplicationEvent {

        @Serial
        private static final long serialVersionUID = 1L;

        private final Duration waited;
        private final PoolTimeoutException exception;

        TimedOut(NaiadDataSource source, PoolEvent.TimedOut event) {
            super(source, event);
            this.waited = event.waited();
            this.exception = event.exception();
        }

        /** For how long it did. */
        public Duration getWaited() {
            return waited;
        }

        /** What the caller got. Its message says what the pool looked like. */
        public PoolTimeoutException getException() {
            return exception;
        }
    }

    static PoolApplicationEvent of(NaiadDataSource source, PoolEvent event) {
        // A switch over patterns needs Java 21.
        if (event instanceof PoolEvent.FirstConnect e) {
            return new FirstConnect(source, e);
        } else if (event instanceof PoolEvent.SoftInvalidate e) {
            return new SoftInvalidate(source, e);
        } else if (event instanceof PoolEvent.Detach e) {
            return new Detach(source, e);
        } else if (event instanceof PoolEvent.CloseDetached e) {
            return new CloseDetached(source, e);
        } else if (event instanceof PoolEvent.Connect e) {
            return new Connect(source, e);
        } else if (event instanceof PoolEvent.ConnectFailed e) {
            return new ConnectFailed(source, e);
        } else if (event instanceof PoolEvent.Checkout e) {
            return new Checkout(source, e);
        } else if (event instanceof PoolEvent.Reset e) {
            return new Reset(source, e);
        } else if (event instanceof PoolEvent.LeftOpen e) {
            return new LeftOpen(source, e);
        } else if (event instanceof PoolEvent.Checkin e) {
            return new Checkin(source, e);
        } else if (event instanceof PoolEvent.Invalidate e) {
            return new Invalidate(source, e);
        } else if (event instanceof PoolEvent.Close e) {
            return new Close(source, e);
        } else if (event instanceof PoolEvent.Lost e) {
            return new Lost(source, e);
        } else if (event instanceof PoolEvent.Waiting e) {
            return new Waiting(source, e);
        } else if (event instanceof PoolEvent.Waited e) {
            return new Waited(source, e);
        } else if (event instanceof PoolEvent.HeldTooLong e) {
            return new HeldTooLong(source, e);
        } else if (event instanceof PoolEvent.CameBack e) {
            return new CameBack(source, e);
        } else if (event instanceof PoolEvent.Nested e) {
            return new Nested(source, e);
        } else if (event instanceof PoolEvent.Deadlock e) {
            return new Deadlock(source, e);
        } else {
            return new TimedOut(source, (PoolEvent.TimedOut) event);
        }
    }

    static Class<? extends PoolApplicationEvent> typeOf(PoolEvent.Kind kind) {
        return switch (kind) {
            case FIRST_CONNECT -> FirstConnect.class;
            case CONNECT -> Connect.class;
            case CONNECT_FAILED -> ConnectFailed.class;
            case CHECKOUT -> Checkout.class;
            case RESET -> Reset.class;
            case LEFT_OPEN -> LeftOpen.class;
            case CHECKIN -> Checkin.class;
            case INVALIDATE -> Invalidate.class;
            case SOFT_INVALIDATE -> SoftInvalidate.class;
            case DETACH -> Detach.class;
            case CLOSE_DETACHED -> CloseDetached.class;
            case CLOSE -> Close.class;
            case LOST -> Lost.class;
            case WAITING -> Waiting.class;
            case WAITED -> Waited.class;
            case HELD_TOO_LONG -> HeldTooLong.class;
            case CAME_BACK -> CameBack.class;
            case NESTED -> Nested.class;
            case DEADLOCK -> Deadlock.class;
            case TIMED_OUT -> TimedOut.class;
        };
    }
}
