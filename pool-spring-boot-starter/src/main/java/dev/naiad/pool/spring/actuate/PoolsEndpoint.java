/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.Pool;
import dev.naiad.pool.spring.registry.FailureLog;
import dev.naiad.pool.spring.registry.PoolRegistry;
import dev.naiad.pool.spring.registry.RegisteredPool;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
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

    private final PoolRegistry registry;
    private final FailureLog failures;
    private final SettingSource settings;

    public PoolsEndpoint(PoolRegistry registry, FailureLog failures, SettingSource settings) {
        this.registry = registry;
        this.failures = failures;
        this.settings = settings;
    }

    /** All pools, by name. */
    @ReadOperation
    public Map<String, PoolDescription> pools() {
        Map<String, PoolDescription> pools = new LinkedHashMap<>();
        registry.pools().forEach(pool -> pools.put(pool.name(), describe(pool)));
        return pools;
    }

    /** One pool; null if there is none of that name. */
    @ReadOperation
    public @Nullable PoolDescription pool(@Selector String name) {
        return registry.pool(name).map(this::describe).orElse(null);
    }

    /**
     * Does something to a pool and shows it afterwards.
     *
     * @throws InvalidEndpointRequestException if there is none of that name
     */
    @WriteOperation
    public PoolDescription change(@Selector String name, PoolOperation operation) {
        RegisteredPool pool = registry.pool(name).orElseThrow(() -> unknown(name));
        operation.applyTo(pool.pool());
        return describe(pool);
    }

    private static InvalidEndpointRequestException unknown(String name) {
        String message = "There is no pool '" + name + "'.";
        return new InvalidEndpointRequestException(message, message);
    }

    private PoolDescription describe(RegisteredPool registered) {
        Pool pool = registered.pool();
        return new PoolDescription(
                registered.beanName(),
                pool.getClass().getSimpleName(),
                pool.status(),
                pool.config().maskedUrl(),
                pool.config().username(),
                pool.snapshot(),
                settings.settingsOf(registered),
                failures.recent(pool));
    }
}
