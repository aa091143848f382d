/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.beans.PropertyDescriptor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.springframework.beans.BeanUtils;

/** The names of the properties that a properties class has, as they are written in files. */
final class PropertyNames {

    private PropertyNames() {}

    /** Those of the class, and of its own nested classes with the name of the group before them; sorted. */
    static List<String> of(Class<?> type) {
        return names(type).sorted().toList();
    }

    private static Stream<String> names(Class<?> type) {
        return Arrays.stream(BeanUtils.getPropertyDescriptors(type))
                .filter(property -> !property.getName().equals("class"))
                .flatMap(property -> isGroup(property)
                        ? names(property.getPropertyType()).map(name -> written(property) + "." + name)
                        : Stream.of(written(property)));
    }

    private static boolean isGroup(PropertyDescriptor property) {
        return property.getPropertyType().getEnclosingClass() == NaiadProperties.class
                && !property.getPropertyType().isEnum();
    }

    private static String written(PropertyDescriptor property) {
        return property.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
