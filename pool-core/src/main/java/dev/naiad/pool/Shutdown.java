/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.SlotQueue;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The end of a {@link QueuePool}: nobody is served any more, running work gets a grace, then its connections are aborted. */
final class Shutdown {

    private final QueuePool pool;
    private final SlotQueue<ConnectionRecord> queue;
    private final Population population;
    private final Returns returns;
    private final AtomicReference<@Nullable Drain> begun = new AtomicReference<>();
    private volatile boolean closed;

    Shutdown(QueuePool pool, SlotQueue<ConnectionRecord> queue, Population population, Returns returns) {
        this.pool = pool;
        this.queue = queue;
        this.population = population;
        this.returns = returns;
    }

    /** Whether nobody is served any more. */
    boolean isBegun() {
        return closed;
    }

    /** On the caller's thread, which is kept until it is over. */
    void runNow(Duration grace) {
        if (begin() != null) {
            finish(grace);
        }
    }

    /** On a thread of its own. */
    Drain runSoon(Duration grace) {
        Drain drain = begin();
        if (drain == null) {
            return Objects.requireNonNull(begun.get());
        }
        try {
            PoolThreads.named("naiad-" + pool.name() + "-shutdown-")
                    .newThread(() -> finish(grace))
                    .start();
        } catch (Throwable e) { // there is no thread to be had
            pool.logSafely(log -> log.warn("Pool '{}': closing on the caller's thread", pool.name(), e));
            finish(grace);
        }
        return drain;
    }

    /** Null if that was done before. */
    private @Nullable Drain begin() {
        Drain drain = new Drain(Drain.Goal.CLOSED, pool::inBackground);
        if (!begun.compareAndSet(null, drain)) {
            return null;
        }
        pool.endLife();
        pool.drains().prepare(drain, () -> {
            closed = true;
            pool.beginEpoch();
        });
        pool.awaitedOpenings().abandonAll();
        queue.failAll(() -> new PoolClosedException(pool.name()));
        returns.retireOutdated();
        pool.drains().begin(drain);
        return drain;
    }

    private void finish(Duration grace) {
        if (!population.awaitEmpty(grace)) {
            pool.logSafely(log -> log.warn(
                    "Pool '{}': {} connections were not given back in time and are aborted, {} were still being opened",
                    pool.name(),
                    population.live() - population.opening(),
                    population.opening()));
            queue.forEach(record -> record.abandon(CloseReason.POOL_CLOSED));
            population.openings().forEach(Opening::forsake);
        }
        pool.stopThreads();
        pool.logSafely(log -> log.info("Pool closed. {}", pool.status()));
    }
}
