/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What editors offer for the properties: of this module's files, not those of other jars. */
class ConfigurationMetadataTests {

    private final DocumentContext generated = read("META-INF/spring-configuration-metadata.json");
    private final DocumentContext additional = read("META-INF/additional-spring-configuration-metadata.json");

    @Test
    void namesEveryPropertyAndNoOther() {
        assertThat(names(generated, "$.properties[*].name")).containsExactlyInAnyOrderElementsOf(properties());
    }

    @Test
    void describesEveryProperty() {
        List<Map<String, Object>> all = generated.read("$.properties");
        assertThat(all).allSatisfy(property -> {
            assertThat((String) property.get("description"))
                    .isNotBlank()
                    .endsWith(".")
                    .doesNotStartWith("The ");
            if (!property.get("name").equals("naiad.name")) { // depends on other names
                assertThat(property.get("defaultValue")).isNotNull();
            }
            if (property.get("type").equals("java.time.Duration")) {
                assertThat((String) property.get("description"))
                        .endsWith("If a duration suffix is not specified, seconds will be used.");
            }
        });
    }

    @Test
    void defaultsAreTheRealOnes() {
        List<Map<String, Object>> all = generated.read("$.properties");
        assertThat(all)
                .extracting(property -> property.get("name") + "=" + property.get("defaultValue"))
                .containsExactlyInAnyOrder(
                        "naiad.enabled=true",
                        "naiad.name=null",
                        "naiad.pool-size=5",
                        "naiad.max-overflow=10",
                        "naiad.recycle=-1",
                        "naiad.timeout=30",
                        "naiad.reset-on-return=rollback");
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
