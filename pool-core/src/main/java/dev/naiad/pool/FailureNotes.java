/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.RecentFailure;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Remembers what last went wrong with a connection of a pool; not the exception itself. */
final class FailureNotes {

    private record Note(
            RecentFailure.Place place,
            String exception,
            @Nullable String sqlState,
            String message,
            long at,
            long opened) {}

    private final Pool pool;
    private volatile @Nullable Note last;

    FailureNotes(Pool pool) {
        this.pool = pool;
    }

    void openingFailed(Throwable cause) {
        boolean full = cause instanceof SQLException exception && isServerFull(exception);
        note(full ? RecentFailure.Place.OPENING_ONE_TOO_MANY : RecentFailure.Place.OPENING, cause);
    }

    /** The dialect may be a user's, and asks the driver's exception. */
    private boolean isServerFull(SQLException cause) {
        try {
            return pool.dialect().isServerFull(cause);
        } catch (Throwable e) {
            pool.logSafely(log -> log.error("Pool '{}': classifying an exception failed", pool.name(), e));
            return false;
        }
    }

    void note(RecentFailure.Place place, Throwable cause) {
        last = new Note(
                place,
                cause.getClass().getName(),
                cause instanceof SQLException exception ? exception.getSQLState() : null,
                Secrets.masked(Failures.messageOf(cause)),
                pool.ticker().nanos(),
                pool.counters().opened.get());
    }

    @Nullable
    RecentFailure last(long now) {
        Note note = last;
        return note == null
                ? null
                : new RecentFailure(
                        note.place(),
                        note.exception(),
                        note.sqlState(),
                        note.message(),
                        Duration.ofNanos(Math.max(0, now - note.at())),
                        pool.counters().opened.get() > note.opened());
    }
}
