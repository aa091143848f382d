/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.Suspension;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/** What the endpoint can over HTTP only: what cannot be done is answered with the reason, which Spring Boot's own answer leaves out. */
@EndpointWebExtension(endpoint = PoolsEndpoint.class)
public final class PoolsWebExtension {

    private final PoolsEndpoint endpoint;

    /** Passes on to the endpoint itself. */
    public PoolsWebExtension(PoolsEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * All pools, by name.
     *
     * @param stacks how much is told of the stacks of those who hold connections; if it is not given, everything
     */
    @ReadOperation
    public Map<String, PoolDescription> pools(@Nullable StackDetail stacks) {
        return endpoint.pools(orFull(stacks));
    }

    private static StackDetail orFull(@Nullable StackDetail stacks) {
        return stacks == null ? StackDetail.FULL : stacks;
    }

    /**
     * One pool; null if there is none of that name.
     *
     * @param load whether to show its {@link PoolLoad} in place of what it is
     * @param stacks as for all pools
     */
    @ReadOperation
    public @Nullable WebEndpointResponse<Object> pool(
            @Selector String name, @Nullable Boolean load, @Nullable StackDetail stacks) {
        Object shown = Boolean.TRUE.equals(load) ? endpoint.load(name) : endpoint.pool(name, orFull(stacks));
        return shown == null ? null : new WebEndpointResponse<>(shown);
    }

    /** As {@link PoolsEndpoint#change}, but what is refused is answered with status 400 and the member {@code message}. */
    @WriteOperation
    public WebEndpointResponse<Object> change(
            @Selector String name,
            PoolOperation operation,
            @Nullable Integer poolSize,
            @Nullable Integer maxOverflow,
            @Nullable Suspension callers) {
        try {
            return new WebEndpointResponse<>(endpoint.change(name, operation, poolSize, maxOverflow, callers));
        } catch (InvalidEndpointRequestException e) {
            return new WebEndpointResponse<>(
                    Map.of("message", String.valueOf(e.getReason())), WebEndpointResponse.STATUS_BAD_REQUEST);
        }
    }
}
