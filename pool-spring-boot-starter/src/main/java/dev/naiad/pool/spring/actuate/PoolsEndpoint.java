/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.Pool;
import dev.naiad.pool.QueuePool;
import dev.naiad.pool.Suspension;
import dev.naiad.pool.diagnose.ExhaustionReport;
import dev.naiad.pool.diagnose.Holder;
import dev.naiad.pool.spring.registry.FailureLog;
import dev.naiad.pool.spring.registry.PoolFailure;
import dev.naiad.pool.spring.registry.PoolRegistry;
import dev.naiad.pool.spring.registry.RegisteredPool;
import java.sql.SQLException;
import java.util.ConcurrentModificationException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Shows the Naiad pools, and does something to one if {@code management.endpoint.pools.access} is {@code unrestricted}. Borrows
 * no connection.
 */
@Endpoint(id = "pools", defaultAccess = Access.READ_ONLY)
public final class PoolsEndpoint {

    private static final String REPORT = "report";

    private final PoolRegistry registry;
    private final FailureLog failures;
    private final SettingSource settings;
    private final Sanitizer sanitizer;
    private final Map<Pool, LoadMeter> meters = new ConcurrentHashMap<>();

    /** @param sanitizing has the last word on what is shown of a setting */
    public PoolsEndpoint(
            PoolRegistry registry,
            FailureLog failures,
            SettingSource settings,
            Iterable<SanitizingFunction> sanitizing) {
        this.registry = registry;
        this.failures = failures;
        this.settings = settings;
        this.sanitizer = new Sanitizer(sanitizing);
    }

    /** All pools, by name. */
    @ReadOperation
    public Map<String, PoolDescription> pools() {
        return pools(StackDetail.FULL);
    }

    Map<String, PoolDescription> pools(StackDetail stacks) {
        Map<String, PoolDescription> pools = new LinkedHashMap<>();
        registry.pools().forEach(pool -> pools.put(pool.name(), describe(pool, stacks)));
        return pools;
    }

    /** One pool; null if there is none of that name. */
    @ReadOperation
    public @Nullable PoolDescription pool(@Selector String name) {
        return pool(name, StackDetail.FULL);
    }

    @Nullable
    PoolDescription pool(String name, StackDetail stacks) {
        return registry.pool(name).map(pool -> describe(pool, stacks)).orElse(null);
    }

    /** What is asked of one pool, which is measured for another ten seconds then; null if there is none of that name. */
    @Nullable
    PoolLoad load(String name) {
        return registry.pool(name)
                .map(RegisteredPool::pool)
                .map(pool -> meters.computeIfAbsent(pool, LoadMeter::new).look())
                .orElse(null);
    }

    /**
     * One pool's report as text for people, as it stands in the message of a timeout; null if there is no pool of that name.
     *
     * @param part {@code report}; of anything else there is nothing
     */
    @ReadOperation(produces = "text/plain;charset=UTF-8")
    public @Nullable String report(@Selector String name, @Selector String part) {
        return part.equals(REPORT)
                ? registry.pool(name)
                        .map(pool -> pool.pool().report().toString())
                        .orElse(null)
                : null;
    }

    /**
     * Does something to a pool and shows it afterwards.
     *
     * @param poolSize for a resize
     * @param maxOverflow for a resize
     * @param callers for a suspension: what callers meet; if it is not given, they wait
     * @throws InvalidEndpointRequestException if there is none of that name, or it cannot be done; the pool is as it was then
     */
    @WriteOperation
    public PoolDescription change(
            @Selector String name,
            PoolOperation operation,
            @Nullable Integer poolSize,
            @Nullable Integer maxOverflow,
            @Nullable Suspension callers) {
        RegisteredPool pool = registry.pool(name).orElseThrow(() -> refused("There is no pool '" + name + "'.", null));
        try {
            operation.perform(pool.pool(), new PoolArguments(poolSize, maxOverflow, callers));
        } catch (IllegalArgumentException | ConcurrentModificationException e) {
            throw refused(String.valueOf(e.getMessage()), e);
        } catch (SQLException e) {
            throw refused(
                    "The database did not play along, and pool '" + name + "' is as it was: "
                            + PoolFailure.masked(e.getMessage()),
                    e);
        }
        return describe(pool, StackDetail.FULL);
    }

    private static InvalidEndpointRequestException refused(String message, @Nullable Throwable cause) {
        return new InvalidEndpointRequestException(message, message, cause);
    }

    private PoolDescription describe(RegisteredPool registered, StackDetail stacks) {
        Pool pool = registered.pool();
        ExhaustionReport report = stacks.reportOn(pool);
        return new PoolDescription(
                registered.beanName(),
                pool.getClass().getSimpleName(),
                pool.status(),
                Objects.toString(sanitized("url", pool.config().maskedUrl()), null),
                Objects.toString(sanitized("username", pool.config().username()), null),
                suspensionOf(pool),
                pool.snapshot(),
                report.diagnosis(),
                stacks.shownOf(report),
                slots(pool, report),
                sanitized(settings.settingsOf(registered)),
                failures.recent(pool));
    }

    private static List<SlotDescription> slots(Pool pool, ExhaustionReport report) {
        Map<Long, Holder> holders = report.holders().stream()
                .collect(Collectors.toMap(Holder::connection, Function.identity(), (a, b) -> b));
        return pool.places().stream()
                .map(place -> SlotDescription.of(place, holders.get(place.connection())))
                .toList();
    }

    private static @Nullable Suspension suspensionOf(Pool pool) {
        return pool instanceof QueuePool queue ? queue.suspension() : null;
    }

    private Map<String, SettingSource.Setting> sanitized(Map<String, SettingSource.Setting> present) {
        Map<String, SettingSource.Setting> shown = new LinkedHashMap<>();
        present.forEach((name, setting) ->
                shown.put(name, new SettingSource.Setting(sanitized(name, setting.value()), setting.origin())));
        return shown;
    }

    private @Nullable Object sanitized(String name, @Nullable Object value) {
        return sanitizer.sanitize(new SanitizableData(null, name, value), true);
    }
}
