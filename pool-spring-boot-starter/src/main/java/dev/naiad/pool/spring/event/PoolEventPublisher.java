package dev.naiad.pool.spring.event;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.Registration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.context.event.GenericApplicationListenerAdapter;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ResolvableType;

/**
 * Publishes what happens in pools as application events, in order, from a thread of its own.
 *
 * <p>Until the context is up, listener methods are not registered yet; events of that time (a migration opens connections
 * early) are kept and published then. From then on only the kinds that have a listener are asked of the pools, so an event
 * nobody wants costs nothing. Listeners that are registered later by hand for a new kind are not noticed.
 *
 * <p>The queue is bounded. When listeners are slower than the pool for long, the newest events are dropped and counted.
 */
public final class PoolEventPublisher implements SmartLifecycle, DisposableBean {

    /** Early, so that it starts before and stops after whatever uses a data source while the context comes and goes. */
    private static final int PHASE = Integer.MIN_VALUE / 2;

    private static final int CAPACITY = 10_000;
    private static final long STOP_SECONDS = 5;

    /** In the queue: everything before it is still published. */
    private static final Object STOP = new Object();

    private static final Logger log = LoggerFactory.getLogger(PoolEventPublisher.class);

    private final ConfigurableApplicationContext context;
    private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong dropped = new AtomicLong();
    private final ReentrantLock change = new ReentrantLock();
    private final List<NaiadDataSource> dataSources = new ArrayList<>();
    private final List<Registration> registrations = new ArrayList<>();
    private Set<PoolEvent.Kind> kinds = EnumSet.allOf(PoolEvent.Kind.class);
    private volatile @Nullable Thread thread;

    public PoolEventPublisher(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Starts listening to a pool. */
    public void publishEventsOf(NaiadDataSource dataSource) {
        change.lock();
        try {
            dataSources.add(dataSource);
            subscribe(dataSource);
        } finally {
            change.unlock();
        }
    }

    private void subscribe(NaiadDataSource dataSource) {
        if (!kinds.isEmpty()) {
            registrations.add(dataSource.pool().subscribe(kinds, event -> enqueue(dataSource, event)));
        }
    }

    /** In the thread of the event, which must not wait. */
    private void enqueue(NaiadDataSource dataSource, PoolEvent event) {
        if (!queue.offer(PoolApplicationEvent.of(dataSource, event)) && dropped.getAndIncrement() == 0) {
            log.warn(
                    "Listeners for pool events are slower than pool '{}'; events are being dropped"
                            + " (see the meter naiad.events.dropped).",
                    event.pool().name());
        }
    }

    /** Events that were not published because the queue was full. */
    public long dropped() {
        return dropped.get();
    }

    @Override
    public void start() {
        change.lock();
        try {
            if (thread != null) {
                return;
            }
            kinds = kindsWithListeners();
            unsubscribe();
            dataSources.forEach(this::subscribe);
            Set<PoolEvent.Kind> wanted = kinds;
            queue.removeIf(event -> wanted.stream()
                    .noneMatch(kind -> PoolApplicationEvent.typeOf(kind).isInstance(event)));
            Thread started = new Thread(this::publishUntilStopped, "naiad-events");
            started.setDaemon(true);
            thread = started;
            started.start();
        } finally {
            change.unlock();
        }
    }

    private void publishUntilStopped() {
        try {
            Object next;
            while ((next = queue.take()) != STOP) {
                publish((PoolApplicationEvent) next);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void publish(PoolApplicationEvent event) {
        try {
            context.publishEvent(event);
        } catch (RuntimeException | Error e) {
            log.error("A listener failed on {}", event, e);
        }
    }

    /** Publishes what is in the queue. What happens from now on is kept for the next start. */
    @Override
    public void stop() {
        change.lock();
        try {
            Thread running = thread;
            if (running == null) {
                return;
            }
            if (!queue.offer(STOP, STOP_SECONDS, TimeUnit.SECONDS)) {
                running.interrupt();
            }
            running.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
            thread = null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            change.unlock();
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
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

    private Set<PoolEvent.Kind> kindsWithListeners() {
        Set<PoolEvent.Kind> heard = EnumSet.noneOf(PoolEvent.Kind.class);
        for (ApplicationContext at = context; at != null; at = at.getParent()) {
            if (at instanceof AbstractApplicationContext source) {
                for (ApplicationListener<?> listener : source.getApplicationListeners()) {
                    addKindsOf(listener, heard);
                }
            }
        }
        return heard;
    }

    private static void addKindsOf(ApplicationListener<?> listener, Set<PoolEvent.Kind> heard) {
        GenericApplicationListener generic = listener instanceof GenericApplicationListener already
                ? already
                : new GenericApplicationListenerAdapter(listener);
        if (generic.supportsEventType(ResolvableType.forClass(AnyEvent.class))) {
            return;
        }
        for (PoolEvent.Kind kind : PoolEvent.Kind.values()) {
            if (generic.supportsEventType(ResolvableType.forClass(PoolApplicationEvent.typeOf(kind)))) {
                heard.add(kind);
            }
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
