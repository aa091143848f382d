/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of one pool, and those of pool classes. {@link #wants} is two reads and one test, so that an event nobody hears
 * costs nothing more. Registering and removing while events are being delivered is fine: a delivery goes to those registered
 * when it began.
 */
final class Listeners {

    /**
     * A listener and the events it wants.
     *
     * @param scope the class of pools it listens to
     * @param observes whether it keeps its hands off the connections
     * @param inherited whether a pool recreated from this one has it, too
     */
    private record Subscription(
            Class<? extends Pool> scope,
            Map<PoolEvent.Kind, EventHandler> handlers,
            Object listener,
            boolean observes,
            boolean inherited) {

        Subscription(
                Class<? extends Pool> scope,
                Map<PoolEvent.Kind, EventHandler> handlers,
                Object listener,
                boolean observes) {
            this(scope, handlers, listener, observes, true);
        }

        @SuppressWarnings("ReferenceEquality") // a listener may define equality as it likes
        boolean isSame(Subscription other) {
            return listener == other.listener && scope.equals(other.scope);
        }
    }

    /** A list that knows which kinds of events its members want. */
    private static final class Level {

        private final ReentrantLock change = new ReentrantLock();
        private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
        private volatile int wanted;

        /** What is to look wanted although nobody listens. */
        private int pretended;

        private volatile int touched;
        private volatile Runnable onChange = () -> {};

        Registration add(Subscription added, boolean first) {
            change.lock();
            try {
                if (subscriptions.stream().noneMatch(added::isSame)) {
                    subscriptions.add(first ? 0 : subscriptions.size(), added);
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

        void pretend(PoolEvent.Kind kind, boolean wanted) {
            change.lock();
            try {
                int next = wanted ? pretended | bit(kind) : pretended & ~bit(kind);
                if (next != pretended) {
                    pretended = next;
                    recount();
                }
            } finally {
                change.unlock();
            }
        }

        private void addAll(Level other) {
            change.lock();
            try {
                other.subscriptions.stream().filter(Subscription::inherited).forEach(subscriptions::add);
                recount();
            } finally {
                change.unlock();
            }
        }

        private void recount() {
            int all = pretended;
            int touching = 0;
            for (Subscription subscription : subscriptions) {
                for (PoolEvent.Kind kind : subscription.handlers().keySet()) {
                    all |= bit(kind);
                    touching |= subscription.observes() ? 0 : bit(kind);
                }
            }
            wanted = all;
            touched = touching;
            onChange.run();
        }
    }

    private static final Level OF_CLASSES = new Level();

    /** The events of which each checkout or each return would have to tell. */
    private static final int OF_LOANS =
            bit(PoolEvent.Kind.CHECKOUT) | bit(PoolEvent.Kind.RESET) | bit(PoolEvent.Kind.CHECKIN);

    /** The events of which there may be something to tell in the course of upkeep. */
    private static final int OF_UPKEEP = bit(PoolEvent.Kind.CLOSE)
            | bit(PoolEvent.Kind.INVALIDATE)
            | bit(PoolEvent.Kind.CHECKIN)
            | bit(PoolEvent.Kind.HELD_TOO_LONG)
            | bit(PoolEvent.Kind.CAME_BACK);

    private final Level own = new Level();

    Listeners() {}

    /** Starts with the listeners of another pool; from then on the two are independent. */
    Listeners(Listeners origin) {
        own.addAll(origin.own);
    }

    /** Has the pool told when {@link #passOver} may have changed, except through the listeners of classes. */
    void onChange(Runnable action) {
        own.onChange = action;
    }

    /** Whether no listener wants to hear of mere checkouts and returns. */
    boolean passOver() {
        return (own.wanted & OF_LOANS) == 0 && passOverClasses();
    }

    /** As {@link #passOver}, of the listeners of classes only. */
    static boolean passOverClasses() {
        return (OF_CLASSES.wanted & OF_LOANS) == 0;
    }

    /** Adds a listener for all kinds it overrides. A listener already present is not added again. */
    Registration add(PoolListener listener, boolean first) {
        return own.add(new Subscription(Pool.class, handlersOf(listener), listener, false), first);
    }

    static Registration addToAll(Class<? extends Pool> type, PoolListener listener) {
        return OF_CLASSES.add(new Subscription(type, handlersOf(listener), listener, false), false);
    }

    private static Map<PoolEvent.Kind, EventHandler> handlersOf(PoolListener listener) {
        Map<PoolEvent.Kind, EventHandler> handlers = new EnumMap<>(PoolEvent.Kind.class);
        for (PoolEvent.Kind kind : PoolEvent.Kind.values()) {
            if (kind.isHeardBy(listener)) {
                handlers.put(kind, kind.handlerOf(listener));
            }
        }
        return handlers;
    }

    Registration add(Map<String, EventHandler> byName) {
        if (byName.isEmpty()) {
            throw new IllegalArgumentException("A map of event handlers must have at least one entry.");
        }
        Map<PoolEvent.Kind, EventHandler> handlers = new EnumMap<>(PoolEvent.Kind.class);
        byName.forEach((name, handler) -> handlers.put(kindNamed(name), handler));
        return own.add(new Subscription(Pool.class, handlers, byName, false), false);
    }

    private static PoolEvent.Kind kindNamed(String name) {
        return Arrays.stream(PoolEvent.Kind.values())
                .filter(kind -> kind.method().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no event '" + name + "'. The events are: "
                        + Arrays.stream(PoolEvent.Kind.values())
                                .map(PoolEvent.Kind::method)
                                .collect(Collectors.joining(", "))
                        + "."));
    }

    Registration add(Set<PoolEvent.Kind> kinds, EventHandler handler) {
        Map<PoolEvent.Kind, EventHandler> handlers =
                kinds.stream().collect(Collectors.toMap(kind -> kind, kind -> handler));
        return own.add(new Subscription(Pool.class, handlers, new Object(), true), false);
    }

    /** Adds an observer that is a part of this pool; one recreated from it has its own. */
    Registration addOwn(Set<PoolEvent.Kind> kinds, EventHandler handler) {
        Map<PoolEvent.Kind, EventHandler> handlers =
                kinds.stream().collect(Collectors.toMap(kind -> kind, kind -> handler));
        return own.add(new Subscription(Pool.class, handlers, new Object(), true, false), false);
    }

    private static int bit(PoolEvent.Kind kind) {
        return 1 << kind.ordinal();
    }

    /** Has all checkouts looked at, as if somebody listened to them. */
    void watchCheckouts(boolean watch) {
        own.pretend(PoolEvent.Kind.CHECKOUT, watch);
    }

    boolean wants(PoolEvent.Kind kind) {
        return ((own.wanted | OF_CLASSES.wanted) & bit(kind)) != 0;
    }

    /** Whether anybody hears of what is done for connections that nobody is borrowing or giving back. */
    boolean hearOfUpkeep() {
        return ((own.wanted | OF_CLASSES.wanted) & OF_UPKEEP) != 0;
    }

    /** Whether somebody who hears of this may do something to the connection. */
    boolean touch(PoolEvent.Kind kind) {
        return ((own.touched | OF_CLASSES.touched) & bit(kind)) != 0;
    }

    /**
     * Delivers to the listeners of classes, then to the pool's own, each in their order; the first exception ends the delivery
     * and reaches the caller.
     */
    void fire(PoolEvent event) throws SQLException {
        for (Level level : List.of(OF_CLASSES, own)) {
            for (Subscription subscription : level.subscriptions) {
                EventHandler handler = handlerFor(event, subscription);
                if (handler != null) {
                    handler.handle(event);
                }
            }
        }
    }

    /** Delivers to everybody; exceptions are logged. For events that report what cannot be changed any more. */
    void announce(PoolEvent event) {
        for (Level level : List.of(OF_CLASSES, own)) {
            for (Subscription subscription : level.subscriptions) {
                EventHandler handler = handlerFor(event, subscription);
                if (handler == null) {
                    continue;
                }
                try {
                    handler.handle(event);
                } catch (Throwable e) { // a listener must not cost the pool a connection
                    event.pool()
                            .logSafely(log -> log.error(
                                    "Pool '{}': a listener failed on {}",
                                    event.pool().name(),
                                    event.kind(),
                                    e));
                }
            }
        }
    }

    private static @Nullable EventHandler handlerFor(PoolEvent event, Subscription subscription) {
        return subscription.scope().isInstance(event.pool())
                ? subscription.handlers().get(event.kind())
                : null;
    }
}
