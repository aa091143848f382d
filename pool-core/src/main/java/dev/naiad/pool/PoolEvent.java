/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
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

    Kind kind();

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

    /** A connection is about to be lent. If a listener throws, it is invalidated and the checkout fails. */
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
     */
    record Reset(Pool pool, ConnectionPoolEntry entry, Connection connection) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.RESET;
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

    /** A physical connection is about to be closed. */
    record Close(Pool pool, ConnectionPoolEntry entry, Connection connection, CloseReason reason) implements PoolEvent {
        @Override
        public Kind kind() {
            return Kind.CLOSE;
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
        CONNECT("connect", Connect.class, (listener, event) -> listener.connect((Connect) event)),
        CONNECT_FAILED(
                "connectFailed",
                ConnectFailed.class,
                (listener, event) -> listener.connectFailed((ConnectFailed) event)),
        CHECKOUT("checkout", Checkout.class, (listener, event) -> listener.checkout((Checkout) event)),
        RESET("reset", Reset.class, (listener, event) -> listener.reset((Reset) event)),
        CHECKIN("checkin", Checkin.class, (listener, event) -> listener.checkin((Checkin) event)),
        INVALIDATE("invalidate", Invalidate.class, (listener, event) -> listener.invalidate((Invalidate) event)),
        CLOSE("close", Close.class, (listener, event) -> listener.close((Close) event)),
        TIMED_OUT("timedOut", TimedOut.class, (listener, event) -> listener.timedOut((TimedOut) event));

        private final String method;
        private final Class<? extends PoolEvent> type;
        private final Dispatch dispatch;

        Kind(String method, Class<? extends PoolEvent> type, Dispatch dispatch) {
            this.method = method;
            this.type = type;
            this.dispatch = dispatch;
        }

        /** The record that carries an event of this kind. */
        public Class<? extends PoolEvent> type() {
            return type;
        }

        /** Whether the listener overrides the method for this kind. */
        boolean isHeardBy(PoolListener listener) {
            try {
                return listener.getClass().getMethod(method, type).getDeclaringClass() != PoolListener.class;
            } catch (NoSuchMethodException e) {
                return true; // a native image without metadata for the class: an empty call does no harm
            }
        }

        EventHandler handlerOf(PoolListener listener) {
            return event -> dispatch.call(listener, event);
        }

        private interface Dispatch {
            void call(PoolListener listener, PoolEvent event) throws SQLException;
        }
    }
}
