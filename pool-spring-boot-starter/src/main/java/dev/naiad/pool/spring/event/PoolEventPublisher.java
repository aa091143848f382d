/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.event;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ResolvableType;

/**
 * Publishes what happens in pools as application events, in order, from a thread of its own.
 *
 * <p>Until the context is up, listener methods are not registered yet; events of that time (a migration opens connections
 * early) are kept and published then. From then on only the kinds that have a listener are asked of the pools, so an event
 * nobody wants costs nothing. Listeners that are registered later by hand are not noticed before the next start.
 *
 * <p>The queue is bounded. When listeners are slower than the pool for long, the newest events are dropped and counted.
 */
public final class PoolEventPublisher implements SmartLifecycle, DisposableBean {

    /** Early, so that it starts before and stops after whatever uses a data source while the context comes and goes. */
    private static final int PHASE = Integer.MIN_VALUE / 2;

    private static final int CAPACITY = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(PoolEventPublisher.class);

    private final ConfigurableApplicationContext context;
    private final Duration patience;

    /** Events, and a delivery as the mark of its own end: everything before it is still published. */
    private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(CAPACITY);

    /** By kind, because what nobody wanted is not lost. */
    private final AtomicLongArray dropped = new AtomicLongArray(PoolEvent.Kind.values().length);

    private final ReentrantLock change = new ReentrantLock();
    private final Map<NaiadDataSource, Pool> dataSources = new LinkedHashMap<>();
    private final List<Registration> registrations = new ArrayList<>();
    private Set<PoolEvent.Kind> kinds = EnumSet.allOf(PoolEvent.Kind.class);
    private volatile @Nullable Delivery delivery;

    /** Gives listeners five seconds for what is still queued when it stops. */
    public PoolEventPublisher(ConfigurableApplicationContext context) {
        this(context, PATIENCE);
    }

    /** With the time that listeners have when it stops. */
    PoolEventPublisher(ConfigurableApplicationContext context, Duration patience) {
        this.context = context;
        this.patience = patience;
    }

    /** Starts listening to a pool, unless it does so already. */
    public void publishEventsOf(NaiadDataSource dataSource, Pool pool) {
        change.lock();
        try {
            if (dataSources.putIfAbsent(dataSource, pool) == null) {
                subscribe(dataSource, pool);
            }
        } finally {
            change.unlock();
        }
    }

    private void subscribe(NaiadDataSource dataSource, Pool pool) {
        if (!kinds.isEmpty()) {
            registrations.add(pool.subscribe(kinds, event -> enqueue(dataSource, event)));
        }
    }

    /** In the thread of the event, which must not wait. */
    private void enqueue(NaiadDataSource dataSource, PoolEvent event) {
        if (!queue.offer(PoolApplicationEvent.of(dataSource, event))
                && dropped.getAndIncrement(event.kind().ordinal()) == 0
                && delivery != null) {
            warnOfDropping();
        }
    }

    private static void warnOfDropping() {
        log.warn("Listeners for pool events are slower than the pools; events are being dropped"
                + " (see the meter naiad.events.dropped).");
    }

    /** Events that were not published because the queue was full. */
    public long dropped() {
        long total = 0;
        for (int kind = 0; kind < dropped.length(); kind++) {
            total += dropped.get(kind);
        }
        return total;
    }

    @Override
    public void start() {
        if (delivery != null) {
            return;
        }
        Audience audience = new Audience(context);
        change.lock();
        try {
            kinds = audience.kinds();
            unsubscribe();
            dataSources.forEach(this::subscribe);
            forgetAllBut(kinds);
            delivery = new Delivery(audience);
        } finally {
            change.unlock();
        }
    }

    private void forgetAllBut(Set<PoolEvent.Kind> wanted) {
        queue.removeIf(event -> wanted.stream()
                .noneMatch(kind -> PoolApplicationEvent.typeOf(kind).isInstance(event)));
        EnumSet.complementOf(EnumSet.copyOf(wanted)).forEach(kind -> dropped.set(kind.ordinal(), 0));
        if (dropped() > 0) {
            warnOfDropping();
        }
    }

    /** Publishes what is in the queue. What happens from now on is kept for the next start. */
    @Override
    public void stop() {
        Delivery running;
        change.lock();
        try {
            running = delivery;
            delivery = null;
        } finally {
            change.unlock();
        }
        if (running != null) {
            running.end();
        }
    }

    @Override
    public boolean isRunning() {
        return delivery != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public void destroy() {
        change.lock();
        try {
            unsubscribe();
            dataSources.clear();
        } finally {
            change.unlock();
        }
    }

    private void unsubscribe() {
        registrations.forEach(Registration::close);
        registrations.clear();
    }

    /** The time from a start to a stop, and its thread. */
    private final class Delivery implements Runnable {

        private final Audience audience;
        private final Thread thread = new Thread(this, "naiad-events");
        private volatile boolean abandoned;

        Delivery(Audience audience) {
            this.audience = audience;
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void run() {
            try {
                Object next;
                while (!abandoned && (next = queue.take()) != this) {
                    audience.multicastEvent((PoolApplicationEvent) next);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void end() {
            try {
                if (queue.offer(this, patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    thread.join(Math.max(1, patience.toMillis())); // 0 would be for ever
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (thread.isAlive()) {
                log.warn("A listener for pool events does not come to an end; it is interrupted.");
                abandoned = true;
                thread.interrupt();
                queue.remove(this);
            }
        }
    }

    /**
     * The listeners of the context and its parents. Not {@link ApplicationContext#publishEvent}, by which one listener's
     * exception would keep the event from the others.
     */
    private static final class Audience extends SimpleApplicationEventMulticaster {

        Audience(ConfigurableApplicationContext context) {
            super(context.getBeanFactory());
            setErrorHandler(e -> log.error("A listener for pool events failed", e));
            for (ApplicationContext at = context; at != null; at = at.getParent()) {
                if (at instanceof AbstractApplicationContext source) {
                    source.getApplicationListeners().forEach(this::addApplicationListener);
                }
                // Those that are created when needed, and the declared types of those that are lambdas.
                for (String name : at.getBeanNamesForType(ApplicationListener.class, true, false)) {
                    addApplicationListenerBean(name);
                }
            }
        }

        Set<PoolEvent.Kind> kinds() {
            Collection<ApplicationListener<?>> indifferent = listeners(AnyEvent.class);
            Set<PoolEvent.Kind> heard = EnumSet.noneOf(PoolEvent.Kind.class);
            for (PoolEvent.Kind kind : PoolEvent.Kind.values()) {
                if (!indifferent.containsAll(listeners(PoolApplicationEvent.typeOf(kind)))) {
                    heard.add(kind);
                }
            }
            return heard;
        }

        private Collection<ApplicationListener<?>> listeners(Class<? extends ApplicationEvent> type) {
            return getApplicationListeners(new AnyEvent(), ResolvableType.forClass(type));
        }
    }

    /** Who listens to this listens to everything. */
    private static final class AnyEvent extends ApplicationEvent {

        private static final long serialVersionUID = 1L;

        private AnyEvent() {
            super("never published");
        }
    }
}
