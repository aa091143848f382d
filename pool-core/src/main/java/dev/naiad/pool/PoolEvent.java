/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.Holder;
import dev.naiad.pool.diagnose.ThreadIdentity;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a pool. Listeners get events in the thread in which they happen, outside of all locks.
 *
 * <p>The connections in events are the driver's own. They are valid during the call only; a listener that keeps one would use
 * it under its next borrower.
 *
 * <p>SQLAlchemy counterpart: {@code PoolEvents}.
 */
public sealed interface PoolEvent {

    /** The pool it happened in. */
    Pool pool();

    /** What kind of event it is, for a {@code switch} without patterns. */
    Kind kind();

    /**
     * The pool's first physical connection was opened; comes before {@link Connect}, once in a pool's life, and no other new
     * connection is lent meanwhile. If a listener throws, the connection is closed, the checkout fails, and the next one opened
     * is the first.
     */
    record FirstConnect(Pool pool, ConnectionPoolEntry entry, Connection connection) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.FIRST_CONNECT;
        }
    }

    /** A physical connection was opened. If a listener throws, the connection is closed and the checkout fails. */
    record Connect(Pool pool, ConnectionPoolEntry entry, Connection connection) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.CONNECT;
        }
    }

    /** Opening a connection failed. */
    record ConnectFailed(Pool pool, ConnectionPoolEntry entry, Throwable cause) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.CONNECT_FAILED;
        }
    }

    /**
     * A connection is about to be lent. If a listener throws a {@link DisconnectionException}, it is replaced and all listeners
     * are asked again, once; if it throws anything else, the connection is invalidated and the checkout fails.
     */
    record Checkout(Pool pool, ConnectionPoolEntry entry, Connection connection, PoolProxiedConnection proxy)
            implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.CHECKOUT;
        }
    }

    /**
     * A connection came back and is about to be ended by {@code reset_on_return}, whatever that says. If a listener throws,
     * the connection is invalidated.
     *
     * @param entry null if the connection was detached
     * @param transactionWasReset whether its user has ended the transaction and said so; a rollback is left out then
     * @param terminateOnly whether the connection will be closed and not lent again
     */
    record Reset(
            Pool pool,
            @Nullable ConnectionPoolEntry entry,
            Connection connection,
            boolean transactionWasReset,
            boolean terminateOnly)
            implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.RESET;
        }
    }

    /**
     * A connection came back with a transaction open, which is about to be ended as {@code reset_on_return} says. A sign that
     * somebody forgot to commit; the transaction's work is lost under {@link ResetOnReturn#ROLLBACK}.
     *
     * @param entry null if the connection was detached
     * @param ending what becomes of it
     */
    record LeftOpen(Pool pool, @Nullable ConnectionPoolEntry entry, Connection connection, ResetOnReturn ending)
            implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.LEFT_OPEN;
        }
    }

    /** A place is about to go back to the pool; its connection is null if it was invalidated. */
    record Checkin(
            Pool pool, ConnectionPoolEntry entry, @Nullable Connection connection) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.CHECKIN;
        }
    }

    /** A connection is found unfit and will be closed; the cause is null if its user did not give one. */
    record Invalidate(
            Pool pool,
            ConnectionPoolEntry entry,
            Connection connection,
            @Nullable Throwable cause) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.INVALIDATE;
        }
    }

    /** A connection will be replaced when it is next asked for; its present user may go on. */
    record SoftInvalidate(
            Pool pool,
            ConnectionPoolEntry entry,
            Connection connection,
            @Nullable Throwable cause) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.SOFT_INVALIDATE;
        }
    }

    /** A connection was detached: it belongs to its user alone now, and its place is free. */
    record Detach(Pool pool, ConnectionPoolEntry entry, Connection connection) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.DETACH;
        }
    }

    /** A detached connection is about to be closed. */
    record CloseDetached(Pool pool, Connection connection) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.CLOSE_DETACHED;
        }
    }

    /** A physical connection is about to be closed. */
    record Close(Pool pool, ConnectionPoolEntry entry, Connection connection, CloseReason reason) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.CLOSE;
        }
    }

    /**
     * A borrowed connection was never closed, and nobody can reach it any more. It is about to be closed, without a reset, and
     * its place to go back; not so if one of the driver's own objects was unwrapped from it, which may be in use: then this is
     * all that happens. Told on a thread of the pool's.
     *
     * @param entry null if the connection was detached
     * @param connection null if it was invalidated
     * @param borrower the name of the thread that had borrowed it, or had detached it; of one without a name, {@code #} and its
     *     number
     * @param borrowedAt the stack of its checkout, innermost frame first; empty if that was not traced, see {@link
     *     PoolSettings#trace}
     * @param reclaimed whether it will be closed
     */
    record Lost(
            Pool pool,
            @Nullable ConnectionPoolEntry entry,
            @Nullable Connection connection,
            String borrower,
            List<StackTraceElement> borrowedAt,
            boolean reclaimed)
            implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.LOST;
        }
    }

    /**
     * A caller found nothing idle and begins to wait for a connection to come back, since none can be opened for it: the limit
     * is reached, or as many are being opened as may be at a time. It has its place in the queue, and may be served while
     * listeners are told; the time they take counts towards its timeout.
     *
     * @param waiting callers that wait, with this one
     */
    record Waiting(Pool pool, int waiting) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.WAITING;
        }
    }

    /**
     * The wait of a caller of a {@link QueuePool} is over: it had found nothing idle, and waited for a connection to come back or
     * to be opened by the pool. Comes before {@link Checkout} or {@link TimedOut}, in the caller's thread.
     *
     * @param waited how long
     * @param served whether it got a connection
     */
    record Waited(Pool pool, Duration waited, boolean served) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.WAITED;
        }
    }

    /**
     * A connection has been held unused for longer than {@code hold_limit}, or one of the further limits is reached. Told on a
     * thread of the pool's.
     *
     * @param holder who has it, since when, and where it was borrowed
     * @param step what is being done about it
     */
    record HeldTooLong(Pool pool, ConnectionPoolEntry entry, Holder holder, HoldLimitStep step) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.HELD_TOO_LONG;
        }
    }

    /**
     * A connection that was held for too long has come back after all: the borrower was slow, and did not forget it. Told on a thread of
     * the pool's, up to half a second later.
     *
     * @param borrower who had it
     * @param heldFor how long, about
     */
    record CameBack(Pool pool, ConnectionPoolEntry entry, ThreadIdentity borrower, Duration heldFor)
            implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.CAME_BACK;
        }
    }

    /**
     * A thread has waited for a connection for a while (10 ms), and holds another one of the pool already.
     *
     * @param thread the caller's
     */
    record Nested(Pool pool, ThreadIdentity thread) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.NESTED;
        }
    }

    /**
     * All connections are held by threads that wait for another one. Told on the thread of the last of them to begin.
     *
     * @param holders the connections and their borrowers
     * @param broken whether that thread gets a {@link NestedCheckoutException}; false under {@link dev.naiad.pool.Nested#WARN}
     */
    record Deadlock(Pool pool, List<Holder> holders, boolean broken) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.DEADLOCK;
        }
    }

    /** A caller waited in vain and got {@code exception}. */
    record TimedOut(Pool pool, Duration waited, PoolTimeoutException exception) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.TIMED_OUT;
        }
    }

    /** The kinds of events, and how a {@link PoolListener} hears of each. */
    enum Kind {
        /** The pool's first connection was opened: {@link FirstConnect}. */
        FIRST_CONNECT,
        /** A connection was opened: {@link Connect}. */
        CONNECT,
        /** Opening one failed: {@link ConnectFailed}. */
        CONNECT_FAILED,
        /** One is lent: {@link Checkout}. */
        CHECKOUT,
        /** One is cleaned up on its return: {@link Reset}. */
        RESET,
        /** One came back with a transaction open: {@link LeftOpen}. */
        LEFT_OPEN,
        /** One came back: {@link Checkin}. */
        CHECKIN,
        /** One is closed as unfit: {@link Invalidate}. */
        INVALIDATE,
        /** One is to be replaced when it is next asked for: {@link SoftInvalidate}. */
        SOFT_INVALIDATE,
        /** One no longer belongs to the pool: {@link Detach}. */
        DETACH,
        /** One that was detached is closed: {@link CloseDetached}. */
        CLOSE_DETACHED,
        /** One is closed: {@link Close}. */
        CLOSE,
        /** One was dropped without being closed: {@link Lost}. */
        LOST,
        /** A caller begins to wait: {@link Waiting}. */
        WAITING,
        /** A caller has waited and got one: {@link Waited}. */
        WAITED,
        /** One is held for too long: {@link HeldTooLong}. */
        HELD_TOO_LONG,
        /** One that was held for too long came back: {@link CameBack}. */
        CAME_BACK,
        /** A thread that holds one waits for another: {@link Nested}. */
        NESTED,
        /** All are held by threads that wait for another: {@link Deadlock}. */
        DEADLOCK,
        /** A caller waited in vain: {@link TimedOut}. */
        TIMED_OUT;

        /** The record that carries an event of this kind. */
        public Class<? extends PoolEvent> type() {
            return switch (this) {
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

        /** The name of the {@link PoolListener} method for this kind. */
        String method() {
            String record = type().getSimpleName();
            return record.substring(0, 1).toLowerCase(Locale.ROOT) + record.substring(1);
        }

        /** Whether the listener overrides the method for this kind. */
        boolean isHeardBy(PoolListener listener) {
            try {
                return listener.getClass().getMethod(method(), type()).getDeclaringClass() != PoolListener.class;
            } catch (NoSuchMethodException e) {
                return true; // a native image without metadata for the class: an empty call does no harm
            }
        }

        /** A switch rather than a lambda for each kind, which every application would have to wait for at its start. */
        EventHandler handlerOf(PoolListener listener) {
            return event -> {
                switch (this) {
                    case FIRST_CONNECT -> listener.firstConnect((FirstConnect) event);
                    case CONNECT -> listener.connect((Connect) event);
                    case CONNECT_FAILED -> listener.connectFailed((ConnectFailed) event);
                    case CHECKOUT -> listener.checkout((Checkout) event);
                    case RESET -> listener.reset((Reset) event);
                    case LEFT_OPEN -> listener.leftOpen((LeftOpen) event);
                    case CHECKIN -> listener.checkin((Checkin) event);
                    case INVALIDATE -> listener.invalidate((Invalidate) event);
                    case SOFT_INVALIDATE -> listener.softInvalidate((SoftInvalidate) event);
                    case DETACH -> listener.detach((Detach) event);
                    case CLOSE_DETACHED -> listener.closeDetached((CloseDetached) event);
                    case CLOSE -> listener.close((Close) event);
                    case LOST -> listener.lost((Lost) event);
                    case WAITING -> listener.waiting((Waiting) event);
                    case WAITED -> listener.waited((Waited) event);
                    case HELD_TOO_LONG -> listener.heldTooLong((HeldTooLong) event);
                    case CAME_BACK -> listener.cameBack((CameBack) event);
                    case NESTED -> listener.nested((Nested) event);
                    case DEADLOCK -> listener.deadlock((Deadlock) event);
                    case TIMED_OUT -> listener.timedOut((TimedOut) event);
                }
            };
        }
    }
}
