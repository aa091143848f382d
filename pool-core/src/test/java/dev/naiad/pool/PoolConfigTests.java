/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.naiad.pool.dialect.Disconnect;
import dev.naiad.pool.intercept.ExecutionInterceptor;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolConfigTests {

    private static void assertRefused(ThrowingCallable call, String setting, String message) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(call)
                .withMessageContaining(message)
                .extracting(InvalidSettingException::setting)
                .isEqualTo(setting);
    }

    @Test
    void aFactoryWithNothingToOpenConnectionsIsRefused() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> ConnectionFactory.of((ConnectionFactory.WithoutEntry) null))
                .withMessageContaining("connection_factory");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> ConnectionFactory.of((DataSource) null))
                .withMessageContaining("connection_factory");
    }

    @Test
    @Tag("QP-14")
    @Tag("QP-06")
    @Tag("E-36")
    void refusesBadValuesNamingSettingValueAndWhatIsAllowed() {
        PoolConfig.Builder builder = PoolConfig.builder();

        assertRefused(
                () -> builder.poolSize(-1),
                "pool_size",
                "Invalid value '-1' for pool_size. Allowed: 0 or more (0 means");
        assertRefused(() -> builder.maxOverflow(-2), "max_overflow", "'-2' for max_overflow. Allowed: -1 or more");
        assertRefused(() -> builder.timeout(Duration.ofMillis(-1)), "timeout", "'PT-0.001S' for timeout");
        assertRefused(() -> builder.patience(Duration.ofNanos(-1)), "patience", "0 or more (0 means order of arrival)");
        assertRefused(() -> builder.recycle(Duration.ofSeconds(-2)), "recycle", "'PT-2S' for recycle");
        assertRefused(() -> builder.recycleJitter(1.5), "recycle_jitter", "a number from 0 to 1");
        assertRefused(() -> builder.recycleJitter(Double.NaN), "recycle_jitter", "a number from 0 to 1");
        assertRefused(() -> builder.connectConcurrency(0), "connect_concurrency", "1 or more");
        assertRefused(() -> builder.name(" "), "name", "not blank");
        assertRefused(() -> builder.initSql(" "), "init_sql", "an SQL statement");
        assertRefused(
                () -> TransactionIsolation.of("high"), "transaction_isolation", "READ_COMMITTED, REPEATABLE_READ");
    }

    @Test
    @Tag("PB-02")
    void aPoolNeedsAUrlOrAFactory() {
        assertRefused(() -> new QueuePool(PoolConfig.builder().build()), "url", "a JDBC URL such as");
        assertRefused(
                () -> new QueuePool(PoolConfig.builder()
                        .url("jdbc:nothing://host?password=geheim")
                        .build()),
                "url",
                "Invalid value 'jdbc:nothing://host?password=***' for url. Allowed: a URL that one of the JDBC drivers");
        assertRefused(
                () -> new QueuePool(PoolConfig.builder()
                        .url("jdbc:h2:mem:x")
                        .driverClassName("com.example.Driver")
                        .build()),
                "driver_class_name",
                "Invalid value 'com.example.Driver' for driver_class_name. Allowed: the name of a JDBC driver class");
        assertRefused(
                () -> new QueuePool(PoolConfig.builder()
                        .url("jdbc:h2:mem:x")
                        .driverClassName("java.lang.String")
                        .build()),
                "driver_class_name",
                "a class that implements java.sql.Driver");
        assertRefused(
                () -> new QueuePool(PoolConfig.builder()
                        .url("jdbc:h2:mem:x")
                        .driverClassName("org.postgresql.Driver")
                        .build()),
                "driver_class_name",
                "a driver that accepts the URL jdbc:h2:mem:x");
    }

    @Test
    @Tag("PB-02")
    @Tag("DR-07")
    @Tag("PP-10")
    void toBuilderKeepsEverything() {
        PoolConfig config = PoolConfig.builder()
                .url("jdbc:h2:mem:x")
                .username("u")
                .password("p")
                .driverClassName("d")
                .connectionProperty("ssl", "true")
                .connectionFactory(entry -> null)
                .connectConcurrency(3)
                .interceptor(new ExecutionInterceptor() {})
                .listener(new PoolListener() {})
                .observer(pool -> {})
                .name("n")
                .poolSize(1)
                .maxOverflow(2)
                .timeout(null)
                .recycle(Duration.ofHours(1))
                .recycleJitter(0.5)
                .resetOnReturn(ResetOnReturn.NONE)
                .prePing(PrePing.ON)
                .echo(Echo.DEBUG)
                .dialect((exception, connection) -> true)
                .disconnectClassifier((exception, proposal) -> Disconnect.NONE)
                .storeTraceback(false)
                .registerMbeans(true)
                .autoCommit(false)
                .readOnly(true)
                .transactionIsolation(TransactionIsolation.SERIALIZABLE)
                .catalog("c")
                .schema("s")
                .initSql("select 1")
                .ticker(() -> 0)
                .useThreadLocal(true)
                .build();

        assertThat(config.toBuilder().build()).usingRecursiveComparison().isEqualTo(config);
    }

    @Test
    void showsNoSecrets() {
        PoolConfig config = PoolConfig.builder()
                .url("jdbc:postgresql://host/db?user=u&password=geheim&sslpassword=geheim")
                .username("u")
                .password("geheim")
                .connectionProperty("trustStorePassword", "geheim")
                .build();

        assertThat(config.toString())
                .contains("url=jdbc:postgresql://host/db?user=u&password=***&sslpassword=***", "username=u")
                .contains("password=***")
                .doesNotContain("geheim");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            jdbc:postgresql://h/d?user=a&password=pw&x=1    | jdbc:postgresql://h/d?user=a&password=***&x=1
            jdbc:mysql://root:pw@h:3306/d                   | jdbc:mysql://root:***@h:3306/d
            jdbc:sqlserver://h;user=sa;password=p w;x=1     | jdbc:sqlserver://h;user=sa;password=***;x=1
            jdbc:oracle:thin:scott/tiger@//h:1521/x         | jdbc:oracle:thin:scott/***@//h:1521/x
            jdbc:h2:mem:shop;DB_CLOSE_DELAY=-1;PASSWORD=pw  | jdbc:h2:mem:shop;DB_CLOSE_DELAY=-1;PASSWORD=***
            jdbc:x://h/d?password=ab,cd)ef&y=1              | jdbc:x://h/d?password=***&y=1
            jdbc:mysql://u:p/w@h:3306/d                     | jdbc:mysql://u:***@h:3306/d
            jdbc:postgresql://h:5432/d?user=a@b             | jdbc:postgresql://h:5432/d?user=a@b
            jdbc:h2:tcp://localhost/~/test                  | jdbc:h2:tcp://localhost/~/test
            jdbc:postgresql://[::1]:5432/d                  | jdbc:postgresql://[::1]:5432/d
            """)
    void masksPasswordsInUrls(String url, String masked) {
        assertThat(Secrets.masked(url)).isEqualTo(masked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "now at app//org.apache.TaskQueue.take(TaskQueue.java:132)\n  now at java.base@17.0.15/Unsafe.park(Native)",
                "set :thin:driver/\nada@example.org"
            })
    void whatLooksLikeAPasswordEndsWithItsLine(String message) {
        assertThat(Secrets.masked(message)).isEqualTo(message);
        assertThat(Secrets.masked("password=geheim\n" + message)).isEqualTo("password=***\n" + message);
    }

    @Test
    void theFactoryOfADriverHandsOnUserPasswordAndProperties() throws SQLException {
        PoolConfig config = PoolConfig.builder()
                .url("jdbc:h2:mem:handed")
                .username("ada")
                .password("lovelace")
                .connectionProperty("CACHE_SIZE", "1234")
                .build();
        Pool pool = new QueuePool(config);
        try (Connection connection = pool.connect();
                var results = connection
                        .createStatement()
                        .executeQuery("select user, (select setting_value from information_schema.settings"
                                + " where setting_name = 'CACHE_SIZE')")) {
            assertThat(results.next()).isTrue();
            assertThat(Map.of(results.getString(1), results.getString(2))).containsEntry("ADA", "1234");
        }
        pool.close();
    }
}
