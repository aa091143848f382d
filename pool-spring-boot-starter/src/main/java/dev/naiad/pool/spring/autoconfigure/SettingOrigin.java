package dev.naiad.pool.spring.autoconfigure;

import java.util.Objects;
import java.util.Optional;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/** Finds the place a setting came from: a line of a file, an environment variable. */
final class SettingOrigin {

    private SettingOrigin() {}

    /** " (from ...)", or nothing if the property is not set or its place not known. */
    static String describe(Environment environment, String property) {
        return find(environment, property)
                .map(ConfigurationProperty::getOrigin)
                .map(Origin::toString)
                .map(origin -> " (from " + origin + ")")
                .orElse("");
    }

    static Optional<ConfigurationProperty> find(Environment environment, String property) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
        for (var source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty found = source.getConfigurationProperty(name);
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    /** The value as written, or null. */
    static String valueOf(ConfigurationProperty property) {
        return Objects.toString(property.getValue());
    }
}
