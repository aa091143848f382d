/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The properties below {@code naiad}. Where the database of the auto-configured data source is, and who its user, is said in
 * {@code spring.datasource}.
 */
@ConfigurationProperties(prefix = "naiad", ignoreUnknownFields = false)
public final class NaiadProperties extends PoolProperties {

    /** Whether Naiad is the pool of the auto-configured data source. */
    private boolean enabled = true;

    /**
     * Name of the pool in logs, metrics and events. Defaults to 'spring.datasource.name', else to the name of the data source
     * bean.
     */
    private @Nullable String name;

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    public @Nullable String getName() {
        return name;
    }

    public void setName(@Nullable String name) {
        this.name = name;
    }
}
