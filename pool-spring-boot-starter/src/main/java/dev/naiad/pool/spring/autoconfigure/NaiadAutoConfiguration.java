/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.event.PoolEventPublisher;
import dev.naiad.pool.spring.metrics.NaiadPoolMetadata;
import dev.naiad.pool.spring.metrics.PoolMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * Auto-configuration for the Naiad pool. The data source itself is made by Spring Boot (see
 * {@link NaiadEnvironmentPostProcessor}); here it gets its settings, events and metrics.
 */
@AutoConfiguration(before = DataSourceAutoConfiguration.class)
@ConditionalOnClass({NaiadDataSource.class, DataSource.class})
@ConditionalOnBooleanProperty(name = "naiad.enabled", matchIfMissing = true)
@EnableConfigurationProperties(NaiadProperties.class)
@ImportRuntimeHints(NaiadRuntimeHints.class)
public final class NaiadAutoConfiguration {

    @Bean
    static NaiadDataSourcePostProcessor naiadDataSourcePostProcessor(
            ObjectProvider<NaiadProperties> properties,
            ObjectProvider<DataSourceProperties> dataSourceProperties,
            ObjectProvider<PoolEventPublisher> events) {
        return new NaiadDataSourcePostProcessor(properties, dataSourceProperties, events);
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
        PoolMetrics naiadPoolMetrics(ConfigurableListableBeanFactory beanFactory, PoolEventPublisher events) {
            return new PoolMetrics(beanFactory, events);
        }
    }
}
