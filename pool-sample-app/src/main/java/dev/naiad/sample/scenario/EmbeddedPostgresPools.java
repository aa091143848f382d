/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import dev.naiad.pool.spring.autoconfigure.NaiadProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Has the two pools connect to the embedded server. Its port is known only when it has started, and connection details are for the
 * data source of {@code spring.datasource} alone.
 */
@Component
@Profile("postgres-embedded & two-pools")
class EmbeddedPostgresPools implements BeanPostProcessor {

    private final ObjectProvider<EmbeddedPostgresServer> server;

    EmbeddedPostgresPools(ObjectProvider<EmbeddedPostgresServer> server) {
        this.server = server;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof NaiadProperties properties) {
            EmbeddedPostgresServer started = server.getObject();
            properties.getPools().values().forEach(pool -> {
                pool.setUrl(started.getJdbcUrl());
                pool.setUsername(started.getUsername());
                pool.setPassword(started.getPassword());
            });
        }
        return bean;
    }
}
