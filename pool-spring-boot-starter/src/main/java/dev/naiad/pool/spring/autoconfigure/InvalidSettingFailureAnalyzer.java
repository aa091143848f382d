package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.InvalidSettingException;
import java.util.Map;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Says which property has a value the pool cannot accept, and where it stands. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidSettingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSettingException> {

    /** The settings of a pool that are not Naiad's in Spring Boot. */
    private static final Map<String, String> OF_BOOT = Map.of(
            "url", "spring.datasource.url",
            "driver_class_name", "spring.datasource.driver-class-name");

    private final Environment environment;

    InvalidSettingFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidSettingException cause) {
        String property =
                OF_BOOT.getOrDefault(cause.setting(), "naiad." + cause.setting().replace('_', '-'));
        // As the user wrote it; the value in the exception is a duration, say, where the user wrote a number.
        String value = OF_BOOT.containsKey(cause.setting())
                ? cause.value()
                : SettingOrigin.find(environment, property)
                        .map(SettingOrigin::valueOf)
                        .orElse(cause.value());
        return new FailureAnalysis(
                "The property '" + property + "' has the value '" + value + "'"
                        + SettingOrigin.describe(environment, property) + ", which the connection pool cannot accept.",
                "Set '" + property + "' to " + cause.allowed() + ".",
                cause);
    }
}
