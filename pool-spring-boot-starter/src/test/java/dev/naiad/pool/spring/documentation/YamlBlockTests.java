/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.Applications;
import dev.naiad.pool.spring.autoconfigure.NaiadAutoConfiguration;
import dev.naiad.pool.spring.documentation.Documentation.Block;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.yaml.snakeyaml.Yaml;

/** What the documentation has in YAML configures an application, or is a manifest whose environment does. */
class YamlBlockTests {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Z_]+)}");

    private static final String OWN = "app.archive.";

    static List<Block> configurations() {
        return Documentation.blocks("yaml").filter(block -> !isManifest(block)).toList();
    }

    static List<Block> manifests() {
        return Documentation.blocks("yaml").filter(YamlBlockTests::isManifest).toList();
    }

    private static boolean isManifest(Block block) {
        return block.text().contains("apiVersion:");
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void configurationStartsAnApplication(Block block, @TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("application.yml"), withSecrets(block.text(), directory));
        List<String> arguments = new ArrayList<>(List.of("spring.config.location=" + file.toUri()));
        placeholders(block).forEach(name -> arguments.add(name + "=some"));
        if (!block.text().contains("datasource:")) {
            arguments.add(Applications.newDatabase());
        }

        try (var context = start(arguments)) {
            assertThat(context.getBeansOfType(javax.sql.DataSource.class).values())
                    .isNotEmpty()
                    .allSatisfy(source -> assertThat(
                                    source.unwrap(NaiadDataSource.class).pool())
                            .isNotNull());
        }
    }

    /** Connections are opened when they are asked for, and nobody asks: so it does not matter where the URL leads. */
    private static ConfigurableApplicationContext start(List<String> arguments) {
        SpringApplication application = new SpringApplication(NothingElse.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run(
                arguments.stream().map(argument -> "--" + argument).toArray(String[]::new));
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({NaiadAutoConfiguration.class, DataSourceAutoConfiguration.class})
    static class NothingElse {}

    /** The directory of a mounted secret, wherever it is said to be. */
    private static String withSecrets(String text, Path directory) throws IOException {
        Files.writeString(directory.resolve("username"), "shop");
        Files.writeString(directory.resolve("password"), "secret");
        return text.replaceAll("/etc/secrets/[a-z]+", directory.toString());
    }

    private static Stream<String> placeholders(Block block) {
        return PLACEHOLDER
                .matcher(block.text())
                .results()
                .map((MatchResult found) -> found.group(1))
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void propertiesAreKnown(Block block) throws IOException {
        assertThat(names(block))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(isKnown(name))
                        .as("%s in %s is a property", name, block)
                        .isTrue());
    }

    private static List<ConfigurationPropertyName> names(Block block) throws IOException {
        List<ConfigurationPropertyName> names = new ArrayList<>();
        for (PropertySource<?> document : new YamlPropertySourceLoader()
                .load("block", new ByteArrayResource(block.text().getBytes(StandardCharsets.UTF_8)))) {
            for (String name : ((EnumerablePropertySource<?>) document).getPropertyNames()) {
                names.add(ConfigurationPropertyName.adapt(name, '.'));
            }
        }
        return names;
    }

    private static boolean isKnown(ConfigurationPropertyName name) {
        String uniform = uniform(name.toString());
        return isKnown(uniform)
                || uniform.startsWith(OWN) // a data source of the application's, bound to what it likes
                        && Stream.of("naiad.", "spring.datasource.")
                                .anyMatch(prefix -> isKnown(uniform.replace(OWN, prefix)));
    }

    private static boolean isKnown(String uniform) {
        return Metadata.TYPES.entrySet().stream()
                .anyMatch(property -> uniform.equals(property.getKey())
                        || property.getValue().startsWith("java.util.Map")
                                && uniform.startsWith(property.getKey() + "."));
    }

    private static String uniform(String name) {
        return name.replace("-", "").replaceAll("\\[\\d+]$", "");
    }

    /** Of all jars on the class path: the properties and their types. */
    private static final class Metadata {

        static final Map<String, String> TYPES = read();

        private static Map<String, String> read() {
            Map<String, String> types = new HashMap<>();
            try {
                ClassLoader loader = Metadata.class.getClassLoader();
                for (URL file : Collections.list(loader.getResources("META-INF/spring-configuration-metadata.json"))) {
                    try (InputStream in = file.openStream()) {
                        List<Map<String, Object>> properties =
                                JsonPath.parse(in).read("$.properties[*]");
                        properties.forEach(property -> types.put(
                                uniform(String.valueOf(property.get("name"))), String.valueOf(property.get("type"))));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return types;
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void environmentOfAManifestConfiguresAnApplication(Block block, @TempDir Path directory) throws IOException {
        Map<String, String> environment = new LinkedHashMap<>();
        for (Object document : new Yaml().loadAll(withSecrets(block.text(), directory))) {
            collect(document, environment);
        }
        // As an environment would have it: capitals and underscores only.
        List<String> settings = environment.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("NAIAD_"))
                .map(entry -> entry.getKey().toLowerCase(Locale.ROOT).replaceFirst("_", ".") + "=" + entry.getValue())
                .collect(Collectors.toCollection(ArrayList::new));

        settings.add(Applications.newDatabase());

        try (var context = start(settings)) {
            assertThat(context.getBean(NaiadDataSource.class).pool()).isNotNull();
        }
    }

    private static void collect(Object node, Map<String, String> environment) {
        if (node instanceof Map<?, ?> map) {
            if (map.containsKey("name") && map.containsKey("value")) {
                environment.put(String.valueOf(map.get("name")), String.valueOf(map.get("value")));
            }
            map.values().forEach(value -> collect(value, environment));
        } else if (node instanceof List<?> list) {
            list.forEach(value -> collect(value, environment));
        }
    }

    @Test
    void thereAreBlocksOfBothKinds() {
        assertThat(configurations()).hasSizeGreaterThan(3);
        assertThat(manifests()).isNotEmpty();
    }
}
