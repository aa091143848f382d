/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.queue.SlotQueue;
import java.sql.SQLException;
import java.util.ConcurrentModificationException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What an operator does to a {@link QueuePool} while it works: suspends it, changes its settings, replaces its connections. */
final class Operations {

    private final QueuePool pool;
    private final SlotQueue<ConnectionRecord> queue;
    private final Population population;
    private final Returns returns;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Suspension suspension;

    Operations(QueuePool pool, SlotQueue<ConnectionRecord> queue, Population population, Returns returns) {
        this.pool = pool;
        this.queue = queue;
        this.population = population;
        this.returns = returns;
    }

    // Suspending

    @Nullable
    Suspension suspension() {
        return suspension;
    }

    Drain suspend(Suspension next) {
        lock.lock();
        try {
            suspension = next;
            queue.pause();
        } finally {
            lock.unlock();
        }
        if (next == Suspension.FAIL) {
            queue.failAll(() -> new PoolSuspendedException(pool.name()));
        }
        pool.chronicle().note(Transition.Kind.SUSPENDED, 0, next.text());
        pool.logSafely(log -> log.info("Pool '{}' is suspended: callers {}", pool.name(), next.text()));
        Drain drain = pool.drains().prepare(new Drain(Drain.Goal.RETURNED, pool::inBackground), () -> {});
        pool.drains().begin(drain);
        pool.housekeep();
        return drain;
    }

    Drain resume() {
        Drain drain = new Drain(Drain.Goal.SERVED, pool::inBackground);
        boolean wasSuspended;
        lock.lock();
        try {
            if (suspension != null) {
                pool.drains().prepare(drain, queue.oldestWaiters(Integer.MAX_VALUE));
            }
            suspension = null;
            wasSuspended = queue.resume();
        } finally {
            lock.unlock();
        }
        queue.attend();
        returns.retireSurplus();
        pool.grow();
        pool.housekeep();
        if (wasSuspended) {
            pool.chronicle().note(Transition.Kind.RESUMED);
            pool.logSafely(log -> log.info("Pool '{}' is resumed", pool.name()));
        }
        pool.drains().begin(drain);
        return drain;
    }

    // Changing

    void reconfigure(Consumer<PoolConfig.Builder> change) throws SQLException {
        PoolConfig present = pool.config();
        PoolConfig next = changed(present, change);
        boolean rotates = Changes.ofCredentials(present, next);
        ConnectionFactory nextFactory = rotates ? next.effectiveConnectionFactory() : pool.factory();
        if (rotates) {
            Trial.run(pool, nextFactory, next.connectTimeout());
        }
        install(present, next, nextFactory);
        returns.retireSurplus();
        pool.grow();
        if (rotates) {
            refresh();
        }
        pool.chronicle().note(Transition.Kind.RECONFIGURED);
        pool.logSafely(log -> log.info("Pool '{}' reconfigured: {}", pool.name(), next));
    }

    private static PoolConfig changed(PoolConfig present, Consumer<PoolConfig.Builder> change) {
        PoolConfig.Builder settings = present.toBuilder();
        change.accept(settings);
        PoolConfig next = settings.build();
        Changes.check(present, next);
        return next;
    }

    @SuppressWarnings("ReferenceEquality") // two configurations may be equal and yet made from different ones
    private void install(PoolConfig present, PoolConfig next, ConnectionFactory nextFactory) {
        lock.lock();
        try {
            if (pool.config() != present) {
                throw new ConcurrentModificationException(
                        "Pool '" + pool.name() + "' was reconfigured at the same time.");
            }
            pool.apply(next, nextFactory);
            population.apply(next);
        } finally {
            lock.unlock();
        }
    }

    Drain rotate() throws SQLException {
        Trial.run(pool, pool.factory(), pool.config().connectTimeout());
        return refresh();
    }

    // Draining

    Drain refresh() {
        Drain drain = pool.dispose();
        pool.needsConnections();
        pool.housekeep();
        return drain;
    }
}
