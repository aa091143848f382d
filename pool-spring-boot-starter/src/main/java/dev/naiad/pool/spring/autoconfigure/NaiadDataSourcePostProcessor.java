/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolClass;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.spring.autoconfigure.NaiadProperties.NamedPool;
import dev.naiad.pool.spring.credentials.MountedCredentials;
import dev.naiad.pool.spring.observation.PoolObservations;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.util.StringUtils;

/**
 * Gives data sources the pool settings of their properties, and starts them, so that a wrong setting stops the application and
 * not its first request; with a first connection, if that is asked for. All Naiad data sources get a name, if they have none, the application's listeners and other parts, and
 * are observed.
 *
 * <p>Runs right after Spring Boot has applied connection details, and before any post-processor that wraps the bean.
 */
final class NaiadDataSourcePostProcessor implements BeanPostProcessor, PriorityOrdered {

    static final String AUTO_CONFIGURED = "dataSource";
    private static final PoolConfig UNSET = PoolConfig.builder().build();

    private final PropertyPrefixes prefixes;
    private final ObjectProvider<NaiadProperties> properties;
    private final ObjectProvider<DataSourceProperties> dataSourceProperties;
    private final ObjectProvider<PoolObservers> observers;
    private final ObjectProvider<PoolParts> parts;
    private final ObjectProvider<PoolObservations> observations;

    NaiadDataSourcePostProcessor(
            PropertyPrefixes prefixes,
            ObjectProvider<NaiadProperties> properties,
            ObjectProvider<DataSourceProperties> dataSourceProperties,
            ObjectProvider<PoolObservers> observers,
            ObjectProvider<PoolParts> parts,
            ObjectProvider<PoolObservations> observations) {
        this.prefixes = prefixes;
        this.properties = properties;
        this.dataSourceProperties = dataSourceProperties;
        this.observers = observers;
        this.parts = parts;
        this.observations = observations;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        if (bean instanceof NaiadDataSource dataSource) {
            OwnBinding own = prefixes.bindingOf(beanName);
            if (own != null && dataSource.isStarted()) {
                own.refuseAfterStart(beanName);
            }
            if (!dataSource.isStarted()) {
                prepare(dataSource, beanName, own);
            }
        }
        return bean;
    }

    private void prepare(NaiadDataSource dataSource, String beanName, @Nullable OwnBinding own) {
        if (own != null) {
            own.warnOfUnknown(beanName);
        }
        OwnProperties bound = own == null ? null : own.properties();
        PoolClassChoice choice = choice(beanName, own);
        if (!choice.properties().isEmpty()) {
            applyProperties(dataSource, choice, bound);
        }
        String name = bound == null ? null : bound.getName();
        if (StringUtils.hasText(name)) {
            dataSource.configure(config -> config.name(name));
        } else if (dataSource.getConfig().name().equals(UNSET.name())) {
            dataSource.configure(config -> config.name(nameOf(beanName)));
        }
        PoolConfig configured = dataSource.getConfig();
        parts.ifAvailable(beans -> dataSource.configure(config -> beans.addTo(config, configured)));
        observers.ifAvailable(
                all -> dataSource.configure(config -> config.observer(pool -> all.observe(dataSource, pool))));
    }

    private PoolClassChoice choice(String beanName, @Nullable OwnBinding own) {
        List<PoolProperties> nearerFirst = new ArrayList<>();
        List<String> places = new ArrayList<>();
        if (own != null && own.properties() != null) {
            nearerFirst.add(own.properties());
            places.add(own.prefix());
        }
        if (beanName.equals(AUTO_CONFIGURED)) {
            nearerFirst.add(properties.getObject());
            places.add(NaiadProperties.PREFIX);
        }
        return new PoolClassChoice(nearerFirst, places);
    }

    /** Code is above the properties of all pools, but below those that the application has bound the data source to. */
    private static void applyProperties(
            NaiadDataSource dataSource, PoolClassChoice choice, @Nullable OwnProperties bound) {
        PoolConfig present = dataSource.getConfig();
        PoolClass chosen = choice.chosen();
        if (chosen != null && dataSource.getPoolClass().equals(PoolClass.QUEUE)) {
            dataSource.setPoolClass(chosen);
        }
        if (present.credentials() == null || bound != null && bound.getCredentialsDirectory() != null) {
            choice.properties().stream()
                    .map(PoolProperties::getCredentialsDirectory)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .map(directory -> new MountedCredentials(directory, present.username()))
                    .ifPresent(credentials -> dataSource.configure(config -> config.credentials(credentials)));
        }
        List<PoolSetting<?>> settings = choice.heededBy(dataSource.getPoolClass());
        dataSource.configure(config -> settings.forEach(setting -> setting.apply(
                choice.properties(), config, bound != null && setting.isGivenIn(bound) ? UNSET : present)));
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
        OwnBinding own = prefixes.bindingOf(beanName);
        if (own != null && own.properties() != null && own.properties().getInitializationFailTimeout() != null) {
            return FirstConnection.of(
                    own.prefix() + "." + FirstConnection.NAME, own.properties().getInitializationFailTimeout());
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
