/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolListener;
import dev.naiad.pool.spring.event.PoolEventPublisher;
import dev.naiad.pool.spring.registry.FailureLog;
import dev.naiad.pool.spring.registry.PoolObserver;
import dev.naiad.pool.spring.registry.PoolRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Has every pool observed: those of beans as soon as they are made, before they open a connection unless the application made
 * them itself, those behind routing data sources when all beans are there.
 */
final class PoolObservers implements SmartInitializingSingleton {

    private final PoolEventPublisher events;
    private final FailureLog failures;
    private final ObjectProvider<PoolListener> listeners;
    private final ObjectProvider<PoolObserver> observers;
    private final PoolRegistry registry;

    PoolObservers(
            PoolEventPublisher events,
            FailureLog failures,
            ObjectProvider<PoolListener> listeners,
            ObjectProvider<PoolObserver> observers,
            PoolRegistry registry) {
        this.events = events;
        this.failures = failures;
        this.listeners = listeners;
        this.observers = observers;
        this.registry = registry;
    }

    void observe(NaiadDataSource dataSource) {
        observe(dataSource, dataSource.pool());
    }

    /** Of a data source that need not have its pool yet. More than once does no harm. */
    void observe(NaiadDataSource dataSource, Pool pool) {
        failures.watch(pool);
        observers.forEach(observer -> observer.observe(pool));
        // Of a pool that was finished in code; the others have them, and the same one is not added twice.
        listeners.orderedStream().forEach(pool::addListener);
        events.publishEventsOf(dataSource, pool);
    }

    @Override
    public void afterSingletonsInstantiated() {
        registry.pools().forEach(pool -> observe(pool.dataSource()));
    }
}
