/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import dev.naiad.pool.CloseReason;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolTimeoutException;
import dev.naiad.pool.spring.Applications;
import dev.naiad.pool.spring.autoconfigure.NaiadAutoConfiguration;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

class PoolsEndpointTests {

    private static final String[] WEB = {
        "spring.main.web-application-type=servlet", "server.port=0", "management.endpoints.web.exposure.include=*"
    };

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(NaiadAutoConfiguration.class, DataSourceAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.type=" + NaiadDataSource.class.getName(),
                    "spring.datasource.url=jdbc:h2:mem:endpoint");

    @Test
    void isThereWhenExposed() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=pools")
                .run(context -> assertThat(context).hasSingleBean(PoolsEndpoint.class));
        runner.run(context -> assertThat(context).doesNotHaveBean(PoolsEndpoint.class));
        runner.withPropertyValues(
                        "management.endpoints.web.exposure.include=pools", "management.endpoint.pools.access=NONE")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PoolsEndpoint.class));
    }

    @Test
    void isNotThereWithoutTheActuator() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=pools")
                .withClassLoader(new FilteredClassLoader(Endpoint.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("naiadPoolsEndpoint"));
    }

    @Test
    void showsFiguresSettingsWithOriginAndFailuresWithoutBorrowing() {
        runner.withPropertyValues(
                        "management.endpoints.web.exposure.include=pools",
                        "spring.datasource.url=jdbc:h2:mem:endpoint;PASSWORD=hidden",
                        "spring.datasource.username=sa",
                        "naiad.name=shop",
                        "naiad.pool_size=1",
                        "naiad.max_overflow=0",
                        "naiad.timeout=0",
                        "naiad.connection-properties.USER=hidden")
                .run(context -> {
                    NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
                    PoolsEndpoint endpoint = context.getBean(PoolsEndpoint.class);
                    PoolDescription before = endpoint.pool("shop");
                    assertThat(before.figures().opened()).isZero();
                    assertThat(before.bean()).isEqualTo("dataSource");
                    assertThat(before.poolClass()).isEqualTo("QueuePool");
                    assertThat(before.url()).isEqualTo("jdbc:h2:mem:endpoint;PASSWORD=***");
                    assertThat(before.username()).isEqualTo("sa");
                    assertThat(before.recentFailures()).isEmpty();
                    Map<String, SettingSource.Setting> settings = before.settings();
                    assertThat(settings.get("pool-size"))
                            .isEqualTo(
                                    new SettingSource.Setting(1, "\"naiad.pool_size\" from property source \"test\""));
                    assertThat(settings.get("recycle-jitter")).isEqualTo(new SettingSource.Setting(0.1, "default"));
                    assertThat(settings.get("reset-on-return"))
                            .isEqualTo(new SettingSource.Setting("rollback", "default"));
                    assertThat(settings.get("connection-properties").value()).isEqualTo(Map.of("USER", "***"));
                    assertThat(settings.get("connection-properties").origin()).contains("naiad.connection-properties");
                    assertThat(endpoint.pools()).containsOnlyKeys("shop");
                    assertThat(endpoint.pool("other")).isNull();
                });
    }

    @Test
    void remembersTimeouts() {
        runner.withPropertyValues(
                        "management.endpoints.web.exposure.include=pools",
                        "naiad.pool_size=1",
                        "naiad.max_overflow=0",
                        "naiad.timeout=0")
                .run(context -> {
                    NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
                    try (Connection only = dataSource.getConnection()) {
                        assertThat(only.isClosed()).isFalse();
                        assertThatExceptionOfType(PoolTimeoutException.class).isThrownBy(dataSource::getConnection);
                    }
                    assertThat(context.getBean(PoolsEndpoint.class)
                                    .pool("dataSource")
                                    .recentFailures())
                            .singleElement()
                            .satisfies(failure -> {
                                assertThat(failure.kind()).isEqualTo("timed_out");
                                assertThat(failure.sqlState()).isEqualTo("HYT00");
                                assertThat(failure.thread())
                                        .isEqualTo(Thread.currentThread().getName());
                            });
                });
    }

    @Test
    void settingsMadeInCodeSaySo() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=pools")
                .withBean(
                        "mine",
                        NaiadDataSource.class,
                        () -> NaiadDataSource.builder()
                                .url("jdbc:h2:mem:code")
                                .poolSize(2)
                                .build())
                .run(context -> assertThat(context.getBean(PoolsEndpoint.class).pools())
                        .hasSize(1)
                        .allSatisfy((name, pool) -> {
                            assertThat(pool.bean()).isEqualTo("mine");
                            assertThat(pool.settings().get("pool-size"))
                                    .isEqualTo(new SettingSource.Setting(2, "code"));
                        }));
    }

    @Test
    void isReadOnlyOverHttpUnlessToldOtherwise() throws Exception {
        try (var context = Applications.run(with(Applications.withDatabase(WEB), "naiad.name=shop"))) {
            DocumentContext all = JsonPath.parse(get(context, "/actuator/pools").body());
            assertThat(all.<Object>read("$.shop.figures.poolSize")).isEqualTo(5);
            assertThat(all.<Object>read("$.shop.settings.timeout.value")).isEqualTo("pt30s");
            assertThat(get(context, "/actuator/pools/other").statusCode()).isEqualTo(404);
            assertThat(post(context, "/actuator/pools/shop", "{\"operation\":\"refresh\"}")
                            .statusCode())
                    .isEqualTo(405);
        }
    }

    @Test
    void refreshesWhenWritingIsAllowed() throws Exception {
        try (var context = Applications.run(with(
                Applications.withDatabase(WEB), "naiad.name=shop", "management.endpoint.pools.access=unrestricted"))) {
            context.getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class);
            HttpResponse<String> response = post(context, "/actuator/pools/shop", "{\"operation\":\"refresh\"}");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(JsonPath.parse(response.body()).<Object>read("$.figures.checkedIn"))
                    .isEqualTo(0);
            await().untilAsserted(() -> assertThat(context.getBean(NaiadDataSource.class)
                            .pool()
                            .snapshot()
                            .closed())
                    .containsEntry(CloseReason.DISPOSED, 1L));
            assertThat(post(context, "/actuator/pools/shop", "{\"operation\":\"explode\"}")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(post(context, "/actuator/pools/other", "{\"operation\":\"refresh\"}")
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void noEndpointOfTheActuatorBorrowsOrShowsASecret() throws Exception {
        try (var context = Applications.run(with(
                WEB,
                "spring.datasource.url=jdbc:h2:mem:secrets;PASSWORD=0pen-sesame",
                "spring.datasource.username=sa",
                "spring.jmx.enabled=true",
                "management.endpoint.health.show-details=always",
                "naiad.connection-properties.password=0pen-sesame",
                "naiad.pools.archive.url=jdbc:h2:mem:secrets2",
                "naiad.pools.archive.password=0pen-sesame"))) {
            for (String endpoint : List.of("configprops", "beans", "env", "pools", "health/pools", "metrics")) {
                HttpResponse<String> response = get(context, "/actuator/" + endpoint);
                assertThat(response.statusCode()).as(endpoint).isEqualTo(200);
                assertThat(response.body()).as(endpoint).doesNotContain("0pen-sesame");
            }
            assertThat(context.getBeansOfType(NaiadDataSource.class).values())
                    .hasSize(2)
                    .allSatisfy(
                            pool -> assertThat(pool.pool().snapshot().opened()).isZero());
        }
    }

    private static String[] with(String[] properties, String... more) {
        return Stream.of(properties, more).flatMap(Arrays::stream).toArray(String[]::new);
    }

    private static HttpResponse<String> get(ConfigurableApplicationContext context, String path)
            throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(context, path)).build());
    }

    private static HttpResponse<String> post(ConfigurableApplicationContext context, String path, String json)
            throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(context, path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(ConfigurableApplicationContext context, String path) {
        return URI.create(
                "http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port") + path);
    }
}
