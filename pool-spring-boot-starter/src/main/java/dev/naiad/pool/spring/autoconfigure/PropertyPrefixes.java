/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.core.env.Environment;

/** Where the properties of data sources stand. */
record PropertyPrefixes(ListableBeanFactory beanFactory, Environment environment) {

    /** The nearer first; none for a data source that gets its settings in code only. */
    List<String> of(String beanName) {
        List<String> prefixes = new ArrayList<>();
        String own = ownOf(beanName);
        if (own != null) {
            prefixes.add(own);
        }
        String pool = NamedPools.poolNameOf(beanName);
        if (beanName.equals(NaiadDataSourcePostProcessor.AUTO_CONFIGURED)) {
            prefixes.add(NaiadProperties.PREFIX);
        } else if (beanName.equals(NamedPools.beanNameOf(pool))
                && NamedPoolsRegistrar.bind(environment).containsKey(pool)) {
            prefixes.add(NamedPools.PREFIX + "." + pool);
            prefixes.add(NaiadProperties.PREFIX);
        }
        return prefixes;
    }

    /** What the application has bound the data source to; null if it has not. */
    @Nullable
    OwnBinding bindingOf(String beanName) {
        String own = ownOf(beanName);
        return own == null ? null : OwnBinding.of(own, environment);
    }

    private @Nullable String ownOf(String beanName) {
        if (!beanFactory.containsBean(beanName)) {
            return null;
        }
        ConfigurationProperties bound =
                beanFactory.findAnnotationOnBean(beanName, ConfigurationProperties.class, false);
        return bound == null || bound.prefix().isEmpty() ? null : bound.prefix();
    }

    /** The bean name of the data source that could not be made, if that is what failed. */
    Optional<String> failed(Throwable failure) {
        Optional<String> innermost = Optional.empty(); // one may be made of others
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BeanCreationException creation && isDataSource(creation.getBeanName())) {
                innermost = Optional.ofNullable(creation.getBeanName());
            }
        }
        return innermost;
    }

    private boolean isDataSource(@Nullable String beanName) {
        if (beanName == null || !beanFactory.containsBean(beanName)) {
            return false;
        }
        Class<?> type = beanFactory.getType(beanName, false);
        return type != null && DataSource.class.isAssignableFrom(type);
    }
}
