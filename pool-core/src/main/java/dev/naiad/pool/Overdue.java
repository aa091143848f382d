/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.RecentFailure;
import dev.naiad.pool.diagnose.Transition;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;

/** What is said and done about an opening that is given up before the driver has come back from it. */
final class Overdue {

    private Overdue() {}

    /** For who waits for one that takes longer than {@code connect_timeout}. */
    static SQLException failure(Pool pool) {
        return new SQLTransientConnectionException(
                "Pool '" + pool.name() + "': opening a connection took longer than connect_timeout ("
                        + pool.config().connectTimeout() + "); it was abandoned.",
                "08001");
    }

    /** Takes note that one was abandoned after {@code connect_timeout}; returns the {@linkplain #failure}. */
    static SQLException noteAbandoned(ConnectionRecord record) {
        Pool pool = record.pool();
        SQLException failure = failure(pool);
        pool.counters().openFailures.incrementAndGet();
        note(record, failure, "connect_timeout (" + pool.config().connectTimeout() + ")");
        return failure;
    }

    /** For a caller that has abandoned one because its time is over. */
    static SQLException forItsCaller(ConnectionRecord record) {
        Pool pool = record.pool();
        Duration timeout = Duration.ofNanos(pool.timeoutNanos());
        PoolTimeoutException failure = pool.timedOut(timeout);
        note(record, failure, "timeout (" + timeout + ")");
        return failure;
    }

    private static void note(ConnectionRecord record, SQLException failure, String limit) {
        Pool pool = record.pool();
        pool.failures().note(RecentFailure.Place.OPENING_IN_TIME, failure);
        pool.chronicle().note(Transition.Kind.OPEN_ABANDONED, record.id());
        pool.logSafely(log -> log.warn(
                "Pool '{}': opening connection {} takes longer than {}; it is abandoned",
                pool.name(),
                record.id(),
                limit));
    }

    /** For a caller that has abandoned one because it was interrupted. */
    static SQLException unwanted(ConnectionRecord record) {
        Pool pool = record.pool();
        pool.chronicle().note(Transition.Kind.OPEN_ABANDONED, record.id());
        pool.logDetail(
                "Pool '{}': opening connection {} is abandoned, as its borrower was interrupted",
                pool.name(),
                record.id());
        return new SQLException(
                "Pool '" + pool.name() + "': interrupted while a connection was being opened.",
                "HY008",
                new InterruptedException());
    }

    /** Closes the connection that has come of one that was abandoned. */
    static void cameLate(ConnectionRecord record) {
        Pool pool = record.pool();
        pool.logSafely(log ->
                log.info("Pool '{}': a connection was opened after it had been given up; it is closed", pool.name()));
        pool.discard(record, CloseReason.LATE);
    }
}
