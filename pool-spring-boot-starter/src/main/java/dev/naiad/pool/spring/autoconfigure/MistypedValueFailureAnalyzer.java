/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;

/** Says what kind of value a property under {@code naiad} takes when it has one of another kind. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class MistypedValueFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("naiad");

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        ConfigurationProperty property = cause.getProperty();
        if (property == null || !PREFIX.isAncestorOf(property.getName())) {
            return null;
        }
        // With placeholders resolved, if it got that far.
        Object value =
                cause.getCause() instanceof ConversionFailedException failed ? failed.getValue() : property.getValue();
        String kind = kindOf(cause.getTarget().getType().resolve(Object.class));
        return new FailureAnalysis(
                "The property '" + cause.getName() + "' has the value '" + value + "'"
                        + SettingOrigin.describe(property) + ", which is not " + kind + ".",
                "Set '" + cause.getName() + "' to " + kind + ".",
                cause);
    }

    private static String kindOf(Class<?> type) {
        if (type == Duration.class) {
            return "a number of seconds, such as 30, or a duration with a unit, such as 500ms, 30s or 10m";
        }
        if (type == Integer.class || type == int.class) {
            return "a whole number";
        }
        if (type == Double.class) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        return "a " + type.getSimpleName();
    }
}
