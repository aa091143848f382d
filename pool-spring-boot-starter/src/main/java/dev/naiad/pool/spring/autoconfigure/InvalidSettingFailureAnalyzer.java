/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.InvalidSettingException;
import java.util.Optional;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Says which property has a value the pool cannot accept, and where it stands. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidSettingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSettingException> {

    private final Environment environment;

    InvalidSettingFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidSettingException cause) {
        Optional<String> named = NamedPools.failed(rootFailure, environment);
        if (named.isPresent()) {
            return ofNamedPool(NamedPools.PREFIX + "." + named.get() + ".", cause);
        }
        return switch (cause.setting()) {
            case "url" -> ofUrl(cause);
            case "driver_class_name" -> ofDriver(cause);
            default -> refused("naiad." + propertyOf(cause), cause);
        };
    }

    /** It may have the setting from those of all pools. */
    private FailureAnalysis ofNamedPool(String prefix, InvalidSettingException cause) {
        String own = prefix + propertyOf(cause);
        String shared = "naiad." + propertyOf(cause);
        boolean inherited = SettingOrigin.find(environment, own).isEmpty()
                && SettingOrigin.find(environment, shared).isPresent();
        return refused(inherited ? shared : own, cause);
    }

    private static String propertyOf(InvalidSettingException cause) {
        return cause.setting().replace('_', '-');
    }

    private FailureAnalysis refused(String property, InvalidSettingException cause) {
        if (cause.value().equals("null") && !environment.containsProperty(property)) {
            return new FailureAnalysis(
                    "The property '" + property + "' is not set, and the connection pool cannot do without it.",
                    "Set '" + property + "' to " + cause.allowed() + ".",
                    cause);
        }
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
