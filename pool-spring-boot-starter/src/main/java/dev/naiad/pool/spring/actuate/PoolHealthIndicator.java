/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolSnapshot;
import dev.naiad.pool.spring.registry.FailureLog;
import dev.naiad.pool.spring.registry.PoolFailure;
import dev.naiad.pool.spring.registry.RegisteredPool;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * The health of one pool, from its figures alone: it borrows nothing, so it neither waits nor takes a connection from anybody.
 *
 * <ul>
 *   <li>{@code DOWN}: no connection is open, and the latest attempt to open one failed not long ago.
 *   <li>{@code SATURATED}: callers wait, and no further connection can be had. Not {@code DOWN}, because restarting an
 *       application that has too much to do helps nobody.
 *   <li>{@code UP}: all else. A failure goes out of date, because without callers nobody would notice that the database is back.
 * </ul>
 */
final class PoolHealthIndicator implements HealthIndicator {

    static final Status SATURATED = new Status("SATURATED", "Callers wait, and no further connection can be had");
    static final Duration FRESH = Duration.ofMinutes(1);

    private final Pool pool;
    private final FailureLog failures;
    private final Clock clock;

    PoolHealthIndicator(Pool pool, FailureLog failures, Clock clock) {
        this.pool = pool;
        this.failures = failures;
        this.clock = clock;
    }

    @Override
    public Health health() {
        PoolSnapshot now = pool.snapshot();
        PoolFailure failure = freshConnectFailure();
        Status status = status(now, failure);
        Health.Builder health = Health.status(status)
                .withDetail("active", now.inUse())
                .withDetail("idle", now.idle())
                .withDetail("waiting", now.waiting())
                .withDetail("limit", now.limit().orElse(-1))
                .withDetail("timeouts", now.timeouts())
                .withDetail("openFailures", now.openFailures());
        if (!status.equals(Status.UP)) {
            health.withDetail("verdict", pool.report().diagnosis().verdict());
        }
        failures.recent(pool).stream()
                .findFirst()
                .ifPresent(latest -> health.withDetail("latestFailure", latest.inBrief()));
        return health.build();
    }

    private @Nullable PoolFailure freshConnectFailure() {
        PoolFailure failure = failures.connectFailure(pool);
        return failure != null && failure.at().plus(FRESH).isAfter(clock.instant()) ? failure : null;
    }

    private static Status status(PoolSnapshot now, @Nullable PoolFailure connectFailure) {
        if (connectFailure != null && RegisteredPool.open(now) <= 0) {
            return Status.DOWN;
        }
        boolean full =
                now.limit().isPresent() && now.checkedOut() >= now.limit().getAsInt();
        return now.waiting() > 0 && (full || connectFailure != null) ? SATURATED : Status.UP;
    }
}
