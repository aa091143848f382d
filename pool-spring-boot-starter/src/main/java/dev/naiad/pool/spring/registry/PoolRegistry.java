/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.registry;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolDataSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.SimpleAutowireCandidateResolver;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * Finds the Naiad pools of an application: those of all data source beans, candidates for injection or not, wrapped or not, and
 * those behind routing data sources. Looks anew each time, and never borrows a connection.
 */
public final class PoolRegistry {

    private final ConfigurableListableBeanFactory beanFactory;

    /** With the factory whose data sources are looked at. */
    public PoolRegistry(ConfigurableListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    /** All of them, in the order of the beans. */
    public List<RegisteredPool> pools() {
        Map<NaiadDataSource, String> found = new LinkedHashMap<>();
        SimpleAutowireCandidateResolver.resolveAutowireCandidates(beanFactory, DataSource.class, false, true)
                .forEach((beanName, dataSource) -> visit(beanName, dataSource, found));
        return found.entrySet().stream()
                .map(entry -> registered(entry.getKey(), entry.getValue(), found))
                .toList();
    }

    /** The one of this name. */
    public Optional<RegisteredPool> pool(String name) {
        return pools().stream().filter(pool -> pool.name().equals(name)).findFirst();
    }

    private static void visit(String name, DataSource dataSource, Map<NaiadDataSource, String> found) {
        if (dataSource instanceof AbstractRoutingDataSource router) {
            router.getResolvedDataSources().forEach((key, target) -> visit(name + "." + key, target, found));
            DataSource otherwise = router.getResolvedDefaultDataSource();
            if (otherwise != null) {
                visit(name + ".default", otherwise, found);
            }
            return;
        }
        if (dataSource instanceof DelegatingDataSource proxy && proxy.getTargetDataSource() != null) {
            visit(name, proxy.getTargetDataSource(), found);
            return;
        }
        NaiadDataSource naiad = DataSourceUnwrapper.unwrap(dataSource, PoolDataSource.class, NaiadDataSource.class);
        if (naiad != null) {
            found.merge(naiad, name, PoolRegistry::shorter);
        }
    }

    /** A pool that is a bean and also behind a router is called by its bean. */
    private static String shorter(String one, String other) {
        return other.contains(".") ? one : other;
    }

    private static RegisteredPool registered(
            NaiadDataSource dataSource, String beanName, Map<NaiadDataSource, String> all) {
        String name = dataSource.pool().name();
        boolean unique = all.keySet().stream()
                        .filter(other -> other.pool().name().equals(name))
                        .count()
                == 1;
        return new RegisteredPool(unique ? name : beanName, beanName, dataSource);
    }
}
