/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * A property that was not bound.
 *
 * @param prefix below which it stands
 * @param known the names that may stand there
 */
record UnknownName(ConfigurationProperty property, ConfigurationPropertyName prefix, List<String> known) {

    /** One or two sentences, with its place and what was probably meant. */
    String described() {
        String written =
                property.getName().subName(prefix.getNumberOfElements()).toString();
        String quoted = "'" + SettingOrigin.nameOf(property) + "'" + SettingOrigin.describe(property);
        if (known.stream().anyMatch(one -> Spelling.isSame(written, one))) {
            return "The property " + quoted + " has no value."; // what is empty is not bound
        }
        String text = "There is no property " + quoted + ".";
        return meant(written, prefix.toString(), known)
                .map(meant -> text + " Did you mean '" + meant + "'?")
                .orElse(text);
    }

    /**
     * The property that was probably meant by a name; if it is one that is known, that. A name of another pool's says more than a
     * resemblance, which may lead astray.
     */
    static Optional<String> meant(String written, String prefix, List<String> known) {
        int dot = (written + ".").indexOf('.');
        String first = written.substring(0, dot);
        String entry = written.substring(dot);
        return known.stream()
                .filter(name -> Spelling.isSame(first, name))
                .findFirst()
                .or(() -> OtherPools.counterpart(first))
                .map(name -> (known.contains(name) ? prefix + "." : "spring.datasource.") + name + entry)
                .or(() -> Spelling.nearest(written, known).map(name -> prefix + "." + name));
    }
}
