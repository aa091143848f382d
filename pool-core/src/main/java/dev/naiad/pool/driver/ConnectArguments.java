/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.driver;

import dev.naiad.pool.InvalidSettingException;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolClass;
import dev.naiad.pool.PoolConfig;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is asked for with, taken apart: what is for the database's driver and what is for the pool. A copy, so
 * that nobody can change a key. It knows passwords, since they tell pools apart, but does not show them.
 *
 * @param url the real URL
 * @param settings in the order in which they are applied
 * @param properties for the real driver
 */
record ConnectArguments(String url, Map<ManagedSetting, String> settings, Map<String, String> properties)
        implements PoolKey {

    /**
     * Takes the arguments of {@link java.sql.Driver#connect} apart.
     *
     * @throws InvalidSettingException if the URL or a setting's name is wrong, or one setting has two values
     */
    static ConnectArguments of(String url, @Nullable Properties info) {
        ManagedUrl parsed = ManagedUrl.parse(url);
        Map<ManagedSetting, String> settings = new EnumMap<>(ManagedSetting.class);
        settings.putAll(parsed.settings());
        Map<String, String> properties = new HashMap<>();
        if (info != null) {
            refuseOtherThanTexts(info);
            for (String property : info.stringPropertyNames()) {
                String value = info.getProperty(property);
                if (value == null) {
                    continue; // another thread has just removed it
                }
                if (isSetting(property)) {
                    String name = property.substring(ManagedSetting.PREFIX.length());
                    put(settings, ManagedSetting.of(name, ManagedSetting.PREFIX), value);
                } else {
                    properties.put(property, value);
                }
            }
        }
        return new ConnectArguments(parsed.url(), Collections.unmodifiableMap(settings), Map.copyOf(properties));
    }

    /** Adds a setting. It may be repeated, but not contradicted. */
    static void put(Map<ManagedSetting, String> settings, ManagedSetting setting, String value) {
        String text = value.strip();
        String other = settings.putIfAbsent(setting, text);
        if (other != null && !other.equals(text)) {
            throw new InvalidSettingException(
                    setting.property(), text, "one value, but it is given twice: the other is '" + other + "'");
        }
    }

    private static boolean isSetting(String property) {
        return property.regionMatches(true, 0, ManagedSetting.PREFIX, 0, ManagedSetting.PREFIX.length());
    }

    /** {@link Properties} would hide them, and a pool that lacks a property without a word would be a riddle. */
    private static void refuseOtherThanTexts(Properties info) {
        info.forEach((property, value) -> {
            if (!(property instanceof String)) {
                throw new InvalidSettingException(
                        "the name of a property", property.getClass().getName(), "a java.lang.String");
            }
            if (!(value instanceof String)) {
                throw new InvalidSettingException(
                        "property " + property, value.getClass().getName(), "a java.lang.String");
            }
        });
    }

    PoolKey key() {
        String chosen = settings.get(ManagedSetting.KEY);
        return chosen == null ? this : new PoolKey.Chosen(chosen);
    }

    /** Makes the data source and its pool. Opens no connection. */
    NaiadDataSource build(String defaultName) {
        NaiadDataSource.Builder builder =
                NaiadDataSource.builder().name(defaultName).url(url);
        settings.forEach((setting, text) -> setting.apply(builder, text));
        ManagedSetting.check(
                PoolClass.of(settings.getOrDefault(ManagedSetting.POOL_CLASS, PoolClass.QUEUE.name())),
                settings.keySet());
        properties.forEach((property, value) -> {
            switch (property) {
                case "user" -> builder.username(value);
                case "password" -> builder.password(value);
                default -> builder.connectionProperty(property, value);
            }
        });
        return builder.build();
    }

    /** Refuses a setting that differs from what a pool was made with: with a key it would be ignored without a word. */
    void requireSettingsOf(ConnectArguments origin) {
        settings.forEach((setting, text) -> {
            String present = origin.settings.get(setting);
            if (!text.equals(present)) {
                throw new InvalidSettingException(
                        setting.property(),
                        text,
                        (present == null ? "nothing" : "'" + present + "'")
                                + ", with which the pool of the key '" + settings.get(ManagedSetting.KEY)
                                + "' has been made");
            }
        });
    }

    /** Which properties of a driver are secret is the driver's business, so only their names are shown. */
    @Override
    public String toString() {
        return PoolConfig.builder().url(url).build().maskedUrl() + ", settings " + settings + ", properties "
                + new TreeSet<>(properties.keySet());
    }
}
