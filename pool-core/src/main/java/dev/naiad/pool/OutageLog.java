/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Has the log say when connections can no longer be opened and when they can again. What fails meanwhile in the same way is told at
 * DEBUG only, or a database that is down for a night would fill the log with stacks.
 */
final class OutageLog {

    private record Outage(long since, AtomicLong failures, Set<String> kinds) {

        Outage(long since) {
            this(since, new AtomicLong(), ConcurrentHashMap.newKeySet());
        }
    }

    private final Pool pool;
    private final AtomicReference<@Nullable Outage> present = new AtomicReference<>();

    OutageLog(Pool pool) {
        this.pool = pool;
    }

    /**
     * @param heard whether a caller gets the exception, so that its stack need not be told here
     */
    void failed(Throwable cause, boolean heard) {
        Outage outage = present.get();
        if (outage == null) {
            Outage first = new Outage(pool.ticker().nanos());
            Outage other = present.compareAndExchange(null, first);
            outage = other == null ? first : other;
        }
        outage.failures().incrementAndGet();
        if (outage.kinds().add(kindOf(cause))) {
            tell(cause, heard);
        }
    }

    private static String kindOf(Throwable cause) {
        return cause.getClass().getName() + (cause instanceof SQLException exception ? exception.getSQLState() : "");
    }

    private void tell(Throwable cause, boolean heard) {
        if (heard) {
            pool.logSafely(log -> log.warn(
                    "Pool '{}': opening a connection to {} failed: {}",
                    pool.name(),
                    pool.factory(),
                    Secrets.masked(Failures.messageOf(cause))));
        } else {
            pool.logSafely(log -> log.warn(
                    "Pool '{}': opening a connection to {} failed; nobody waited for it",
                    pool.name(),
                    pool.factory(),
                    cause));
        }
    }

    void succeeded() {
        Outage over = present.get() == null ? null : present.getAndSet(null);
        if (over != null) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(pool.ticker().nanos() - over.since());
            pool.logSafely(log -> log.info(
                    "Pool '{}': connections can be opened again, after {} s and {} failed attempts",
                    pool.name(),
                    seconds,
                    over.failures().get()));
        }
    }
}
