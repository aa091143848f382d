/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.lifecycle;

import dev.naiad.pool.spring.registry.PoolRegistry;
import dev.naiad.pool.spring.registry.RegisteredPool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/**
 * Closes all physical connections before a checkpoint, because an image with an open socket cannot be made. After the restore
 * the pools open new ones on demand.
 */
public final class PoolCheckpoint implements Resource {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

    private final PoolRegistry registry;
    private final Duration patience;

    /** Gives connections in use ten seconds to come back. */
    public PoolCheckpoint(PoolRegistry registry) {
        this(registry, PATIENCE);
    }

    /** With the time that connections in use have to come back. */
    PoolCheckpoint(PoolRegistry registry, Duration patience) {
        this.registry = registry;
        this.patience = patience;
        Core.getGlobalContext().register(this);
    }

    /**
     * Waits until no connection is open.
     *
     * @throws IllegalStateException if some do not come back in time
     */
    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
        List<RegisteredPool> pools = registry.pools();
        pools.forEach(pool -> pool.pool().dispose());
        long start = System.nanoTime();
        while (pools.stream().anyMatch(PoolCheckpoint::isOpen)) {
            if (System.nanoTime() - start > patience.toNanos()) {
                throw new IllegalStateException("No checkpoint can be made while connections are in use: "
                        + pools.stream()
                                .filter(PoolCheckpoint::isOpen)
                                .map(pool -> pool.pool().status())
                                .collect(Collectors.joining("; ")));
            }
            LockSupport.parkNanos(PAUSE);
        }
    }

    private static boolean isOpen(RegisteredPool pool) {
        return RegisteredPool.open(pool.pool().snapshot()) > 0;
    }

    /** Does nothing: connections are opened when they are asked for. */
    @Override
    public void afterRestore(Context<? extends Resource> context) {}
}
