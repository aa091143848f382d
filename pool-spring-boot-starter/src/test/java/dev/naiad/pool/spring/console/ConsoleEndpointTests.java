/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.spring.Applications;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.MimeType;

class ConsoleEndpointTests {

    private static final String EXPOSED = "management.endpoints.web.exposure.include=naiad,pools";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static ConfigurableApplicationContext run(String... properties) {
        return Applications.run(Applications.withDatabase(Stream.concat(
                        Stream.of("spring.main.web-application-type=servlet", "server.port=0"),
                        Arrays.stream(properties))
                .toArray(String[]::new)));
    }

    private static URI home(ConfigurableApplicationContext context, String property, String path) {
        return URI.create("http://localhost:" + context.getEnvironment().getRequiredProperty(property) + path);
    }

    private static HttpResponse<String> send(String method, URI address) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(address)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** What the page loads, as a browser resolves it. */
    private static List<URI> links(URI page, String html) {
        return Pattern.compile("(?:href|src)=\"([^#\"][^\"]*)\"")
                .matcher(html)
                .results()
                .map(link -> page.resolve(link.group(1)))
                .distinct()
                .toList();
    }

    private static String meta(String html, String name) {
        return Pattern.compile("<meta name=\"naiad-" + name + "\" content=\"([^\"]*)\">")
                .matcher(html)
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow();
    }

    private static void worksAt(URI page) throws Exception {
        HttpResponse<String> response = send("GET", page);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type ->
                        assertThat(MimeType.valueOf(type)).isEqualTo(MimeType.valueOf("text/html;charset=UTF-8")));
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-cache");
        assertThat(links(page, response.body())).hasSize(3).allSatisfy(link -> {
            HttpResponse<String> file = send("GET", link);
            assertThat(file.headers().firstValue("Cache-Control")).hasValue("private, max-age=31536000, immutable");
            assertThat(file.statusCode()).isEqualTo(200);
            assertThat(file.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type)
                            .startsWith(
                                    link.getPath().endsWith(".js")
                                            ? "text/javascript"
                                            : link.getPath().endsWith(".css") ? "text/css" : "image/svg+xml"));
            assertThat(send("HEAD", link).statusCode()).isEqualTo(200);
            if (link.getPath().endsWith(".js")) {
                for (MatchResult module : Pattern.compile("from \"([^\"]+)\"")
                        .matcher(file.body())
                        .results()
                        .toList()) {
                    assertThat(send("GET", link.resolve(module.group(1))).statusCode())
                            .as(module.group())
                            .isEqualTo(200);
                }
            }
        });
        assertThat(send("GET", page.resolve(meta(response.body(), "pools"))).body())
                .startsWith("{\"dataSource\":");
        assertThat(send("HEAD", page).statusCode()).isEqualTo(200);
    }

    @Test
    void isOffUnlessExposed() throws Exception {
        try (var context = run("management.endpoints.web.exposure.include=pools")) {
            assertThat(context.getBeansOfType(ConsoleEndpoint.class)).isEmpty();
            assertThat(send("GET", home(context, "local.server.port", "/actuator/naiad"))
                            .statusCode())
                    .isEqualTo(404);
        }
        try (var context = run(EXPOSED, "management.endpoint.naiad.access=none")) {
            assertThat(context.getBeansOfType(ConsoleEndpoint.class)).isEmpty();
        }
    }

    @Test
    void worksWhereEndpointsAre() throws Exception {
        try (var context = run(EXPOSED)) {
            worksAt(home(context, "local.server.port", "/actuator/naiad"));
        }
    }

    @Test
    void worksBehindContextPathBasePathAndOtherPathsOfEndpoints() throws Exception {
        try (var context = run(
                EXPOSED,
                "server.servlet.context-path=/shop",
                "management.endpoints.web.base-path=/manage",
                "management.endpoints.web.path-mapping.naiad=tools/console",
                "management.endpoints.web.path-mapping.pools=db/pools")) {
            worksAt(home(context, "local.server.port", "/shop/manage/tools/console"));
        }
    }

    @Test
    void worksOnTheManagementPort() throws Exception {
        try (var context = run(EXPOSED, "management.server.port=0", "management.endpoints.web.base-path=/")) {
            worksAt(home(context, "local.management.port", "/naiad"));
            assertThat(send("GET", home(context, "local.server.port", "/naiad")).statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void knowsWhatMayBeDone() throws Exception {
        try (var context = run(EXPOSED)) {
            assertThat(meta(page(context), "writable")).isEqualTo("false");
        }
        try (var context = run(EXPOSED, "management.endpoint.pools.access=unrestricted")) {
            assertThat(meta(page(context), "writable")).isEqualTo("true");
        }
        try (var context = run("management.endpoints.web.exposure.include=naiad")) {
            assertThat(meta(page(context), "pools")).isEmpty();
            assertThat(meta(page(context), "writable")).isEqualTo("false");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat-embed-core", "spring-security-web", "tomcat-embed-core|spring-security"})
    void doesWithoutServletsAndWithoutSpringSecurity(String absent) throws Exception {
        URL[] rest = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(Pattern.compile(absent).asPredicate().negate())
                .map(entry -> {
                    try {
                        return Path.of(entry).toUri().toURL();
                    } catch (MalformedURLException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(rest, ClassLoader.getPlatformClassLoader())) {
            Class<?> supplier = loader.loadClass(WebEndpointsSupplier.class.getName());
            Object nothing =
                    Proxy.newProxyInstance(loader, new Class<?>[] {supplier}, (proxy, method, arguments) -> List.of());
            Class<?> type = loader.loadClass(ConsoleEndpoint.class.getName());
            Object endpoint = type.getConstructor(Supplier.class).newInstance((Supplier<Object>) () -> nothing);
            Object page = type.getMethod("page").invoke(endpoint);
            assertThat(page.getClass().getMethod("getStatus").invoke(page)).isEqualTo(200);
            Method token = loader.loadClass(ServletExchange.class.getName()).getDeclaredMethod("forgeryToken");
            token.setAccessible(true);
            assertThat(token.invoke(null)).isEqualTo(Optional.empty());
        }
    }

    @Test
    void hasNoTokenWhereNoneIsWanted() throws Exception {
        try (var context = run(EXPOSED, "management.endpoint.pools.access=unrestricted")) {
            assertThat(meta(page(context), "token-header")).isEmpty();
            assertThat(meta(page(context), "token")).isEmpty();
        }
    }

    private static String page(ConfigurableApplicationContext context) throws IOException, InterruptedException {
        return send("GET", home(context, "local.server.port", "/actuator/naiad"))
                .body();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing.js",
                "/index.html",
                "/../index.html",
                "/%2e%2e/console/console.js",
                "/..%2f..%2fspring.factories",
                "/../../naiad/grafana-dashboard.json",
                "/console.js/console.js",
                ""
            })
    void servesItsFilesAndNothingElse(String path) throws Exception {
        try (var context = run(EXPOSED)) {
            URI page = home(context, "local.server.port", "/actuator/naiad");
            String folder = links(page, page(context)).get(0).toString().replaceAll("/[^/]*$", "");
            assertThat(send("GET", URI.create(folder + path)).statusCode()).isIn(400, 404);
            assertThat(send("GET", URI.create(folder + "/console.js")).statusCode())
                    .isEqualTo(200);
            assertThat(send("GET", page.resolve("naiad/0123456789ab/console.js"))
                            .statusCode())
                    .as("of another version")
                    .isEqualTo(404);
            assertThat(send("POST", page).statusCode()).isEqualTo(405);
        }
    }

    @ParameterizedTest
    @EnumSource(ConsoleFile.class)
    void needsNeitherOtherSitesNorExceptionsFromAStrictPolicy(ConsoleFile file) {
        String content = new String(file.content(), StandardCharsets.UTF_8);
        assertThat(content.replace("http://www.w3.org/2000/svg", "")).doesNotContainPattern("https?://|url\\(|@import");
        switch (file) {
            case INDEX ->
                assertThat(content)
                        .doesNotContainPattern("<script(?![^>]*\\ssrc=)|<style|\\sstyle=|\\son\\w+=|javascript:")
                        .contains("default-src 'none'; script-src 'self'; style-src 'self'");
            case STYLE, ICON -> assertThat(content).isNotBlank();
            default ->
                assertThat(content)
                        .doesNotContainPattern(
                                "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\(|new Function|DOMParser");
        }
    }
}
