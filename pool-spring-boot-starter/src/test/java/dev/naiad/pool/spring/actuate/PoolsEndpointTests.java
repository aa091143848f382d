/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import dev.naiad.pool.CloseReason;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolSuspendedException;
import dev.naiad.pool.PoolTimeoutException;
import dev.naiad.pool.Suspension;
import dev.naiad.pool.spring.Applications;
import dev.naiad.pool.spring.autoconfigure.NaiadAutoConfiguration;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
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
            assertThat(all.<Object>read("$.shop.diagnosis.verdict")).isEqualTo("HEALTHY");
            assertThat(all.<List<Object>>read("$.shop.report.holders")).isEmpty();
            assertThat(all.<Object>read("$.shop.settings.timeout.value")).isEqualTo("pt30s");
            assertThat(get(context, "/actuator/pools/other").statusCode()).isEqualTo(404);
            assertThat(post(context, "/actuator/pools/shop", "{\"operation\":\"refresh\"}")
                            .statusCode())
                    .isEqualTo(405);
        }
    }

    @Test
    void reportsInPlainTextForPeopleWithoutBorrowing() throws Exception {
        try (var context = Applications.run(with(Applications.withDatabase(WEB), "naiad.name=shop"));
                Connection held = context.getBean(NaiadDataSource.class).getConnection()) {
            held.createStatement().execute("select 'secret'");

            HttpResponse<String> report = get(context, "/actuator/pools/shop/report");

            assertThat(report.statusCode()).isEqualTo(200);
            assertThat(report.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
            assertThat(report.body())
                    .startsWith("Pool 'shop': report (pool_size 5, max_overflow 10, timeout 30 s; in use 1,")
                    .contains("HEALTHY: ", "\n  Held for ", "last SQL: select ?")
                    .doesNotContain("secret");
            assertThat(get(context, "/actuator/pools/other/report").statusCode())
                    .isEqualTo(404);
            assertThat(get(context, "/actuator/pools/shop/other").statusCode()).isEqualTo(404);
            assertThat(context.getBean(NaiadDataSource.class).pool().snapshot().checkouts())
                    .isEqualTo(1);
        }
    }

    @Test
    void showsSlotsWithTheirHolders() throws Exception {
        try (var context = Applications.run(
                        with(Applications.withDatabase(WEB), "naiad.name=shop", "naiad.trace=always"));
                Connection held = context.getBean(NaiadDataSource.class).getConnection()) {
            held.createStatement().execute("select 17");
            DocumentContext pool =
                    JsonPath.parse(get(context, "/actuator/pools/shop").body());
            assertThat(pool.<List<Object>>read("$.slots")).hasSize(1);
            assertThat(pool.<Object>read("$.slots[0].state")).isEqualTo("IN_USE");
            assertThat(pool.<Object>read("$.slots[0].activity")).isEqualTo("QUIET");
            assertThat(pool.<Object>read("$.slots[0].sql")).isEqualTo("select ?");
            assertThat(pool.<Object>read("$.slots[0].thread.name"))
                    .isEqualTo(Thread.currentThread().getName());
            assertThat(pool.<String>read("$.slots[0].place")).isNotEmpty();
            assertThat(pool.<Object>read("$.slots[0].traced")).isEqualTo(true);
            held.close();
            DocumentContext after =
                    JsonPath.parse(get(context, "/actuator/pools/shop").body());
            assertThat(after.<Object>read("$.slots[0].state")).isEqualTo("IDLE");
            assertThat(after.<Object>read("$.slots[0].thread")).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        // what is asked for, with a trace of the checkout or without, whether frames and lines are told
        "'', always, true, true",
        "?stacks=full, always, true, true",
        "?stacks=line, always, false, true",
        "?stacks=line, off, false, true",
        "?stacks=none, always, false, true",
        "?stacks=none, off, false, false"
    })
    void tellsAsMuchOfStacksAsIsAskedFor(String query, String trace, boolean frames, boolean line) throws Exception {
        try (var context = Applications.run(
                        with(Applications.withDatabase(WEB), "naiad.name=shop", "naiad.trace=" + trace));
                Connection held = context.getBean(NaiadDataSource.class).getConnection()) {
            for (String path : List.of("/actuator/pools" + query, "/actuator/pools/shop" + query)) {
                DocumentContext answer = JsonPath.parse(get(context, path).body());
                assertThat(answer.<List<Object>>read("$..borrowedAt[*]").isEmpty()
                                && answer.<List<Object>>read("$..presentStack[*]")
                                        .isEmpty())
                        .isNotEqualTo(frames);
                assertThat(answer.<List<Object>>read("$..slots[0].place")).hasSize(1);
                assertThat(answer.<List<Object>>read("$..slots[0].place").get(0) != null)
                        .as("%s of %s", path, answer.jsonString())
                        .isEqualTo(line);
            }
            assertThat(get(context, "/actuator/pools?stacks=some").statusCode()).isEqualTo(400);
            assertThat(held.isClosed()).isFalse();
        }
    }

    @Test
    void measuresTheLoadWhenAsked() throws Exception {
        try (var context = Applications.run(with(Applications.withDatabase(WEB), "naiad.name=shop"))) {
            assertThat(get(context, "/actuator/pools/shop?load=true").statusCode())
                    .isEqualTo(200);
            for (int i = 0; i < 30; i++) {
                context.getBean(NaiadDataSource.class).getConnection().close();
            }
            DocumentContext load = JsonPath.parse(
                    get(context, "/actuator/pools/shop?load=true").body());
            assertThat(load.<Object>read("$.waits.count")).isEqualTo(30);
            assertThat(load.<String>read("$.holds.p99")).startsWith("PT");
            assertThat(load.<List<Object>>read("$.forecasts")).isNotEmpty();
            assertThat(get(context, "/actuator/pools/other?load=true").statusCode())
                    .isEqualTo(404);
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
    void resizesWhichIsShownAsDoneAtRunTime() throws Exception {
        withWriting(context -> {
            assertThat(change(context, "{\"operation\":\"resize\",\"poolSize\":7}")
                            .<Object>read("$.settings['pool-size']"))
                    .isEqualTo(Map.of("value", 7, "origin", "run time"));
            DocumentContext after = change(context, "{\"operation\":\"resize\",\"poolSize\":3,\"maxOverflow\":0}");
            assertThat(after.<Object>read("$.figures.poolSize")).isEqualTo(3);
            assertThat(after.<Object>read("$.figures.maxOverflow")).isEqualTo(0);
            assertThat(after.<Object>read("$.settings.timeout.origin")).isEqualTo("default");
        });
    }

    @Test
    void suspendsAndResumes() throws Exception {
        withWriting(context -> {
            DocumentContext suspended = change(context, "{\"operation\":\"suspend\",\"callers\":\"fail\"}");
            assertThat(suspended.<Object>read("$.suspension")).isEqualTo("FAIL");
            assertThatExceptionOfType(PoolSuspendedException.class)
                    .isThrownBy(context.getBean(NaiadDataSource.class)::getConnection);
            assertThat(change(context, "{\"operation\":\"suspend\"}").<Object>read("$.suspension"))
                    .isEqualTo("WAIT");
            assertThat(change(context, "{\"operation\":\"resume\"}").<Object>read("$.suspension"))
                    .isNull();
            context.getBean(NaiadDataSource.class).getConnection().close();
        });
    }

    @Test
    void rotatesIfTheDatabasePlaysAlong() throws Exception {
        withWriting(context -> {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            dataSource.getConnection().close();
            assertThat(change(context, "{\"operation\":\"rotate\"}").<Object>read("$.figures.checkedIn"))
                    .isEqualTo(0);
            assertThat(dataSource.pool().snapshot().closed()).containsEntry(CloseReason.PROBED, 1L);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            shop  | {"operation":"explode"}                             |
            shop  | {"operation":"resize"}                              | A resize takes poolSize, maxOverflow or both.
            shop  | {"operation":"resize","poolSize":-3}                | Invalid value '-3' for pool_size. Allowed: 0 or more (0 means no limit).
            shop  | {"operation":"resume","poolSize":3}                 | resume takes neither poolSize nor maxOverflow.
            shop  | {"operation":"rotate","callers":"fail"}             | rotate does not take callers.
            one   | {"operation":"resize","poolSize":3}                 | A StaticPool has no resize, only a QueuePool has.
            wrong | {"operation":"rotate"}                              | The database did not play along, and pool 'wrong' is as it was:
            other | {"operation":"refresh"}                             | There is no pool 'other'.
            """)
    void whatCannotBeDoneIsRefusedWithTheReason(String pool, String json, String reason) throws Exception {
        withWriting(context -> {
            HttpResponse<String> response = post(context, "/actuator/pools/" + pool, json);
            assertThat(response.statusCode()).isEqualTo(400);
            if (reason != null) {
                assertThat(JsonPath.parse(response.body()).<String>read("$.message"))
                        .startsWith(reason)
                        .doesNotContain("sesame");
                assertThatExceptionOfType(InvalidEndpointRequestException.class)
                        .isThrownBy(() -> {
                            DocumentContext arguments = JsonPath.parse(json);
                            Map<String, Object> values = arguments.read("$");
                            context.getBean(PoolsEndpoint.class)
                                    .change(
                                            pool,
                                            PoolOperation.valueOf(values.get("operation")
                                                    .toString()
                                                    .toUpperCase(Locale.ROOT)),
                                            (Integer) values.get("poolSize"),
                                            null,
                                            values.containsKey("callers") ? Suspension.FAIL : null);
                        })
                        .satisfies(e ->
                                assertThat(e.getReason()).startsWith(reason).doesNotContain("sesame"));
            }
        });
    }

    @Test
    void sanitizingFunctionsHaveTheLastWord() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=pools", "spring.datasource.username=sa")
                .withBean(
                        SanitizingFunction.class,
                        () -> data -> data.getKey().equals("username")
                                        || data.getKey().equals("init-sql")
                                ? data.withSanitizedValue()
                                : data)
                .withPropertyValues("naiad.init-sql=select 1")
                .run(context -> {
                    PoolDescription pool = context.getBean(PoolsEndpoint.class).pool("dataSource");
                    assertThat(pool.username()).isEqualTo("******");
                    assertThat(pool.settings().get("init-sql").value()).isEqualTo("******");
                    assertThat(pool.settings().get("pool-size").value()).isEqualTo(5);
                });
    }

    private interface Use {
        void accept(ConfigurableApplicationContext context) throws Exception;
    }

    private static void withWriting(Use use) throws Exception {
        try (var context = Applications.run(with(
                Applications.withDatabase(WEB),
                "naiad.name=shop",
                "naiad.pools.one.url=jdbc:h2:mem:one",
                "naiad.pools.one.pool-class=static",
                "naiad.pools.wrong.url=jdbc:h2:tcp://localhost:1/wrong;PASSWORD=sesame",
                "management.endpoint.pools.access=unrestricted"))) {
            use.accept(context);
        }
    }

    private static DocumentContext change(ConfigurableApplicationContext context, String json)
            throws IOException, InterruptedException {
        HttpResponse<String> response = post(context, "/actuator/pools/shop", json);
        assertThat(response.statusCode()).isEqualTo(200);
        return JsonPath.parse(response.body());
    }

    @Test
    void noEndpointOfTheActuatorBorrowsOrShowsASecret() throws Exception {
        try (var context = Applications.run(with(
                WEB,
                "spring.datasource.url=jdbc:h2:mem:secrets;PASSWORD=0pen-sesame",
                "spring.datasource.username=sa",
                "spring.jmx.enabled=true",
                "management.endpoints.jmx.exposure.include=*",
                "management.endpoint.health.show-details=always",
                "naiad.connection-properties.password=0pen-sesame",
                "naiad.register-mbeans=true",
                "naiad.pools.archive.url=jdbc:h2:mem:secrets2",
                "naiad.pools.archive.password=0pen-sesame"))) {
            for (String endpoint : List.of(
                    "configprops", "beans", "env", "pools", "pools/dataSource/report", "health/pools", "metrics")) {
                HttpResponse<String> response = get(context, "/actuator/" + endpoint);
                assertThat(response.statusCode()).as(endpoint).isEqualTo(200);
                assertThat(response.body()).as(endpoint).doesNotContain("0pen-sesame");
            }
            scrapeEverythingOverJmx();
            assertThat(context.getBeansOfType(NaiadDataSource.class).values())
                    .hasSize(2)
                    .allSatisfy(
                            pool -> assertThat(pool.pool().snapshot().opened()).isZero());
        }
    }

    /** As monitoring agents do; and the endpoints' operations that only read. */
    private static void scrapeEverythingOverJmx() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        List<String> read = new ArrayList<>();
        for (ObjectName name : server.queryNames(new ObjectName("org.springframework.boot:*"), null)) {
            MBeanInfo info = server.getMBeanInfo(name);
            for (MBeanAttributeInfo attribute : info.getAttributes()) {
                assertThat(String.valueOf(server.getAttribute(name, attribute.getName())))
                        .doesNotContain("0pen-sesame");
            }
            if (List.of("Configprops", "Beans", "Env", "Pools").contains(name.getKeyProperty("name"))) {
                for (MBeanOperationInfo operation : info.getOperations()) {
                    boolean takesOne = operation.getSignature().length == 1
                            && operation.getName().equals("environment"); // a pattern
                    if (operation.getSignature().length == 0 || takesOne) {
                        Object result = server.invoke(
                                name,
                                operation.getName(),
                                takesOne ? new Object[1] : new Object[0],
                                takesOne ? new String[] {operation.getSignature()[0].getType()} : new String[0]);
                        assertThat(String.valueOf(result)).isNotEmpty().doesNotContain("0pen-sesame");
                        read.add(name.getKeyProperty("name"));
                    }
                }
            }
        }
        assertThat(read).contains("Configprops", "Beans", "Env", "Pools");
        Set<ObjectName> pools = server.queryNames(new ObjectName("dev.naiad:*"), null);
        assertThat(pools).hasSizeGreaterThanOrEqualTo(2);
        for (ObjectName pool : pools) {
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(pool).getAttributes()) {
                assertThat(String.valueOf(server.getAttribute(pool, attribute.getName())))
                        .doesNotContain("0pen-sesame");
            }
            assertThat(String.valueOf(server.invoke(pool, "report", new Object[0], new String[0])))
                    .isNotEmpty()
                    .doesNotContain("0pen-sesame");
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
