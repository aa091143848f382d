/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses a setting that one file, or the environment, has twice: in two spellings, with two values. Spring Boot takes one of them
 * without a word. The same setting in two sources is fine, there the one is above the other.
 */
final class DuplicateSettings implements BeanFactoryPostProcessor {

    private static final String MASK = "***";
    private static final String OF_THE_DRIVER = bare("connection-properties"); // may be secret

    /** Nothing else is shown: it might be a password. */
    private static final List<String> SHOWN = PropertyNames.of(OwnProperties.class).stream()
            .map(DuplicateSettings::bare)
            .filter(name -> !name.equals(OF_THE_DRIVER))
            .toList();

    private final Environment environment;

    DuplicateSettings(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        refuseBelow(NaiadProperties.PREFIX, environment);
    }

    /** @throws DuplicateSettingException for the first that is found */
    static void refuseBelow(String prefix, Environment environment) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
                refuseTwo(variables, environment, letters -> isVariableBelow(prefix, letters));
            } else if (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> properties) {
                refuseTwo(properties, environment, letters -> letters.startsWith(bare(prefix) + "."));
            }
        }
    }

    /** What is an underscore there may have been a dot, so the names of the driver's properties cannot be told from each other. */
    private static boolean isVariableBelow(String prefix, String letters) {
        return letters.startsWith(bare(prefix).replace(".", "")) && !letters.contains(OF_THE_DRIVER);
    }

    private static void refuseTwo(
            EnumerablePropertySource<?> source, Environment environment, Predicate<String> concerned) {
        Map<String, String> seen = new HashMap<>();
        for (String name : source.getPropertyNames()) {
            String other = concerned.test(bare(name)) ? seen.putIfAbsent(bare(name), name) : null;
            if (other != null && !value(other, source, environment).equals(value(name, source, environment))) {
                throw new DuplicateSettingException(
                        described(other, source, environment), described(name, source, environment));
            }
        }
    }

    private static String bare(String name) {
        return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }

    private static String value(String name, EnumerablePropertySource<?> source, Environment environment) {
        return environment.resolvePlaceholders(Objects.toString(source.getProperty(name)));
    }

    private static String described(String name, EnumerablePropertySource<?> source, Environment environment) {
        String letters = bare(name);
        boolean isShown = SHOWN.stream().anyMatch(letters::endsWith) && !letters.contains(OF_THE_DRIVER);
        return "'" + name + "' with the value '" + (isShown ? value(name, source, environment) : MASK) + "' (from "
                + PropertySourceOrigin.get(source, name) + ")";
    }
}
