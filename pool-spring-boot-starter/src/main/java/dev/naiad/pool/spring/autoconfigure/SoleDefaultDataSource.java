/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Makes the data source beside named pools the primary one, if all others are for those who ask for them by name. It is injected as
 * before; but Spring Boot's test databases look for a primary one among all, and replace none if there is none, which would leave
 * tests to the real database.
 */
final class SoleDefaultDataSource implements BeanDefinitionRegistryPostProcessor, Ordered {

    private final Environment environment;

    SoleDefaultDataSource(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        if (registry instanceof ConfigurableListableBeanFactory beans
                && !NamedPoolsRegistrar.bind(environment).isEmpty()) {
            List<AbstractBeanDefinition> candidates = Arrays.stream(
                            beans.getBeanNamesForType(DataSource.class, true, false))
                    .filter(registry::containsBeanDefinition)
                    .map(registry::getBeanDefinition)
                    .map(AbstractBeanDefinition.class::cast)
                    .filter(AbstractBeanDefinition::isDefaultCandidate)
                    .toList();
            if (candidates.size() == 1) {
                candidates.get(0).setPrimary(true);
            }
        }
    }

    /** Before that of the test databases, which has no order. */
    @Override
    public int getOrder() {
        return 0;
    }
}
