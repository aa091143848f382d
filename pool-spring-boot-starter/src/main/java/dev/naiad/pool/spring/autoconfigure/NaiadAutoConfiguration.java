/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.CredentialsProvider;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolListener;
import dev.naiad.pool.dialect.Dialect;
import dev.naiad.pool.dialect.DisconnectClassifier;
import dev.naiad.pool.intercept.ExecutionInterceptor;
import dev.naiad.pool.spring.actuate.PoolsEndpoint;
import dev.naiad.pool.spring.actuate.PoolsHealthContributor;
import dev.naiad.pool.spring.actuate.PoolsReadinessHealthIndicator;
import dev.naiad.pool.spring.actuate.PoolsWebExtension;
import dev.naiad.pool.spring.console.ConsoleEndpoint;
import dev.naiad.pool.spring.credentials.CredentialsWatch;
import dev.naiad.pool.spring.event.PoolEventPublisher;
import dev.naiad.pool.spring.lifecycle.PoolCheckpoint;
import dev.naiad.pool.spring.lifecycle.PoolLifecycle;
import dev.naiad.pool.spring.metrics.MeterNames;
import dev.naiad.pool.spring.metrics.NaiadPoolMetadata;
import dev.naiad.pool.spring.metrics.PoolMetrics;
import dev.naiad.pool.spring.metrics.PoolTimings;
import dev.naiad.pool.spring.observation.PoolObservations;
import dev.naiad.pool.spring.registry.FailureLog;
import dev.naiad.pool.spring.registry.PoolObserver;
import dev.naiad.pool.spring.registry.PoolRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnCheckpointRestore;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for the Naiad pool. The data source itself is made by Spring Boot (see
 * {@link NaiadEnvironmentPostProcessor}); here it gets its settings, events and metrics.
 */
@AutoConfiguration(before = DataSourceAutoConfiguration.class)
@ConditionalOnClass({NaiadDataSource.class, DataSource.class})
@ConditionalOnBooleanProperty(name = "naiad.enabled", matchIfMissing = true)
@EnableConfigurationProperties(NaiadProperties.class)
@Import(NamedPoolsRegistrar.class)
@ImportRuntimeHints(NaiadRuntimeHints.class)
public final class NaiadAutoConfiguration {

    @Bean
    static NaiadDataSourcePostProcessor naiadDataSourcePostProcessor(
            ListableBeanFactory beanFactory,
            Environment environment,
            ObjectProvider<NaiadProperties> properties,
            ObjectProvider<DataSourceProperties> dataSourceProperties,
            ObjectProvider<PoolObservers> observers,
            ObjectProvider<PoolParts> parts,
            ObjectProvider<PoolObservations> observations) {
        return new NaiadDataSourcePostProcessor(
                new PropertyPrefixes(beanFactory, environment),
                properties,
                dataSourceProperties,
                observers,
                parts,
                observations);
    }

    @Bean
    static DuplicateSettings naiadDuplicateSettings(Environment environment) {
        return new DuplicateSettings(environment);
    }

    @Bean
    static MisplacedSettings naiadMisplacedSettings(Environment environment) {
        return new MisplacedSettings(environment);
    }

    @Bean
    static UnreadVariables naiadUnreadVariables(Environment environment) {
        return new UnreadVariables(environment);
    }

    @Bean
    static SoleDefaultDataSource naiadSoleDefaultDataSource(Environment environment) {
        return new SoleDefaultDataSource(environment);
    }

    @Bean
    static ReadOnlyRouting naiadReadOnlyRouting(Environment environment, BeanFactory beanFactory) {
        return new ReadOnlyRouting(NamedPools.readersByWriter(NamedPoolsRegistrar.bind(environment)), beanFactory);
    }

    @Bean(NamedPoolsRegistrar.FACTORY)
    NamedPools naiadNamedPools(NaiadProperties properties) {
        return new NamedPools(properties);
    }

    @Bean
    PoolRegistry naiadPoolRegistry(ConfigurableListableBeanFactory beanFactory) {
        return new PoolRegistry(beanFactory);
    }

    @Bean
    UnusedStarter naiadUnusedStarter(
            ConfigurableListableBeanFactory beanFactory, PoolRegistry registry, Environment environment) {
        return new UnusedStarter(beanFactory, registry, environment);
    }

    @Bean
    FailureLog naiadFailureLog() {
        return new FailureLog(Clock.systemUTC());
    }

    @Bean
    PoolObservations naiadPoolObservations(NaiadProperties properties, ObjectProvider<ObservationRegistry> registry) {
        NaiadProperties.Observations wanted = properties.getObservations();
        return new PoolObservations(
                () -> registry.getIfAvailable(() -> ObservationRegistry.NOOP),
                wanted.isCheckouts(),
                wanted.isStatements());
    }

    @Bean
    PoolParts naiadPoolParts(
            ObjectProvider<PoolListener> listeners,
            ObjectProvider<ExecutionInterceptor> interceptors,
            ObjectProvider<ConnectionFactoryCustomizer> customizers,
            ObjectProvider<Dialect> dialect,
            ObjectProvider<DisconnectClassifier> classifier,
            ObjectProvider<CredentialsProvider> credentials,
            PoolObservations observations) {
        return new PoolParts(listeners, interceptors, customizers, dialect, classifier, credentials, observations);
    }

    @Bean
    PoolObservers naiadPoolObservers(
            PoolEventPublisher events,
            FailureLog failures,
            ObjectProvider<PoolListener> listeners,
            ObjectProvider<PoolObserver> observers,
            PoolRegistry registry) {
        return new PoolObservers(events, failures, listeners, observers, registry);
    }

    @Bean
    PoolLifecycle naiadPoolLifecycle(ConfigurableApplicationContext context, PoolRegistry registry) {
        return new PoolLifecycle(context, registry);
    }

    @Bean
    CredentialsWatch naiadCredentialsWatch(PoolRegistry registry) {
        return new CredentialsWatch(registry);
    }

    @Bean
    PoolEventPublisher naiadPoolEventPublisher(ConfigurableApplicationContext context) {
        return new PoolEventPublisher(context);
    }

    @Bean
    DataSourcePoolMetadataProvider naiadDataSourcePoolMetadataProvider() {
        return NaiadPoolMetadata::of;
    }

    /** Meters of every Naiad pool, if Micrometer is there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class MetricsConfiguration {

        @Bean
        PoolTimings naiadPoolTimings(NaiadProperties properties) {
            return new PoolTimings(
                    properties.getMetrics().getTimers(), properties.getMetrics().isHistograms());
        }

        @Bean
        PoolMetrics naiadPoolMetrics(
                PoolRegistry registry, PoolEventPublisher events, PoolTimings timings, NaiadProperties properties) {
            return new PoolMetrics(registry, events, timings, schemes(properties.getMetrics()));
        }

        private static Set<MeterNames> schemes(NaiadProperties.Metrics chosen) {
            Set<MeterNames> schemes = EnumSet.of(MeterNames.NAIAD);
            if (chosen.isHikariNames()) {
                schemes.add(MeterNames.HIKARI);
            }
            if (chosen.isOpenTelemetryNames()) {
                schemes.add(MeterNames.OPEN_TELEMETRY);
            }
            return schemes;
        }
    }

    /** Health of every Naiad pool, if health is there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthContributor.class, ConditionalOnEnabledHealthIndicator.class})
    static class HealthConfiguration {

        @Bean
        @ConditionalOnEnabledHealthIndicator("pools")
        @ConditionalOnMissingBean(name = {"poolsHealthIndicator", "poolsHealthContributor"})
        PoolsHealthContributor poolsHealthContributor(PoolRegistry registry, FailureLog failures) {
            return new PoolsHealthContributor(registry, failures, Clock.systemUTC());
        }

        @Bean
        @ConditionalOnEnabledHealthIndicator("poolsreadiness")
        @ConditionalOnMissingBean(name = "poolsReadinessHealthIndicator")
        PoolsReadinessHealthIndicator poolsReadinessHealthIndicator(PoolRegistry registry) {
            return new PoolsReadinessHealthIndicator(registry);
        }
    }

    /** The endpoint, if it is exposed. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
    static class EndpointConfiguration {

        @Bean
        PropertySettings naiadPropertySettings(ListableBeanFactory beanFactory, Environment environment) {
            return new PropertySettings(new PropertyPrefixes(beanFactory, environment), environment);
        }

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnAvailableEndpoint
        PoolsEndpoint naiadPoolsEndpoint(
                PoolRegistry registry,
                FailureLog failures,
                PropertySettings settings,
                ObjectProvider<SanitizingFunction> sanitizing) {
            return new PoolsEndpoint(
                    registry, failures, settings, sanitizing.orderedStream().toList());
        }

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnBean(PoolsEndpoint.class)
        PoolsWebExtension naiadPoolsWebExtension(PoolsEndpoint endpoint) {
            return new PoolsWebExtension(endpoint);
        }
    }

    /** The console, if it is exposed. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication
    @ConditionalOnClass({WebEndpoint.class, ConditionalOnAvailableEndpoint.class})
    static class ConsoleConfiguration {

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnAvailableEndpoint
        ConsoleEndpoint naiadConsoleEndpoint(ObjectProvider<WebEndpointsSupplier> endpoints) {
            return new ConsoleEndpoint(endpoints::getObject);
        }
    }

    /** Checkpoints, if their API is there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnCheckpointRestore
    static class CheckpointConfiguration {

        @Bean
        PoolCheckpoint naiadPoolCheckpoint(PoolRegistry registry) {
            return new PoolCheckpoint(registry);
        }
    }
}
