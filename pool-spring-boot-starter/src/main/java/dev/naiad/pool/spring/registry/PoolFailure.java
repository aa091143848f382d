/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.registry;

import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PoolEvent;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that went wrong in a pool. Holds no exception, so that nothing is kept alive by it.
 *
 * @param at when
 * @param kind {@code connect_failed} or {@code timed_out}
 * @param thread in which thread
 * @param exception the exception's class
 * @param sqlState its SQLState, if it has one
 * @param message its message, without passwords
 */
public record PoolFailure(
        Instant at,
        String kind,
        String thread,
        String exception,
        @Nullable String sqlState,
        @Nullable String message) {

    static PoolFailure of(PoolEvent.ConnectFailed event, Instant at) {
        return of("connect_failed", event.cause(), at);
    }

    static PoolFailure of(PoolEvent.TimedOut event, Instant at) {
        return of("timed_out", event.exception(), at);
    }

    private static PoolFailure of(String kind, Throwable cause, Instant at) {
        return new PoolFailure(
                at,
                kind,
                Thread.currentThread().getName(),
                cause.getClass().getName(),
                cause instanceof SQLException sql ? sql.getSQLState() : null,
                masked(cause.getMessage()));
    }

    /** With the first line of the message only: that of a timeout goes on with stacks. */
    public PoolFailure inBrief() {
        String brief = message == null ? null : message.lines().findFirst().orElse("");
        return new PoolFailure(at, kind, thread, exception, sqlState, brief);
    }

    /** The message of an exception, without passwords: drivers quote URLs, and URLs have passwords. */
    public static @Nullable String masked(@Nullable String message) {
        return PoolConfig.builder().url(message).build().maskedUrl();
    }
}
