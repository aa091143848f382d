/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Names the property that was meant when one under {@code naiad} does not exist. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnknownPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("naiad");
    private static final ConfigurationPropertyName NAMED = ConfigurationPropertyName.of(NamedPools.PREFIX);

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
        List<ConfigurationProperty> unknown = cause.getUnboundProperties().stream()
                .filter(property -> PREFIX.isAncestorOf(property.getName()))
                .toList();
        if (unknown.isEmpty()) {
            return null;
        }
        String description = unknown.stream()
                .map(UnknownPropertyFailureAnalyzer::describe)
                .collect(Collectors.joining(System.lineSeparator()));
        return new FailureAnalysis(
                description,
                "Correct or remove it. The properties of the connection pool are: "
                        + knownNames().stream().map(name -> "naiad." + name).collect(Collectors.joining(", ")) + ".",
                cause);
    }

    private static String describe(ConfigurationProperty property) {
        ConfigurationPropertyName name = property.getName();
        boolean ofNamedPool = NAMED.isAncestorOf(name) && name.getNumberOfElements() > NAMED.getNumberOfElements() + 1;
        ConfigurationPropertyName prefix = ofNamedPool ? name.chop(NAMED.getNumberOfElements() + 1) : PREFIX;
        List<String> known = ofNamedPool ? PropertyNames.of(NaiadProperties.NamedPool.class) : knownNames();
        return new UnknownName(property, prefix, known).described();
    }

    static List<String> knownNames() {
        return PropertyNames.of(NaiadProperties.class);
    }
}
