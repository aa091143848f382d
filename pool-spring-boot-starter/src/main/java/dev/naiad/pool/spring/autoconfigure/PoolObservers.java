/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolListener;
import dev.naiad.pool.spring.event.PoolEventPublisher;
import dev.naiad.pool.spring.registry.FailureLog;
import dev.naiad.pool.spring.registry.PoolObserver;
import dev.naiad.pool.spring.registry.PoolRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Has every pool observed: those of beans as soon as they are made, those behind routing data sources when all beans are there.
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
        failures.watch(dataSource.pool());
        observers.forEach(observer -> observer.observe(dataSource.pool()));
        // Of a pool that was finished in code; the others have them, and the same one is not added twice.
        listeners.orderedStream().forEach(dataSource.pool()::addListener);
        events.publishEventsOf(dataSource);
    }

    @Override
    public void afterSingletonsInstantiated() {
        registry.pools().forEach(pool -> observe(pool.dataSource()));
    }
}
