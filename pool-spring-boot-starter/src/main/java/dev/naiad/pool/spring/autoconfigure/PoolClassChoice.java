/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.InvalidSettingException;
import dev.naiad.pool.PoolClass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which class a pool is to have, by {@code pool-class}. Settings beside it that the class would not heed are refused; those that a named
 * pool only inherits are left out.
 *
 * @param properties those of the pool, the nearer first
 * @param prefixes where they stand, in the same order
 */
record PoolClassChoice(List<? extends PoolProperties> properties, List<String> prefixes) {

    static final String NAME = "pool-class";

    /** The class of the first properties that have one; null if none has. */
    @Nullable
    PoolClass chosen() {
        for (PoolProperties candidate : properties) {
            String text = candidate.getPoolClass();
            if (text != null) {
                return read(text);
            }
        }
        return null;
    }

    private static PoolClass read(String text) {
        if (text.isBlank()) {
            throw new InvalidSettingException(
                    NAME.replace('-', '_'),
                    text,
                    String.join(", ", PoolClass.names()) + ", or the full name of a class; in YAML, \"null\" is"
                            + " written in quotes");
        }
        return PoolClass.of(text);
    }

    /**
     * The settings that the class heeds.
     *
     * @throws SettingClashException if a setting of the pool's own is not among them
     */
    List<PoolSetting<?>> heededBy(PoolClass poolClass) {
        PoolProperties own = properties.get(0);
        for (PoolSetting<?> setting : PoolSetting.ALL) {
            if (setting.isGivenIn(own) && !isHeeded(setting, poolClass)) {
                throw clash(setting, poolClass);
            }
        }
        return PoolSetting.ALL.stream()
                .filter(setting -> isHeeded(setting, poolClass))
                .toList();
    }

    private static boolean isHeeded(PoolSetting<?> setting, PoolClass poolClass) {
        return poolClass.supports(textOf(setting));
    }

    private static String textOf(PoolSetting<?> setting) {
        return setting.name().replace('-', '_');
    }

    private SettingClashException clash(PoolSetting<?> setting, PoolClass poolClass) {
        String property = prefixes.get(0) + "." + setting.name();
        String decisive = decisivePrefix() + "." + NAME;
        return new SettingClashException(
                property,
                decisive,
                "pools of the class '" + poolClass.name() + "' have no such setting",
                "Remove '" + property + "', or set '" + decisive + "' to a class that has it: "
                        + String.join(", ", PoolClass.supporting(textOf(setting))) + ".");
    }

    private String decisivePrefix() {
        for (int i = 0; i < properties.size(); i++) {
            if (properties.get(i).getPoolClass() != null) {
                return prefixes.get(i);
            }
        }
        return prefixes.get(0);
    }
}
