/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.lifecycle;

import dev.naiad.pool.spring.registry.PoolRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Lets go of idle connections while the application is paused or stopped: a test context that waits in the cache holds none.
 * Whoever still asks is served. When the application closes, nothing happens here, for beans that are destroyed may need
 * connections; the data source is closed after them.
 */
public final class PoolLifecycle implements SmartLifecycle {

    /** Starts before, and stops after, whatever uses a data source; the publisher of events outlives it. */
    private static final int PHASE = Integer.MIN_VALUE / 2 + 1024;

    private final ConfigurableApplicationContext context;
    private final PoolRegistry registry;
    private volatile boolean running;

    /** Tells by the context whether it is closing. */
    public PoolLifecycle(ConfigurableApplicationContext context, PoolRegistry registry) {
        this.context = context;
        this.registry = registry;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        if (!context.isClosed()) {
            registry.pools().forEach(pool -> pool.pool().dispose());
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
