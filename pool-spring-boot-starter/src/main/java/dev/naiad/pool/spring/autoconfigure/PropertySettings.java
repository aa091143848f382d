/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolClass;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.spring.actuate.SettingSource;
import dev.naiad.pool.spring.registry.PoolObserver;
import dev.naiad.pool.spring.registry.RegisteredPool;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.env.Environment;

/** Finds the properties that a pool's settings come from. */
final class PropertySettings implements SettingSource, PoolObserver {

    private static final String DEFAULT = "default";
    private static final String CODE = "code";
    private static final String RUN_TIME = "run time";

    private final PropertyPrefixes prefixes;
    private final Environment environment;
    private final Map<Pool, PoolConfig> initial = new ConcurrentHashMap<>();

    PropertySettings(PropertyPrefixes prefixes, Environment environment) {
        this.prefixes = prefixes;
        this.environment = environment;
    }

    @Override
    public void observe(Pool pool) {
        initial.putIfAbsent(pool, pool.config());
    }

    @Override
    public Map<String, Setting> settingsOf(RegisteredPool pool) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        PoolConfig config = pool.pool().config();
        PoolClass poolClass = pool.dataSource().getPoolClass();
        settings.put(
                PoolClassChoice.NAME,
                new Setting(
                        poolClass.name(),
                        placeOf(PoolClassChoice.NAME, pool)
                                .orElse(poolClass.equals(PoolClass.QUEUE) ? DEFAULT : CODE)));
        PoolSetting.ALL.forEach(setting ->
                settings.put(setting.name(), new Setting(setting.shownFor(config), origin(setting, pool, config))));
        return settings;
    }

    private String origin(PoolSetting<?> setting, RegisteredPool pool, PoolConfig config) {
        PoolConfig before = initial.getOrDefault(pool.pool(), config);
        if (!Objects.equals(setting.shownFor(before), setting.shownFor(config))) {
            return RUN_TIME;
        }
        return placeOf(setting.name(), pool).orElse(setting.isDefaultIn(config) ? DEFAULT : CODE);
    }

    private Optional<String> placeOf(String setting, RegisteredPool pool) {
        return prefixes.of(pool.beanName()).stream()
                .map(prefix -> SettingOrigin.findAtOrBelow(environment, prefix + "." + setting))
                .flatMap(Optional::stream)
                .findFirst()
                .map(property -> Objects.toString(
                        property.getOrigin(), property.getName().toString()));
    }
}
