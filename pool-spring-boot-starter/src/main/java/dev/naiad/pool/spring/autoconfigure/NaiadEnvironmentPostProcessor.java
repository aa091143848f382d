/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.NaiadDataSource;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Makes {@link NaiadDataSource} the default of {@code spring.datasource.type}. Spring Boot then builds its own
 * {@code dataSource} bean with it, and everything that depends on that bean being Boot's own keeps working: test databases,
 * connection details, lazy connections, DevTools. Any other value of a property, at any place, wins.
 */
final class NaiadEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

    /** Spring Cloud binds beans again when properties change, which a pool that has started refuses; of itself it spares HikariCP's. */
    private static final String NEVER_REBOUND = "spring.cloud.refresh.never-refreshable";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (Binder.get(environment).bind("naiad.enabled", Boolean.class).orElse(true)) {
            DefaultPropertiesPropertySource.addOrMerge(
                    Map.of(
                            "spring.datasource.type",
                            NaiadDataSource.class.getName(),
                            NEVER_REBOUND,
                            HikariProperty.DATA_SOURCE + "," + NaiadDataSource.class.getName()),
                    environment.getPropertySources());
        }
    }

    /** After the application's configuration files have been read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE - 1;
    }
}
