/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.spring.registry.RegisteredPool;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Knows the settings of a pool and where each comes from. */
public interface SettingSource {

    /** By the names they have as properties, without secrets. */
    Map<String, Setting> settingsOf(RegisteredPool pool);

    /**
     * A setting.
     *
     * @param value as it is in the pool
     * @param origin the place in the configuration, {@code default}, {@code code}, or {@code run time} if it was changed since the pool was made
     */
    record Setting(@Nullable Object value, String origin) {}
}
