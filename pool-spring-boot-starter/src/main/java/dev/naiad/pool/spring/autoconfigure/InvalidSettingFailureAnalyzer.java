/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.InvalidSettingException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Says which property has a value the pool cannot accept, and where it stands. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidSettingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSettingException> {

    private final PropertyPrefixes prefixes;
    private final Environment environment;

    InvalidSettingFailureAnalyzer(BeanFactory beanFactory, Environment environment) {
        this.prefixes = new PropertyPrefixes((ListableBeanFactory) beanFactory, environment);
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, InvalidSettingException cause) {
        List<String> places = prefixes.failed(rootFailure).map(prefixes::of).orElse(List.of(NaiadProperties.PREFIX));
        if (places.equals(List.of(NaiadProperties.PREFIX))) {
            switch (cause.setting()) {
                case "url":
                    return ofUrl(cause);
                case "driver_class_name":
                    return ofDriver(cause);
                default: // below naiad
            }
        }
        return places.isEmpty() ? null : refused(places, cause);
    }

    /** What was set in code is left to the stack trace, which says where. */
    private @Nullable FailureAnalysis refused(List<String> places, InvalidSettingException cause) {
        List<String> properties = places.stream()
                .map(prefix -> prefix + "." + cause.setting().replace('_', '-'))
                .toList();
        String property = properties.stream()
                .filter(name -> SettingOrigin.find(environment, name).isPresent())
                .findFirst()
                .orElse(null);
        if (property != null) {
            return refused(property, cause);
        }
        return cause.value().equals("null")
                ? new FailureAnalysis(
                        "The property '" + properties.get(0)
                                + "' is not set, and the connection pool cannot do without it.",
                        "Set '" + properties.get(0) + "' to " + cause.allowed() + ".",
                        cause)
                : null;
    }

    private FailureAnalysis refused(String property, InvalidSettingException cause) {
        // As the user wrote it; the value in the exception is a duration, say, where the user wrote a number. URLs have
        // secrets.
        String value = cause.setting().equals("url")
                ? cause.value()
                : SettingOrigin.value(environment, property).orElse(cause.value());
        return new FailureAnalysis(
                "The property '" + property + "' has the value '" + value + "'"
                        + SettingOrigin.describe(environment, property) + ", which the connection pool cannot accept.",
                "Set '" + property + "' to " + cause.allowed() + ".",
                cause);
    }

    private FailureAnalysis ofUrl(InvalidSettingException cause) {
        return new FailureAnalysis(
                "The property '" + JdbcUrl.PROPERTY + "' has the value '" + cause.value() + "'"
                        + SettingOrigin.describe(environment, JdbcUrl.PROPERTY)
                        + ", which the connection pool cannot accept.",
                "Set '" + JdbcUrl.PROPERTY + "' to " + cause.allowed() + ".",
                cause);
    }

    /** If the user did not name a driver, Spring Boot chose one by the URL, and it is the URL or a dependency that is amiss. */
    private FailureAnalysis ofDriver(InvalidSettingException cause) {
        String property = DriverClassFailureAnalyzer.PROPERTY;
        if (!environment.containsProperty(property)) {
            return JdbcUrl.of(environment).withoutDriver(cause);
        }
        return new FailureAnalysis(
                "The property '" + property + "' has the value '" + cause.value() + "'"
                        + SettingOrigin.describe(environment, property) + ", which the connection pool cannot accept.",
                "Remove the property, for the driver is found by '" + JdbcUrl.PROPERTY + "'; or set it to "
                        + cause.allowed() + ".",
                cause);
    }
}
