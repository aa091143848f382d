/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.core.env.Environment;

/**
 * What an application has bound a data source of its own to. Spring Boot finds few setters on the data source; the settings are bound
 * here, as they are below {@code naiad}.
 *
 * @param properties null if nothing is set
 * @param unknown what stands there and is no setting, a sentence for each
 */
record OwnBinding(String prefix, @Nullable OwnProperties properties, List<String> unknown) {

    private static final Log LOG = LogFactory.getLog(OwnBinding.class);
    private static final ConfigurationPropertyName NAIAD = ConfigurationPropertyName.of(NaiadProperties.PREFIX);

    /** With those that Spring Boot binds. */
    private static final List<String> KNOWN = Stream.concat(
                    PropertyNames.of(OwnProperties.class).stream(),
                    Stream.of("url", "username", "password", "driver-class-name"))
            .toList();

    /** The prefix may be that of the connection, too. */
    private static final List<String> BOOTS = PropertyNames.of(DataSourceProperties.class);

    static OwnBinding of(String prefix, Environment environment) {
        DuplicateSettings.refuseBelow(prefix, environment);
        ConfigurationPropertyName name = ConfigurationPropertyName.of(prefix);
        OwnProperties properties = Binder.get(environment)
                .bind(name, Bindable.of(OwnProperties.class).withSuppliedValue(OwnProperties::new))
                .orElse(null);
        return new OwnBinding(prefix, properties, unknownBelow(name, environment));
    }

    private static List<String> unknownBelow(ConfigurationPropertyName prefix, Environment environment) {
        if (NAIAD.equals(prefix) || NAIAD.isAncestorOf(prefix)) {
            return List.of(); // there they end the start
        }
        return SettingOrigin.below(environment, prefix)
                .filter(property -> isForTheBean(property.getName(), prefix))
                .map(property -> new UnknownName(property, prefix, KNOWN).described())
                .toList();
    }

    /** Says what has no effect. */
    void warnOfUnknown(String beanName) {
        if (!unknown.isEmpty()) {
            LOG.warn("The data source '" + beanName + "' is bound to '" + prefix
                    + "', but not all that stands there is a"
                    + " setting:" + System.lineSeparator() + "  "
                    + String.join(System.lineSeparator() + "  ", unknown));
        }
    }

    /** @throws IllegalStateException if anything is set */
    void refuseAfterStart(String beanName) {
        if (properties != null) {
            throw new IllegalStateException("What is set below '" + prefix + "' comes too late for the data source '"
                    + beanName + "': its pool has been made. Make the data source by new NaiadDataSource() or by"
                    + " DataSourceBuilder, which leave that for later; or remove @ConfigurationProperties.");
        }
    }

    /** What is in a group may be for somebody else. */
    private static boolean isForTheBean(ConfigurationPropertyName name, ConfigurationPropertyName prefix) {
        int depth = prefix.getNumberOfElements();
        String first = name.getElement(depth, Form.DASHED);
        return Stream.of(KNOWN, BOOTS).flatMap(List::stream).noneMatch(known -> Spelling.isSame(first, known))
                && (name.getNumberOfElements() == depth + 1
                        || OtherPools.counterpart(first).isPresent());
    }
}
