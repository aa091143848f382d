/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.registry.PoolRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * Says so when the starter is there but HikariCP is the only pool, because the application makes its data source itself: without a
 * type, {@code DataSourceBuilder} takes HikariCP, and nothing else would show that Naiad is not used.
 */
final class UnusedStarter implements SmartInitializingSingleton {

    private static final Log LOG = LogFactory.getLog(UnusedStarter.class);

    private final ConfigurableListableBeanFactory beanFactory;
    private final PoolRegistry registry;
    private final Environment environment;

    UnusedStarter(ConfigurableListableBeanFactory beanFactory, PoolRegistry registry, Environment environment) {
        this.beanFactory = beanFactory;
        this.registry = registry;
        this.environment = environment;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (!NaiadDataSource.class.getName().equals(environment.getProperty("spring.datasource.type"))) {
            return; // somebody has chosen another one
        }
        List<String> theirs = Arrays.stream(beanFactory.getBeanNamesForType(DataSource.class, false, false))
                .filter(this::isHikari)
                .map(name -> "'" + name + "'")
                .toList();
        if (!theirs.isEmpty() && registry.pools().isEmpty()) {
            LOG.warn("Naiad is not used: the application makes its data source " + String.join(", ", theirs)
                    + " itself, with HikariCP as the pool. What is set below 'naiad' has no effect on it. Name the type where it is made, as in"
                    + " DataSourceBuilder.create().type(NaiadDataSource.class); or set 'naiad.enabled' to false.");
        }
    }

    private boolean isHikari(String beanName) {
        Object made = beanFactory.getSingleton(beanName);
        return HikariProperty.DATA_SOURCE.equals(
                Objects.requireNonNullElse(made, this).getClass().getName());
    }
}
