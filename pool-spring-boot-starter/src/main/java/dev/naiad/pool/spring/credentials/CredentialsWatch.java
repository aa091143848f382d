/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.credentials;

import dev.naiad.pool.Credentials;
import dev.naiad.pool.Pool;
import dev.naiad.pool.QueuePool;
import dev.naiad.pool.spring.registry.PoolFailure;
import dev.naiad.pool.spring.registry.PoolRegistry;
import dev.naiad.pool.spring.registry.RegisteredPool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Looks now and then whether {@linkplain MountedCredentials mounted credentials} have changed, and then replaces the connections of
 * their pools: idle ones at once, those in use when they come back. Credentials that do not work yet are tried again the next time,
 * and the present connections kept until then. Without such pools there is no thread.
 */
public final class CredentialsWatch implements SmartLifecycle {

    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(CredentialsWatch.class);

    private final PoolRegistry registry;
    private final Duration interval;
    private volatile @Nullable ScheduledExecutorService thread;
    private volatile boolean running;

    /** Looks every ten seconds. */
    public CredentialsWatch(PoolRegistry registry) {
        this(registry, INTERVAL);
    }

    CredentialsWatch(PoolRegistry registry, Duration interval) {
        this.registry = registry;
        this.interval = interval;
    }

    @Override
    public void start() {
        running = true;
        if (pools().isEmpty()) {
            return;
        }
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "naiad-credentials");
            made.setDaemon(true);
            return made;
        });
        started.scheduleWithFixedDelay(this::check, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        thread = started;
    }

    private List<Pool> pools() {
        return registry.pools().stream()
                .map(RegisteredPool::pool)
                .filter(pool -> pool.config().credentials() instanceof MountedCredentials)
                .toList();
    }

    /** Looks once. */
    void check() {
        for (Pool pool : pools()) {
            try {
                if (pool.config().credentials() instanceof MountedCredentials mounted) {
                    check(pool, mounted);
                }
            } catch (SQLException | RuntimeException e) { // a database that is not there; a pool that has been closed
                log.warn(
                        "Pool '{}': its mounted credentials are of no use yet; the present connections are kept: {}",
                        pool.name(),
                        PoolFailure.masked(e.getMessage()));
            }
        }
    }

    private static void check(Pool pool, MountedCredentials mounted) throws SQLException {
        Credentials changed = mounted.changed();
        if (changed == null) {
            return;
        }
        if (pool instanceof QueuePool queue) {
            queue.rotate();
        } else {
            pool.dispose();
        }
        mounted.markApplied(changed);
        log.info("Pool '{}': the {} have changed; connections are replaced", pool.name(), mounted);
    }

    @Override
    public void stop() {
        running = false;
        ScheduledExecutorService present = thread;
        if (present != null) {
            present.shutdownNow();
            thread = null;
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
