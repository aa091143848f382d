/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Warns of environment variables whose underscores Spring Boot takes for dots: in the name of a pool or of the driver's properties, or
 * in one part of a name but not in the other.
 */
final class UnreadVariables implements BeanFactoryPostProcessor {

    private static final Log LOG = LogFactory.getLog(UnreadVariables.class);

    private static final String OF_A_POOL = "NAIAD_POOLS_";
    private static final String OF_THE_DRIVER = "NAIAD_CONNECTION_PROPERTIES_";

    private final Environment environment;

    UnreadVariables(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        List<ConfigurationPropertyName> settings = settings();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
                Arrays.stream(variables.getPropertyNames())
                        .sorted()
                        .forEach(variable -> advice(variable, source, settings)
                                .ifPresent(advice ->
                                        LOG.warn("The environment variable " + variable + " is not read. " + advice)));
            }
        }
    }

    /** Those of all pools there are. */
    private List<ConfigurationPropertyName> settings() {
        Stream<String> general = UnknownPropertyFailureAnalyzer.knownNames().stream()
                .map(setting -> NaiadProperties.PREFIX + "." + setting);
        Stream<String> named = NamedPoolsRegistrar.bind(environment).keySet().stream()
                .flatMap(pool -> PropertyNames.of(NaiadProperties.NamedPool.class).stream()
                        .map(setting -> NamedPools.PREFIX + "." + pool + "." + setting));
        return Stream.concat(general, named)
                .map(name -> ConfigurationPropertyName.adapt(name, '.'))
                .toList();
    }

    private static Optional<String> advice(
            String variable, ConfigurationPropertySource source, List<ConfigurationPropertyName> settings) {
        Optional<ConfigurationPropertyName> meant = settings.stream()
                .filter(setting -> letters(setting.toString()).equals(letters(variable)))
                .findFirst();
        if (meant.isPresent()) {
            return meant.filter(setting -> source.getConfigurationProperty(setting) == null)
                    .map(setting -> "Call it " + UnreadVariables.variable(setting) + ".");
        }
        if (variable.startsWith(OF_THE_DRIVER)) {
            return Optional.of(
                    "Call it NAIAD_CONNECTIONPROPERTIES_" + variable.substring(OF_THE_DRIVER.length()) + ".");
        }
        return variable.startsWith(OF_A_POOL) && !letters(variable).contains(letters("connection-properties"))
                ? Optional.of(
                        "There is no such setting of a pool that is known. For a pool 'my-pool', which only variables"
                                + " know, call it NAIAD_POOLS_MYPOOL_URL.")
                : Optional.empty();
    }

    private static String variable(ConfigurationPropertyName setting) {
        return setting.toString().replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private static String letters(String name) {
        return name.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
    }
}
