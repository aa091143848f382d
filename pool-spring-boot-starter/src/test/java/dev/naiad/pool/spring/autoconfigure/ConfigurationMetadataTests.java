/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import dev.naiad.pool.PoolConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.convert.DurationStyle;

/** What editors offer for the properties: of this module's files, not those of other jars. */
class ConfigurationMetadataTests {

    private static final List<String> WITHOUT_DEFAULT = List.of(
            "naiad.name",
            "naiad.connection-properties",
            "naiad.pools",
            "naiad.auto-commit",
            "naiad.catalog",
            "naiad.credentials-directory",
            "naiad.init-sql",
            "naiad.read-only",
            "naiad.schema",
            "naiad.transaction-isolation");

    private final DocumentContext generated = read("META-INF/spring-configuration-metadata.json");
    private final DocumentContext additional = read("META-INF/additional-spring-configuration-metadata.json");

    @Test
    void namesEveryPropertyAndNoOther() {
        assertThat(names(generated, "$.properties[?(@.name =~ /naiad.*/)].name"))
                .containsExactlyInAnyOrderElementsOf(properties());
    }

    @Test
    void describesEveryProperty() {
        List<Map<String, Object>> all = generated.read("$.properties[?(@.name =~ /naiad.*/)]");
        assertThat(all).isNotEmpty().allSatisfy(property -> {
            assertThat((String) property.get("description"))
                    .isNotBlank()
                    .endsWith(".")
                    .doesNotStartWith("The ");
            if (!WITHOUT_DEFAULT.contains(property.get("name"))) {
                assertThat(property.get("defaultValue")).isNotNull();
            }
            if (property.get("type").equals("java.time.Duration")) {
                assertThat((String) property.get("description"))
                        .endsWith("If a duration suffix is not specified, seconds will be used.");
            }
        });
    }

    @ParameterizedTest
    @MethodSource("settings")
    void defaultsAreTheRealOnes(PoolSetting<?> setting) {
        List<Object> written = generated.read("$.properties[?(@.name=='naiad." + setting.name() + "')].defaultValue");
        Object real = setting.shownFor(PoolConfig.builder().build());
        assertThat(written.stream().map(value -> asShown(setting, value)))
                .isEqualTo(real == null || real.equals(Map.of()) ? List.of() : List.of(real));
    }

    static List<PoolSetting<?>> settings() {
        return PoolSetting.ALL;
    }

    /** In a file, a duration may be a number of seconds. */
    private static Object asShown(PoolSetting<?> setting, Object value) {
        boolean isDuration =
                setting.shownFor(PoolConfig.builder().build()) instanceof String shown && shown.startsWith("pt");
        return isDuration
                ? DurationStyle.detectAndParse((String) value, ChronoUnit.SECONDS)
                        .toString()
                        .toLowerCase(Locale.ROOT)
                : value;
    }

    @Test
    void healthComponentsCanBeSwitchedOffByPropertiesThatEditorsKnow() {
        assertThat(names(generated, "$.properties[?(@.name =~ /management\\.health.*/)].name"))
                .containsExactlyInAnyOrder(
                        "management.health.pools.enabled", "management.health.poolsreadiness.enabled");
    }

    @Test
    void hintsAreForPropertiesThatExistAndAreMerged() {
        assertThat(properties()).containsAll(names(additional, "$.hints[*].name"));
        assertThat(names(generated, "$.hints[*].name"))
                .containsExactlyInAnyOrderElementsOf(names(additional, "$.hints[*].name"));
    }

    private static List<String> properties() {
        return UnknownPropertyFailureAnalyzer.knownNames().stream()
                .map(name -> "naiad." + name)
                .toList();
    }

    private static List<String> names(DocumentContext document, String path) {
        return document.read(path);
    }

    private static DocumentContext read(String path) {
        try {
            URI classes = NaiadProperties.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            try (InputStream file = classes.resolve(path).toURL().openStream()) {
                return JsonPath.parse(file);
            }
        } catch (IOException | java.net.URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
