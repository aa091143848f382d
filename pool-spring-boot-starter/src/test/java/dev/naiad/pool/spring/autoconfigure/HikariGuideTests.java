/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import dev.naiad.pool.spring.documentation.Documentation;
import java.beans.Introspector;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide for those who come from HikariCP knows all its properties, and says of each what the starter does with it. */
class HikariGuideTests {

    private static final Path GUIDE = Documentation.ROOT.resolve("docs/from-hikaricp.md");
    private static final Set<Class<?>> TEXTUAL =
            Set.of(String.class, long.class, int.class, boolean.class, Properties.class);

    private static Stream<String> properties(Predicate<Class<?>> type) {
        return Arrays.stream(HikariConfig.class.getMethods())
                .filter(method -> method.getName().startsWith("set") && method.getParameterCount() == 1)
                .filter(method -> type.test(method.getParameterTypes()[0]))
                .map(Method::getName)
                .map(name -> Introspector.decapitalize(name.substring("set".length())))
                .distinct();
    }

    private static List<List<String>> rows() {
        return Documentation.table(GUIDE, "## Every property");
    }

    @Test
    void everyPropertyHasARowAndNoOtherHas() {
        assertThat(rows())
                .extracting(row -> row.get(0))
                .containsExactlyElementsOf(properties(type -> true).sorted().toList());
    }

    @Test
    void rowsSayWhatTheStarterTakesOver() {
        assertThat(rows()).isNotEmpty().allSatisfy(row -> {
            boolean isMapped = HikariProperty.of(row.get(0))
                    .filter(HikariProperty::isMapped)
                    .isPresent();
            assertThat(row.get(2)).as("%s", row).isEqualTo(isMapped ? "yes" : "");
            if (isMapped) {
                assertThat(row.get(1))
                        .isEqualTo(HikariProperty.of(row.get(0)).orElseThrow().counterpart());
            }
        });
    }

    @Test
    void whateverCanBeWrittenInAConfigurationIsKnownToTheStarter() {
        assertThat(properties(TEXTUAL::contains))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(HikariProperty.of(name)).as(name).isPresent());
    }
}
