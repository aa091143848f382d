/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.Transition;
import java.sql.Connection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Tells what becomes of a pool's connections, each thing wherever somebody may look for it: in the log and the history, with the
 * counters and the flight recorder, and with the listeners.
 */
final class News {

    private final Pool pool;

    News(Pool pool) {
        this.pool = pool;
    }

    void opened(ConnectionRecord record, Recorder.Span opening) {
        opening.end(record, null);
        pool.chronicle().note(Transition.Kind.OPENED, record.id());
        pool.counters().opened.incrementAndGet();
        pool.logDetail("Pool '{}': opened connection {}", pool.name(), record.id());
    }

    void openingFailed(ConnectionRecord record, Recorder.Span opening, Throwable cause) {
        opening.end(record, cause);
        pool.chronicle().noteFailure(Transition.Kind.OPEN_FAILED, record.id(), cause);
        pool.counters().openFailures.incrementAndGet();
        pool.failures().openingFailed(cause);
        pool.logDetail("Pool '{}': opening connection {} failed", pool.name(), record.id(), cause);
        pool.announce(PoolEvent.Kind.CONNECT_FAILED, () -> new PoolEvent.ConnectFailed(pool, record, cause));
    }

    /** The log is told by who knows why. */
    void invalidated(ConnectionRecord record, Connection unfit, @Nullable Throwable cause) {
        pool.chronicle().noteFailure(Transition.Kind.INVALIDATED, record.id(), cause);
        pool.announce(PoolEvent.Kind.INVALIDATE, () -> new PoolEvent.Invalidate(pool, record, unfit, cause));
    }

    void softlyInvalidated(ConnectionRecord record, Connection present, @Nullable Throwable cause) {
        pool.logSafely(log ->
                log.info("Pool '{}': connection {} will be replaced{}", pool.name(), record.id(), because(cause)));
        pool.chronicle().noteFailure(Transition.Kind.SOFTLY_INVALIDATED, record.id(), cause);
        pool.announce(PoolEvent.Kind.SOFT_INVALIDATE, () -> new PoolEvent.SoftInvalidate(pool, record, present, cause));
    }

    static String because(@Nullable Throwable cause) {
        return cause == null ? "" : " because of " + cause;
    }

    void closing(ConnectionRecord record, Connection old, CloseReason reason) {
        pool.chronicle().note(Transition.Kind.CLOSED, record.id(), reason.name());
        pool.announce(PoolEvent.Kind.CLOSE, () -> new PoolEvent.Close(pool, record, old, reason));
        pool.logDetail("Pool '{}': closing connection {} ({})", pool.name(), record.id(), reason);
    }

    void detached(ConnectionRecord record, Connection raw) {
        pool.logDetail("Pool '{}': connection {} is detached", pool.name(), record.id());
        pool.chronicle().note(Transition.Kind.DETACHED, record.id());
        pool.announce(PoolEvent.Kind.DETACH, () -> new PoolEvent.Detach(pool, record, raw));
    }

    void closingDetached(Connection raw, CloseReason reason) {
        pool.chronicle().note(Transition.Kind.CLOSED, 0, reason.name());
        pool.announce(PoolEvent.Kind.CLOSE_DETACHED, () -> new PoolEvent.CloseDetached(pool, raw));
    }

    void leftOpen(@Nullable ConnectionRecord place, Connection raw, ResetOnReturn style) {
        pool.counters().leftOpen.incrementAndGet();
        pool.announce(PoolEvent.Kind.LEFT_OPEN, () -> new PoolEvent.LeftOpen(pool, place, raw, style));
    }

    void timedOut(Duration waited, PoolTimeoutException exception) {
        pool.chronicle()
                .note(
                        Transition.Kind.TIMED_OUT,
                        0,
                        exception.report().diagnosis().verdict().name());
        pool.recorder().timedOut(waited, exception.report());
        pool.announce(PoolEvent.Kind.TIMED_OUT, () -> new PoolEvent.TimedOut(pool, waited, exception));
    }
}
