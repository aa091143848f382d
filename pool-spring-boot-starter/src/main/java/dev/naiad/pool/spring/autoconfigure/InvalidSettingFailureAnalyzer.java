/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.InvalidSettingException;
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
        return switch (cause.setting()) {
            case "url" -> ofUrl(cause);
            case "driver_class_name" -> ofDriver(cause);
            default -> ofPool(cause);
        };
    }

    private FailureAnalysis ofPool(InvalidSettingException cause) {
        String property = "naiad." + cause.setting().replace('_', '-');
        // As the user wrote it; the value in the exception is a duration, say, where the user wrote a number.
        String value = SettingOrigin.value(environment, property).orElse(cause.value());
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
