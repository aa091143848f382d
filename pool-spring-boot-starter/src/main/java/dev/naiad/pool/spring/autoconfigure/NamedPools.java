/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolClass;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.spring.autoconfigure.NaiadProperties.NamedPool;
import dev.naiad.pool.spring.credentials.MountedCredentials;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;

/** Makes the data sources of the pools below {@code naiad.pools}. */
final class NamedPools {

    static final String PREFIX = "naiad.pools";
    private static final String SUFFIX = "DataSource";

    private final NaiadProperties properties;

    NamedPools(NaiadProperties properties) {
        this.properties = properties;
    }

    /** The bean of a pool. */
    static String beanNameOf(String pool) {
        return pool + SUFFIX;
    }

    /** The pool that has, or would have, the bean. */
    static String poolNameOf(String beanName) {
        return beanName.endsWith(SUFFIX) ? beanName.substring(0, beanName.length() - SUFFIX.length()) : beanName;
    }

    /** The factory method of the beans. */
    DataSource dataSource(String name) {
        NamedPool pool = Optional.ofNullable(properties.getPools().get(name)).orElseGet(NamedPool::new);
        PoolClassChoice choice =
                new PoolClassChoice(List.of(pool, properties), List.of(PREFIX + "." + name, NaiadProperties.PREFIX));
        PoolClass poolClass = Objects.requireNonNullElse(choice.chosen(), PoolClass.QUEUE);
        NaiadDataSource dataSource = new NaiadDataSource();
        dataSource.setPoolClass(poolClass);
        dataSource.configure(config -> {
            config.name(name)
                    .url(pool.getUrl())
                    .username(pool.getUsername())
                    .password(pool.getPassword())
                    .driverClassName(pool.getDriverClassName());
            if (pool.getCredentialsDirectory() != null) {
                config.credentials(new MountedCredentials(pool.getCredentialsDirectory(), pool.getUsername()));
            }
            PoolConfig before = PoolConfig.builder().build();
            choice.heededBy(poolClass).forEach(setting -> setting.apply(choice.properties(), config, before));
        });
        return dataSource;
    }

    /** The bean names of the readers, by those of their writers. */
    static Map<String, String> readersByWriter(Map<String, NamedPool> pools) {
        Map<String, String> readers = new HashMap<>();
        pools.forEach((name, pool) -> {
            String writer = pool.getReadOnlyOf();
            if (writer != null) {
                readers.put(pools.containsKey(writer) ? beanNameOf(writer) : writer, beanNameOf(name));
            }
        });
        return readers;
    }
}
