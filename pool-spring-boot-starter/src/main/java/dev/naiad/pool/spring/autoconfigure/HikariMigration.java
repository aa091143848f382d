/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.NaiadDataSource;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.logging.Log;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Looks after properties that were written for HikariCP: without {@code naiad.migrate.hikari} it warns, once, that they are not
 * used and names what to set instead; with it, it takes over those that have a counterpart, and says so. What is set for Naiad
 * wins.
 */
final class HikariMigration implements EnvironmentPostProcessor, Ordered {

    static final String SOURCE = "naiadHikariMigration";

    private final Log log;

    HikariMigration(DeferredLogFactory logs) {
        log = logs.getLog(HikariMigration.class);
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (!NaiadDataSource.class.getName().equals(environment.getProperty("spring.datasource.type"))) {
            return;
        }
        HikariSettings settings = HikariSettings.of(environment);
        if (settings.isEmpty()) {
            return;
        }
        String list = String.join(System.lineSeparator() + "  ", settings.counterparts());
        if (!Binder.get(environment).bind("naiad.migrate.hikari", Boolean.class).orElse(false)) {
            log.warn(
                    "The connection pool is Naiad; what is set for HikariCP has no effect, unless the application binds it to"
                            + " a data source of its own. Set instead, or set naiad.migrate.hikari to true:"
                            + System.lineSeparator() + "  " + list);
            return;
        }
        Map<String, Object> mapped = new HashMap<>(settings.mapped());
        mapped.keySet().removeIf(name -> SettingOrigin.find(environment, name).isPresent());
        environment.getPropertySources().addLast(new MapPropertySource(SOURCE, mapped));
        log.info("What is set for HikariCP has been taken over where there is a counterpart and Naiad's own property is"
                + " not set:" + System.lineSeparator() + "  " + list);
    }

    /** Right after the type of the data source has got its default. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
