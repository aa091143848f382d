/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.intercept;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The parameters set on a prepared or callable statement, as they were given to its setters: streams and readers themselves,
 * not what is in them. Immutable; {@link #toString()} shows no values.
 *
 * @param byIndex the values by index, sorted
 * @param byName the values of a callable statement by name, sorted
 */
public record Parameters(Map<Integer, @Nullable Object> byIndex, Map<String, @Nullable Object> byName) {

    /** No parameters. */
    public static final Parameters NONE = new Parameters(Map.of(), Map.of());

    /** A copy of both maps. */
    public Parameters {
        byIndex = Collections.unmodifiableMap(new TreeMap<>(byIndex));
        byName = Collections.unmodifiableMap(new TreeMap<>(byName));
    }

    @Override
    public String toString() {
        return "Parameters[" + byIndex.size() + " by index, " + byName.size() + " by name]";
    }
}
