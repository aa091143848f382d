/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.ResetOnReturn;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * The pool's settings. Where the database is, and who its user, is said in {@code spring.datasource}.
 *
 * @param enabled Whether Naiad is the pool of the auto-configured data source.
 * @param name Name of the pool in logs, metrics and events. Defaults to 'spring.datasource.name', else to the name of the
 *     data source bean.
 * @param poolSize Number of connections kept open. 0 means no limit.
 * @param maxOverflow Number of connections that may be open for a while beyond the pool size. -1 means no limit.
 * @param recycle Age beyond which a connection is replaced when it is next asked for. -1 switches this off. If a duration
 *     suffix is not specified, seconds will be used.
 * @param timeout Time a caller waits for a connection, including the time to open one. 0 means not to wait. If a duration
 *     suffix is not specified, seconds will be used.
 * @param resetOnReturn What ends the transaction that a connection comes back with.
 */
@ConfigurationProperties(prefix = "naiad", ignoreUnknownFields = false)
public record NaiadProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String name,
        @DefaultValue("5") int poolSize,
        @DefaultValue("10") int maxOverflow,

        @DefaultValue("-1") @DurationUnit(ChronoUnit.SECONDS)
        Duration recycle,

        @DefaultValue("30") @DurationUnit(ChronoUnit.SECONDS)
        Duration timeout,

        @DefaultValue("rollback") ResetOnReturn resetOnReturn) {

    private static final PoolConfig DEFAULT = PoolConfig.builder().build();
    private static final Duration OFF = Duration.ofSeconds(-1);

    /**
     * Applies everything but the name, except where a data source has been given something else than the default in code.
     * Refuses bad values with the core's exception.
     */
    void applyTo(PoolConfig.Builder settings, PoolConfig present) {
        if (present.poolSize() == DEFAULT.poolSize()) {
            settings.poolSize(poolSize);
        }
        if (present.maxOverflow() == DEFAULT.maxOverflow()) {
            settings.maxOverflow(maxOverflow);
        }
        if (Objects.equals(present.recycle(), DEFAULT.recycle())) {
            settings.recycle(recycle.equals(OFF) ? null : recycle);
        }
        if (Objects.equals(present.timeout(), DEFAULT.timeout())) {
            settings.timeout(timeout);
        }
        if (present.resetOnReturn() == DEFAULT.resetOnReturn()) {
            settings.resetOnReturn(resetOnReturn);
        }
    }
}
