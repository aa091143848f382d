/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * The listeners of one pool. {@link #wants} is one read and one test, so that an event nobody hears costs nothing more.
 * Registering and removing while events are being delivered is fine: a delivery goes to those registered when it began.
 */
final class Listeners {

    private record Subscription(
            Set<PoolEvent.Kind> kinds, Map<PoolEvent.Kind, EventHandler> handlers, Object listener) {

        @SuppressWarnings("ReferenceEquality") // a listener may define equality as it likes
        boolean isSame(Subscription other) {
            return listener == other.listener;
        }
    }

    private final ReentrantLock change = new ReentrantLock();
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private volatile int wanted;

    Listeners() {}

    /** Starts with the listeners of another pool; from then on the two are independent. */
    Listeners(Listeners origin) {
        subscriptions.addAll(origin.subscriptions);
        recount();
    }

    /** Adds a listener for all kinds it overrides. A listener already present is not added again. */
    Registration add(PoolListener listener) {
        Map<PoolEvent.Kind, EventHandler> handlers = new EnumMap<>(PoolEvent.Kind.class);
        for (PoolEvent.Kind kind : PoolEvent.Kind.values()) {
            if (kind.isHeardBy(listener)) {
                handlers.put(kind, kind.handlerOf(listener));
            }
        }
        return add(new Subscription(handlers.keySet(), handlers, listener));
    }

    Registration add(Set<PoolEvent.Kind> kinds, EventHandler handler) {
        Map<PoolEvent.Kind, EventHandler> handlers =
                kinds.stream().collect(Collectors.toMap(kind -> kind, kind -> handler));
        return add(new Subscription(Set.copyOf(kinds), handlers, new Object()));
    }

    private Registration add(Subscription added) {
        change.lock();
        try {
            if (subscriptions.stream().noneMatch(added::isSame)) {
                subscriptions.add(added);
                recount();
            }
        } finally {
            change.unlock();
        }
        return () -> remove(added);
    }

    private void remove(Subscription removed) {
        change.lock();
        try {
            subscriptions.removeIf(removed::isSame);
            recount();
        } finally {
            change.unlock();
        }
    }

    private void recount() {
        int mask = 0;
        for (Subscription subscription : subscriptions) {
            for (PoolEvent.Kind kind : subscription.kinds()) {
                mask |= bit(kind);
            }
        }
        wanted = mask;
    }

    boolean wants(PoolEvent.Kind kind) {
        return (wanted & bit(kind)) != 0;
    }

    private static int bit(PoolEvent.Kind kind) {
        return 1 << kind.ordinal();
    }

    /** Delivers in order of registration; the first exception ends the delivery and reaches the caller. */
    void fire(PoolEvent event) throws SQLException {
        for (Subscription subscription : subscriptions) {
            EventHandler handler = subscription.handlers().get(event.kind());
            if (handler != null) {
                handler.handle(event);
            }
        }
    }

    /** Delivers to everybody; exceptions are logged. For events that report what cannot be changed any more. */
    void announce(PoolEvent event, Logger log) {
        for (Subscription subscription : subscriptions) {
            EventHandler handler = subscription.handlers().get(event.kind());
            if (handler == null) {
                continue;
            }
            try {
                handler.handle(event);
            } catch (Throwable e) { // a listener must not cost the pool a connection
                log.error("Pool '{}': a listener failed on {}", event.pool().name(), event.kind(), e);
            }
        }
    }
}
