/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.NaiadDataSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.core.env.Environment;

/**
 * Warns of settings of the pool where nobody reads them: below {@code spring.datasource}, where those of other pools stand, and in
 * places like it. What the application binds to something of its own is left alone.
 */
final class MisplacedSettings implements BeanFactoryPostProcessor {

    private static final Log LOG = LogFactory.getLog(MisplacedSettings.class);

    private static final ConfigurationPropertyName BOOTS = ConfigurationPropertyName.of("spring.datasource");
    private static final List<ConfigurationPropertyName> MISTAKEN = Stream.of("spring.datasource.naiad", "spring.naiad")
            .map(ConfigurationPropertyName::of)
            .toList();

    /** What once was a script there is no schema here. */
    private static final List<String> NOT_OURS = Stream.concat(
                    PropertyNames.of(DataSourceProperties.class).stream(), Stream.of("schema"))
            .toList();

    private static final List<String> OF_ANY_POOL = PropertyNames.of(OwnProperties.class);

    private final Environment environment;

    MisplacedSettings(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        if (!NaiadDataSource.class.getName().equals(environment.getProperty("spring.datasource.type"))) {
            return;
        }
        List<String> misplaced = Stream.concat(
                        MISTAKEN.stream()
                                .flatMap(prefix -> SettingOrigin.below(environment, prefix)
                                        .filter(property -> !isBound(prefix, beanFactory))
                                        .map(property -> described(property, prefix))),
                        SettingOrigin.below(environment, BOOTS)
                                .filter(MisplacedSettings::isOurs)
                                .filter(property -> !isBound(BOOTS, beanFactory))
                                .map(property -> described(property, BOOTS)))
                .toList();
        if (!misplaced.isEmpty()) {
            LOG.warn("The settings of the connection pool stand below 'naiad'; these have no effect. Set instead:"
                    + System.lineSeparator() + "  " + String.join(System.lineSeparator() + "  ", misplaced));
        }
    }

    private static boolean isOurs(ConfigurationProperty property) {
        String first = property.getName().getElement(BOOTS.getNumberOfElements(), Form.DASHED);
        return NOT_OURS.stream().noneMatch(name -> Spelling.isSame(first, name))
                && (OF_ANY_POOL.stream().anyMatch(name -> Spelling.isSame(first, name))
                        || OtherPools.counterpart(first).isPresent());
    }

    /** By anybody but Spring Boot. */
    private static boolean isBound(ConfigurationPropertyName prefix, ConfigurableListableBeanFactory beanFactory) {
        return Arrays.stream(beanFactory.getBeanDefinitionNames())
                .filter(bean -> beanFactory.getType(bean, false) != DataSourceProperties.class)
                .map(bean -> beanFactory.findAnnotationOnBean(bean, ConfigurationProperties.class, false))
                .filter(Objects::nonNull)
                .anyMatch(bound -> bound.prefix().equals(prefix.toString()));
    }

    private static String described(ConfigurationProperty property, ConfigurationPropertyName prefix) {
        String written =
                property.getName().subName(prefix.getNumberOfElements()).toString();
        return SettingOrigin.nameOf(property) + SettingOrigin.describe(property) + " -> "
                + UnknownName.meant(written, NaiadProperties.PREFIX, UnknownPropertyFailureAnalyzer.knownNames())
                        .orElse("there is no such setting");
    }
}
