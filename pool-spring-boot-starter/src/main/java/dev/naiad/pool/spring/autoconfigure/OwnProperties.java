/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * What an application has bound, by {@code @ConfigurationProperties}, to a data source that it makes itself. URL, user, password and
 * driver are not here: Spring Boot sets them on the data source.
 */
final class OwnProperties extends PoolProperties {

    /** Name of the pool in logs, metrics and events. */
    private @Nullable String name;

    public @Nullable String getName() {
        return name;
    }

    public void setName(@Nullable String name) {
        this.name = name;
    }
}
