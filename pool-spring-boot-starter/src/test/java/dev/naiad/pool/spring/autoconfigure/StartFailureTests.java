/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import dev.naiad.pool.InvalidSettingException;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.TestApplication;
import dev.naiad.pool.spring.TestPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the console says when the configuration is wrong, by way of the whole application and a real file. */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTests {

    @TempDir
    Path directory;

    private CapturedOutput output;

    @BeforeEach
    void capture(CapturedOutput output) {
        this.output = output;
    }

    // --- values

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pool_size: -1              | pool-size       | -1         | 14 | 0 or more (0 means no limit)
            max_overflow: -2           | max-overflow    | -2         | 17 | -1 or more (-1 means no limit)
            timeout: -5                | timeout         | -5         | 12 | a duration of 0 or more (0 means do not wait)
            timeout: -500ms            | timeout         | -500ms     | 12 | a duration of 0 or more (0 means do not wait)
            recycle: -7                | recycle         | -7         | 12 | a duration of 0 or more, or -1 (off)
            pool_size: ${SIZE:-3}      | pool-size       | -3         | 14 | 0 or more (0 means no limit)
            timeout: abc               | timeout         | abc        | 12 | a number of seconds, such as 30, or a duration with a unit, such as 500ms, 30s or 10m
            timeout: ${TIME:abc}       | timeout         | abc        | 12 | a number of seconds, such as 30, or a duration with a unit, such as 500ms, 30s or 10m
            pool_size: many            | pool-size       | many       | 14 | a whole number
            enabled: maybe             | enabled         | maybe      | 12 | true or false
            reset_on_return: sometimes | reset-on-return | sometimes  | 20 | one of rollback, commit, none
            """)
    void wrongValueIsReportedWithItsPlaceAndWhatIsAllowed(
            String line, String property, String value, int column, String allowed) {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                naiad:
                  %s
                """.formatted(line));
        assertThat(report.description())
                .startsWith("The property 'naiad." + property + "' has the value '" + value + "' (from URL [file:"
                        + directory.resolve("application.yml") + "] - 3:" + column + "), which ");
        assertThat(report.action()).isEqualTo("Set 'naiad." + property + "' to " + allowed + ".");
    }

    @Test
    void wrongValueInTheEnvironmentIsReportedWithTheVariable() {
        Report report = start(in(Map.of("NAIAD_POOL_SIZE", "-4")), "--spring.datasource.url=jdbc:h2:mem:failing");
        assertThat(report.description())
                .contains(
                        "'naiad.pool-size' has the value '-4' (from System Environment Property \"NAIAD_POOL_SIZE\")");
    }

    private static SpringApplication in(Map<String, Object> variables) {
        SpringApplication application = new SpringApplication(TestApplication.class);
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace("systemEnvironment", new SystemEnvironmentPropertySource("systemEnvironment", variables));
        application.setEnvironment(environment);
        return application;
    }

    @Test
    void poolSizeZeroMeansNoLimitAndIsFine() {
        try (ConfigurableApplicationContext context = new SpringApplication(TestApplication.class)
                .run(
                        "--naiad.pool_size=0",
                        "--spring.main.web-application-type=none",
                        "--spring.main.banner-mode=off")) {
            assertThat(context.getBean(NaiadDataSource.class).pool().snapshot().limit())
                    .isEmpty();
        }
    }

    // --- two settings

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            naiad: {pool_class: static, max_overflow: 3} | naiad.max-overflow | 3 | naiad.pool-class | static
            naiad: {pool_class: 'null', pool_size: 3} | naiad.pool-size | 3 | naiad.pool-class | null
            naiad: {pool_class: assertion, pools: {a: {url: 'jdbc:h2:mem:a', pool-size: 4}}} | naiad.pools.a.pool-size | 4 | naiad.pool-class | assertion
            naiad.pools: {a: {url: 'jdbc:h2:mem:a', pool-class: singleton-thread, patience: 4}} | naiad.pools.a.patience | 4 | naiad.pools.a.pool-class | singleton-thread
            naiad.pools: {a: {url: 'jdbc:h2:mem:a', primary: true}, b: {url: 'jdbc:h2:mem:b', primary: true}} | naiad.pools.b.primary | true | naiad.pools.a.primary | true
            naiad.pools: {a: {url: 'jdbc:h2:mem:a', read-only-of: dataSource}, b: {url: 'jdbc:h2:mem:b', read-only-of: dataSource}} | naiad.pools.b.read-only-of | dataSource | naiad.pools.a.read-only-of | dataSource
            """)
    void clashOfTwoSettingsIsReportedWithThePlaceOfBoth(
            String settings, String property, String value, String other, String otherValue) {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                %s
                """.formatted(settings));
        String place = " (from URL [file:" + directory.resolve("application.yml") + "] - 2:";
        assertThat(report.description())
                .startsWith("The property '" + property + "' with the value '" + value + "'" + place)
                .contains(" does not go together with the property '" + other + "' with the value '" + otherValue + "'"
                        + place);
        assertThat(report.action()).startsWith("Remove '" + property + "', or ");
    }

    @Test
    void clashWithADefaultIsReported() {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                naiad.store-traceback: true
                """);
        assertThat(report.description())
                .endsWith(
                        " does not go together with the default of 'naiad.pool-class': pools of the class 'queue' have"
                                + " no such setting.");
        assertThat(report.action())
                .isEqualTo("Remove 'naiad.store-traceback', or set 'naiad.pool-class' to a class that has it:"
                        + " assertion.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            fast             | fast             | or the full name of a public class
            java.lang.String | java.lang.String | or the full name of a public class
            null             | ''               | in YAML, "null" is written in quotes
            """)
    void poolClassThatIsNoneIsReported(String written, String value, String hint) {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                naiad.pool-class: %s
                """.formatted(written));
        assertThat(report.description())
                .startsWith("The property 'naiad.pool-class' has the value '" + value + "' (from URL [file:");
        assertThat(report.action())
                .startsWith("Set 'naiad.pool-class' to queue, null, static, singleton_thread, assertion, ")
                .contains(hint);
    }

    // --- one setting twice

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            naiad: {pool-size: 5, pool_size: 10} | naiad.pool-size | 5 | naiad.pool_size | 10
            naiad: {pool_size: '${SIZE:5}', poolSize: 10} | naiad.pool_size | 5 | naiad.poolSize | 10
            naiad.pools.a: {url: 'jdbc:h2:mem:a', hold-limit: 1m, holdLimit: 60} | naiad.pools.a.hold-limit | 1m | naiad.pools.a.holdLimit | 60
            naiad: {connection-properties: {apiToken: sesame, api_token: sesame2}} | naiad.connection-properties.apiToken | *** | naiad.connection-properties.api_token | ***
            app.store: {max-overflow: 3, MAX_OVERFLOW: 4} | app.store.max-overflow | 3 | app.store.MAX_OVERFLOW | 4
            app.store: {password: sesame, passWord: sesame2} | app.store.password | *** | app.store.passWord | ***
            """)
    void settingInTwoSpellingsIsReportedWithBothPlaces(
            String settings, String name, String value, String other, String otherValue) {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                %s
                """.formatted(settings), BoundArchive.class);
        String place = " (from URL [file:" + directory.resolve("application.yml") + "] - 2:";
        assertThat(report.description())
                .startsWith("The properties '" + name + "' with the value '" + value + "'" + place)
                .contains(") and '" + other + "' with the value '" + otherValue + "'" + place)
                .endsWith(") are the same setting in two spellings.");
        assertThat(report.action()).isEqualTo("Remove one of them.");
        assertThat(report.text()).doesNotContain("sesame");
    }

    @Test
    void settingInTwoVariablesIsReported() {
        Report report = start(
                in(Map.of("NAIAD_POOL_SIZE", "5", "NAIAD_POOLSIZE", "10")),
                "--spring.datasource.url=jdbc:h2:mem:failing");
        assertThat(report.description())
                .contains("'NAIAD_POOL_SIZE' with the value '5' (from ", "'NAIAD_POOLSIZE' with the value '10' (from ");
    }

    @Test
    void settingWithOneValueInTwoSpellingsOrInTwoSourcesIsFine() throws IOException {
        Path file = Files.writeString(directory.resolve("application.yml"), """
                spring.datasource.url: jdbc:h2:mem:fine
                naiad: {pool-size: 7, pool_size: 7, max_overflow: 3}
                """);
        try (ConfigurableApplicationContext context = in(Map.of("NAIAD_MAXOVERFLOW", "4", "NAIAD_POOL_SIZE", "7"))
                .run("--spring.config.location=" + file.toUri(), "--spring.main.web-application-type=none")) {
            assertThat(context.getBean(NaiadDataSource.class).getConfig().maxOverflow())
                    .isEqualTo(4);
        }
    }

    // --- names

    @ParameterizedTest
    @CsvSource({
        "pool_sise, naiad.pool-size",
        "poolsize1, naiad.pool-size",
        "pool.size, naiad.pool-size",
        "overflow_max, ''",
        "max_overlow, naiad.max-overflow",
        "timeot, naiad.timeout",
        "reset_on_retrun, naiad.reset-on-return",
        "connection-timeout, naiad.timeout",
        "maximum-pool-size, naiad.pool-size",
        "max-lifetime, naiad.recycle",
        "pool_timeout, naiad.timeout",
        "pool_recycle, naiad.recycle",
        "url, spring.datasource.url",
        "username, spring.datasource.username"
    })
    void misspeltPropertyIsReportedAsWrittenWithTheOneThatWasMeant(String written, String meant) {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                naiad.%s: 5
                """.formatted(written));
        assertThat(report.description())
                .isEqualTo("There is no property 'naiad." + written + "' (from URL [file:"
                        + directory.resolve("application.yml") + "] - 2:" + (9 + written.length()) + ")."
                        + (meant.isEmpty() ? "" : " Did you mean '" + meant + "'?"));
        assertThat(report.action())
                .startsWith("Correct or remove it. The properties of the connection pool are: naiad.")
                .contains(", naiad.timeout");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            naiad: {pools: {archive: {url: 'jdbc:h2:mem:a', pool_size: -1}}} | naiad.pools.archive.pool-size | 0 or more (0 means no limit)
            naiad: {pool_size: -1, pools: {archive: {url: 'jdbc:h2:mem:a'}}} | naiad.pool-size | 0 or more (0 means no limit)
            naiad: {pools: {archive: {url: 'jdbc:h2:mem:a', driver-class-name: no.Driver}}} | naiad.pools.archive.driver-class-name | the name of a JDBC driver class
            """)
    void wrongSettingOfANamedPoolIsReportedWithItsProperty(String settings, String property, String allowed) {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                %s
                """.formatted(settings));
        assertThat(report.description()).startsWith("The property '" + property + "' has the value '");
        assertThat(report.action()).startsWith("Set '" + property + "' to " + allowed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            app.store: {url: 'jdbc:h2:mem:a', pool_size: -1}           | pool-size        | -1   | 0 or more (0 means no limit)
            app.store: {url: 'jdbc:h2:mem:a', pool_class: fast}        | pool-class       | fast | queue, null, static,
            app.store: {url: 'jdbc:h2:mem:a', hold_limit_abort: 3}     | hold-limit-abort | 3    | nothing unless hold_limit is set
            app.store: {url: 'jdbc:postgres:a'}                        | url              | jdbc:postgres:a | a URL that one of
            """)
    void wrongSettingOfABeanThatIsBoundIsReportedWithItsProperty(
            String settings, String property, String value, String allowed) {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                %s
                """.formatted(settings), BoundArchive.class);
        assertThat(report.description())
                .startsWith("The property 'app.store." + property + "' has the value '" + value + "' (from URL [file:");
        assertThat(report.action()).startsWith("Set 'app.store." + property + "' to " + allowed);
    }

    @Test
    void beanThatIsBoundAndHasNoUrlIsReportedAsLackingIt() {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                app.store: {pool_size: 2}
                """, BoundArchive.class);
        assertThat(report.description())
                .isEqualTo("The property 'app.store.url' is not set, and the connection pool cannot do without it.");
    }

    @Test
    void wrongSettingInCodeIsNotLaidToAProperty() {
        assertThatException()
                .isThrownBy(() -> new SpringApplication(TestApplication.class, SetInCode.class)
                        .run("--naiad.pool_size=3", "--spring.main.web-application-type=none"))
                .withRootCauseInstanceOf(InvalidSettingException.class);
        assertThat(output.getAll()).contains("Invalid value '-1' for pool_size").doesNotContain("The property 'naiad");
    }

    @Test
    void propertyWithoutAValueIsNotCalledUnknown() {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                naiad: {pool_size: , pools.archive: {url: 'jdbc:h2:mem:a', timeout: ''}}
                """);
        assertThat(report.description())
                .contains("The property 'naiad.pool_size' (from ", "The property 'naiad.pools.archive.timeout' (from ")
                .contains(") has no value.")
                .doesNotContain("There is no property");
        assertThat(report.action()).startsWith("Correct or remove it.");
    }

    @Test
    void namedPoolWithoutAUrlIsReportedAsLackingIt() {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                naiad.pools.archive: {pool_size: 2}
                """);
        assertThat(report.description())
                .isEqualTo(
                        "The property 'naiad.pools.archive.url' is not set, and the connection pool cannot do without it.");
        assertThat(report.action()).startsWith("Set 'naiad.pools.archive.url' to a JDBC URL such as ");
    }

    @Test
    void nameOfHikariInANamedPoolIsReportedWithItsCounterpart() {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                naiad.pools.archive: {url: 'jdbc:h2:mem:a', connection_timeout: 3}
                """);
        assertThat(report.description()).endsWith("Did you mean 'naiad.pools.archive.timeout'?");
    }

    @Test
    void misspeltPropertyOfANamedPoolIsReportedWithTheOneThatWasMeant() {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                naiad.pools.archive: {url: 'jdbc:h2:mem:a', pool_sise: 3}
                """);
        assertThat(report.description())
                .contains("There is no property 'naiad.pools.archive.pool_sise'")
                .endsWith("Did you mean 'naiad.pools.archive.pool-size'?");
    }

    // --- driver and URL

    @Test
    void unknownDriverClassIsReportedWithTheUsualOne() {
        Report report = startWith("""
                spring.datasource:
                  url: jdbc:h2:mem:failing
                  driver-class-name: org.example.Driver
                """);
        assertThat(report.description())
                .isEqualTo("The property 'spring.datasource.driver-class-name' names the JDBC driver"
                        + " 'org.example.Driver' (from URL [file:" + directory.resolve("application.yml")
                        + "] - 3:22), which is not on the class path.");
        assertThat(report.action()).startsWith("Remove the property").contains("org.h2.Driver");
    }

    @ParameterizedTest
    @CsvSource({
        "java.lang.String, a class that implements java.sql.Driver",
        "org.postgresql.Driver, a driver that accepts the URL jdbc:h2:mem:failing"
    })
    void classThatIsNoDriverForTheUrlIsReported(String driver, String allowed) {
        Report report = startWith("""
                spring.datasource:
                  url: jdbc:h2:mem:failing
                  driver-class-name: %s
                """.formatted(driver));
        assertThat(report.description())
                .startsWith("The property 'spring.datasource.driver-class-name' has the value '" + driver + "' (from");
        assertThat(report.action()).startsWith("Remove the property").endsWith("or set it to " + allowed + ".");
    }

    @Test
    void urlThatNoDriverAcceptsIsReportedWithoutItsPassword() {
        Report report = startWith("spring.datasource.url: jdbc:postgres://shop:sesame@localhost/shop");
        assertThat(report.description())
                .isEqualTo(
                        "The property 'spring.datasource.url' has the value 'jdbc:postgres://shop:***@localhost/shop'"
                                + " (from URL [file:" + directory.resolve("application.yml")
                                + "] - 1:24), which no JDBC driver on the class path accepts.");
        assertThat(report.action())
                .startsWith("Correct the URL (did you mean jdbc:postgresql:?); or add the dependency");
    }

    @Test
    void missingDriverOfAKnownDatabaseIsReportedAsMissingDependency() {
        Report report = startWith("spring.datasource.url: jdbc:mysql://localhost/shop");
        assertThat(report.description())
                .contains("'jdbc:mysql://localhost/shop'", "takes the JDBC driver com.mysql.cj.jdbc.Driver")
                .endsWith("not on the class path.");
        assertThat(report.action()).startsWith("Add the dependency that has the driver of mysql");
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://localhost/shop, Set 'spring.datasource.url' to a URL such as jdbc:postgresql:",
        "${NOT_SET_ANYWHERE}, 'Set what stands in ${...}, as an environment variable for example'"
    })
    void urlThatIsNoneIsReported(String url, String action) {
        Report report = startWith("spring.datasource.url: " + url);
        assertThat(report.description())
                .isEqualTo("The property 'spring.datasource.url' has the value '" + url + "' (from URL [file:"
                        + directory.resolve("application.yml") + "] - 1:24), which is not a JDBC URL.");
        assertThat(report.action()).startsWith(action);
    }

    // --- the first connection

    @Test
    void wrongPasswordIsReported() {
        Report report = connectWith(TestPostgres.url(), "naiad", "wrong");
        assertThat(report.description())
                .startsWith("The database at " + TestPostgres.url() + " refused the user 'naiad': ")
                .endsWith("(SQLState 28P01)");
        assertThat(report.action())
                .isEqualTo("Check 'spring.datasource.username' and 'spring.datasource.password' (from URL [file:"
                        + directory.resolve("application.yml") + "] - 4:13).");
        assertThat(report.text()).doesNotContain("wrong");
    }

    @Test
    void databaseThatIsDownIsReportedWithoutThePasswordInTheUrl() throws IOException {
        int port = closedPort();
        Report report = connectWith(
                "jdbc:postgresql://localhost:" + port + "/shop?password=sesame&connectTimeout=5", "naiad", "naiad");
        assertThat(report.description())
                .startsWith("The database at jdbc:postgresql://localhost:" + port
                        + "/shop?password=***&connectTimeout=5 cannot be reached: ");
        assertThat(report.action())
                .startsWith(
                        "Check that the database is running, and host, port and name in 'spring.datasource.url' (from");
        assertThat(report.text()).doesNotContain("sesame");
    }

    @Test
    void missingDatabaseIsReported() {
        Report report = connectWith(TestPostgres.url().replaceAll("/postgres$", "/absent"), "naiad", "naiad");
        assertThat(report.description()).contains("/absent does not exist: ").endsWith("(SQLState 3D000)");
        assertThat(report.action())
                .startsWith("Create the database, or correct its name in 'spring.datasource.url' (from");
    }

    @Test
    void databaseWithoutConnectionsLeftIsReported() throws SQLException {
        try (Connection connection = TestPostgres.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create role crowded login password 'crowded' connection limit 0");
        }
        Report report = connectWith(TestPostgres.url(), "crowded", "crowded");
        assertThat(report.description()).contains(" has no connection left: ").endsWith("(SQLState 53300)");
        assertThat(report.action()).startsWith("Lower 'naiad.pool-size' and 'naiad.max-overflow'");
    }

    @Test
    void exhaustedPoolIsReported() {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                naiad: {pool_size: 1, max_overflow: 0, timeout: 0}
                """, KeepsConnection.class);
        assertThat(report.description())
                .startsWith("No connection to jdbc:h2:mem:failing could be had while the application was starting: ")
                .contains("in use 1")
                .contains("NESTED_CHECKOUT: 1 of 1 connection is held");
        assertThat(report.action()).contains("'naiad.timeout'", "'naiad.pool-size'", "'naiad.max-overflow'");
    }

    @Test
    void aStartThatIsNotToSucceedWithoutAConnectionFails() throws IOException {
        int port = closedPort();
        Report report = startWith("""
                spring.datasource.url: jdbc:postgresql://localhost:%s/shop
                naiad.initialization-fail-timeout: 0
                """.formatted(port));
        assertThat(report.description())
                .startsWith("The database at jdbc:postgresql://localhost:" + port + "/shop cannot be reached: ");
        assertThat(report.action())
                .endsWith(" To start without a connection, set 'naiad.initialization-fail-timeout' to -1.");
    }

    @Test
    void ofANamedPoolItsOwnPropertiesAreReported() throws IOException {
        int port = closedPort();
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                naiad.pools.archive:
                  url: jdbc:postgresql://localhost:%s/archive
                  initialization_fail_timeout: 0
                """.formatted(port));
        assertThat(report.description())
                .startsWith("The database at jdbc:postgresql://localhost:" + port + "/archive cannot be reached: ");
        assertThat(report.action())
                .startsWith(
                        "Check that the database is running, and host, port and name in 'naiad.pools.archive.url' (from")
                .endsWith("set 'naiad.pools.archive.initialization-fail-timeout' to -1.");
    }

    @Test
    void ofABeanThatIsBoundItsOwnPropertiesAreReported() throws IOException {
        int port = closedPort();
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                app.store: {url: 'jdbc:postgresql://localhost:%s/archive', initialization_fail_timeout: 0}
                """.formatted(port), BoundArchive.class);
        assertThat(report.description())
                .startsWith("The database at jdbc:postgresql://localhost:" + port + "/archive cannot be reached: ");
        assertThat(report.action())
                .startsWith("Check that the database is running, and host, port and name in 'app.store.url' (from")
                .endsWith("set 'app.store.initialization-fail-timeout' to -1.");
    }

    @Test
    void whatADriverFailsWithAndNobodyKnowsIsReported() {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing;INIT=SELECT NO_SUCH_COLUMN
                naiad.initialization-fail-timeout: 0
                """);
        assertThat(report.description())
                .startsWith("No connection to jdbc:h2:mem:failing;INIT=SELECT NO_SUCH_COLUMN could be opened when the"
                        + " application started, as 'naiad.initialization-fail-timeout' (from ")
                .contains(" demands: Column \"NO_SUCH_COLUMN\" not found");
    }

    @Test
    void aTimeThatIsNoneIsReported() {
        Report report = startWith("""
                spring.datasource.url: jdbc:h2:mem:failing
                naiad.initialization-fail-timeout: -3
                """);
        assertThat(report.text())
                .contains("naiad.initialization-fail-timeout", "It must be 0 (one attempt) or more, or -1 (off)");
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Report connectWith(String url, String user, String password) {
        return startWith("""
                spring.datasource:
                  url: %s
                  username: %s
                  password: %s
                """.formatted(url, user, password), ConnectsAtStart.class);
    }

    private Report startWith(String yaml, Class<?>... more) {
        try {
            Files.writeString(directory.resolve("application.yml"), yaml);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        SpringApplication application = new SpringApplication(TestApplication.class);
        for (Class<?> source : more) {
            application.getSources().add(source.getName());
        }
        return start(
                application,
                "--spring.config.location="
                        + directory.resolve("application.yml").toUri());
    }

    private Report start(SpringApplication application, String argument) {
        int before = output.getAll().length();
        assertThatException()
                .isThrownBy(() -> application
                        .run(argument, "--spring.main.web-application-type=none", "--spring.main.banner-mode=off")
                        .close());
        Report report = Report.in(output.getAll().substring(before));
        // What was printed is all a newcomer sees: no traces, no names of classes but drivers'.
        assertThat(report.text()).doesNotContain("\tat ", "Exception", "dev.naiad", "org.springframework", "Bindable");
        return report;
    }

    private record Report(String text, String description, String action) {

        static Report in(String printed) {
            assertThat(printed).contains("APPLICATION FAILED TO START");
            String text = printed.substring(printed.indexOf("APPLICATION FAILED TO START"));
            int description = text.indexOf("Description:");
            int action = text.indexOf("Action:");
            return new Report(
                    text,
                    text.substring(description + "Description:".length(), action)
                            .strip(),
                    text.substring(action + "Action:".length()).strip());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ConnectsAtStart {

        @Bean
        InitializingBean migration(JdbcTemplate jdbc) {
            return () -> jdbc.queryForObject("select 1", Integer.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class KeepsConnection {

        @Bean
        InitializingBean keeper(DataSource dataSource) {
            return () -> {
                try (Connection first = dataSource.getConnection();
                        Connection second = dataSource.getConnection()) {
                    assertThat(first).isNotSameAs(second);
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BoundArchive {

        @Bean(defaultCandidate = false)
        @ConfigurationProperties("app.store")
        NaiadDataSource archive() {
            return new NaiadDataSource();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SetInCode {

        @Bean(defaultCandidate = false)
        NaiadDataSource archive() {
            return NaiadDataSource.builder().poolSize(-1).build();
        }
    }
}
