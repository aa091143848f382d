/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolClass;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.spring.autoconfigure.NaiadProperties.NamedPool;
import dev.naiad.pool.spring.credentials.MountedCredentials;
import dev.naiad.pool.spring.observation.PoolObservations;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.util.StringUtils;

/**
 * Gives the auto-configured data source its pool settings, and starts it, so that a wrong setting stops the application and
 * not its first request; with a first connection, if that is asked for. All Naiad data sources get a name, if they have none, the application's listeners and other parts, and
 * are observed.
 *
 * <p>Runs right after Spring Boot has applied connection details, and before any post-processor that wraps the bean.
 */
final class NaiadDataSourcePostProcessor implements BeanPostProcessor, PriorityOrdered {

    static final String AUTO_CONFIGURED = "dataSource";
    private static final String UNNAMED = PoolConfig.builder().build().name();

    private final ObjectProvider<NaiadProperties> properties;
    private final ObjectProvider<DataSourceProperties> dataSourceProperties;
    private final ObjectProvider<PoolObservers> observers;
    private final ObjectProvider<PoolParts> parts;
    private final ObjectProvider<PoolObservations> observations;

    NaiadDataSourcePostProcessor(
            ObjectProvider<NaiadProperties> properties,
            ObjectProvider<DataSourceProperties> dataSourceProperties,
            ObjectProvider<PoolObservers> observers,
            ObjectProvider<PoolParts> parts,
            ObjectProvider<PoolObservations> observations) {
        this.properties = properties;
        this.dataSourceProperties = dataSourceProperties;
        this.observers = observers;
        this.parts = parts;
        this.observations = observations;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        if (bean instanceof NaiadDataSource dataSource && !dataSource.isStarted()) {
            PoolConfig present = dataSource.getConfig();
            if (beanName.equals(AUTO_CONFIGURED)) {
                applyProperties(dataSource, present);
            }
            if (present.name().equals(UNNAMED)) {
                dataSource.configure(config -> config.name(nameOf(beanName)));
            }
            PoolConfig configured = dataSource.getConfig();
            parts.ifAvailable(beans -> dataSource.configure(config -> beans.addTo(config, configured)));
            observers.ifAvailable(
                    all -> dataSource.configure(config -> config.observer(pool -> all.observe(dataSource, pool))));
        }
        return bean;
    }

    private void applyProperties(NaiadDataSource dataSource, PoolConfig present) {
        PoolClassChoice choice = new PoolClassChoice(List.of(properties.getObject()), List.of(NaiadProperties.PREFIX));
        PoolClass chosen = choice.chosen();
        if (chosen != null && dataSource.getPoolClass().equals(PoolClass.QUEUE)) {
            dataSource.setPoolClass(chosen);
        }
        Path credentials = properties.getObject().getCredentialsDirectory();
        if (credentials != null && present.credentials() == null) {
            dataSource.configure(config -> config.credentials(new MountedCredentials(credentials, present.username())));
        }
        List<PoolSetting<?>> settings = choice.heededBy(dataSource.getPoolClass());
        dataSource.configure(
                config -> settings.forEach(setting -> setting.apply(choice.properties(), config, present)));
    }

    private String nameOf(String beanName) {
        if (!beanName.equals(AUTO_CONFIGURED)) {
            return beanName;
        }
        NaiadProperties settings = properties.getObject();
        if (StringUtils.hasText(settings.getName())) {
            return settings.getName();
        }
        DataSourceProperties boot = dataSourceProperties.getIfAvailable();
        return boot != null && StringUtils.hasText(boot.getName()) ? boot.getName() : beanName;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof NaiadDataSource dataSource) {
            observers.ifAvailable(all -> all.observe(dataSource));
            FirstConnection first = firstConnection(beanName);
            if (first != null) {
                first.open(dataSource.pool());
            }
            PoolObservations wanted = observations.getIfAvailable();
            return wanted == null ? bean : wanted.checkoutsOf(dataSource);
        }
        return bean;
    }

    /** Of the data sources that have properties; null if it is not asked for. */
    private @Nullable FirstConnection firstConnection(String beanName) {
        NaiadProperties settings = properties.getIfAvailable();
        if (settings == null) {
            return null;
        }
        String general = NaiadProperties.PREFIX + "." + FirstConnection.NAME;
        String name = NamedPools.poolNameOf(beanName);
        NamedPool named = NamedPools.beanNameOf(name).equals(beanName)
                ? settings.getPools().get(name)
                : null;
        if (named != null && named.getInitializationFailTimeout() != null) {
            return FirstConnection.of(
                    NamedPools.PREFIX + "." + name + "." + FirstConnection.NAME, named.getInitializationFailTimeout());
        }
        return named != null || beanName.equals(AUTO_CONFIGURED)
                ? FirstConnection.of(general, settings.getInitializationFailTimeout())
                : null;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 3;
    }
}
