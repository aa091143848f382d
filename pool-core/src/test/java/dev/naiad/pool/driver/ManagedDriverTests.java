/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naiad.pool.InvalidSettingException;
import dev.naiad.pool.NullPool;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolClosedException;
import dev.naiad.pool.PoolProxiedConnection;
import dev.naiad.pool.QueuePool;
import dev.naiad.pool.StubDatabaseDriver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ManagedDriverTests {

    private static final String STUB = "jdbc:naiad:jdbc:stub:shop";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final StubDatabaseDriver stub = new StubDatabaseDriver();
    private final ManagedDriver driver = new ManagedDriver();

    @BeforeEach
    void register() throws SQLException {
        assertThat(ManagedDriver.pools()).isEmpty();
        DriverManager.registerDriver(stub);
    }

    @AfterEach
    void deregister() throws SQLException {
        ManagedDriver.clear();
        DriverManager.deregisterDriver(stub);
    }

    private static Properties properties(String... namesAndValues) {
        Properties properties = new Properties();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.setProperty(namesAndValues[i], namesAndValues[i + 1]);
        }
        return properties;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Connection raw(Connection pooled) throws SQLException {
        return pooled.unwrap(PoolProxiedConnection.class).entry().connection();
    }

    @Test
    void poolsTheConnectionsOfTheDriverBehindTheUrl() throws SQLException {
        String url = "jdbc:naiad:jdbc:h2:mem:managed";
        try (Connection connection = DriverManager.getConnection(url, "sa", "");
                var results = connection.createStatement().executeQuery("select 6 * 7")) {
            assertThat(results.next()).isTrue();
            assertThat(results.getInt(1)).isEqualTo(42);
        }
        DriverManager.getConnection(url, "sa", "").close();

        assertThat(ManagedDriver.pools()).singleElement().satisfies(pool -> {
            assertThat(pool).isInstanceOf(QueuePool.class);
            assertThat(pool.snapshot().opened()).isEqualTo(1);
            assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        });
    }

    @Test
    @Tag("M-04")
    void equalArgumentsShareAPoolAndDifferentOnesDoNot() {
        Pool pool = ManagedDriver.pool(STUB, properties("user", "ada", "password", "x", "ssl", "true"));

        assertThat(ManagedDriver.pool(STUB, properties("ssl", "true", "password", "x", "user", "ada")))
                .isSameAs(pool);
        assertThat(List.of(
                        ManagedDriver.pool(STUB, properties("user", "ada", "password", "y", "ssl", "true")),
                        ManagedDriver.pool(STUB, properties("user", "bob", "password", "x", "ssl", "true")),
                        ManagedDriver.pool(STUB, properties("user", "ada", "password", "x")),
                        ManagedDriver.pool(STUB + "2", properties("user", "ada", "password", "x", "ssl", "true")),
                        ManagedDriver.pool(
                                STUB, properties("user", "ada", "password", "x", "ssl", "true", "naiad.timeout", "1"))))
                .doesNotHaveDuplicates()
                .doesNotContain(pool);
        assertThat(ManagedDriver.pools()).hasSize(6);
        assertThat(stub.requests()).isEmpty();
    }

    @Test
    @Tag("M-04")
    void equalArgumentsShareNoConnection() throws SQLException {
        try (Connection first = DriverManager.getConnection(STUB);
                Connection second = DriverManager.getConnection(STUB)) {
            assertThat(raw(first)).isNotSameAs(raw(second));
        }
        assertThat(ManagedDriver.pools()).hasSize(1);
    }

    @Test
    @Tag("M-04")
    void noPropertiesIsAValidArgument() throws SQLException {
        driver.connect(STUB, null).close();
        driver.connect(STUB, new Properties()).close();

        assertThat(ManagedDriver.pools()).hasSize(1);
        assertThat(stub.requests()).hasSize(1);
    }

    @Test
    void inheritedPropertiesCountLikeOwnOnes() throws SQLException {
        Properties inheriting = new Properties(properties("user", "ada", "naiad.pool_size", "3"));
        inheriting.setProperty("ssl", "true");

        assertThat(ManagedDriver.pool(STUB, inheriting))
                .isSameAs(ManagedDriver.pool(STUB, properties("user", "ada", "ssl", "true", "naiad.poolSize", "3")));
    }

    @Test
    void laterChangesToThePropertiesDoNotReachThePool() throws SQLException {
        Properties properties = properties("user", "ada");
        Connection kept = driver.connect(STUB, properties);
        properties.setProperty("user", "bob");
        driver.connect(STUB, properties("user", "ada")).close();
        kept.close();

        assertThat(ManagedDriver.pools()).hasSize(1);
        assertThat(stub.requests())
                .extracting(StubDatabaseDriver.Request::properties)
                .containsExactly(Map.of("user", "ada"), Map.of("user", "ada"));
    }

    @Test
    @Tag("M-06")
    void aKeyTakesThePlaceOfTheArguments() throws SQLException {
        driver.connect(STUB, properties("naiad.key", "a", "user", "ada")).close();
        driver.connect(STUB + "2", properties("naiad.key", "a", "user", "bob")).close();
        driver.connect(STUB, properties("naiad.key", "b", "user", "ada")).close();

        assertThat(ManagedDriver.pools()).extracting(Pool::name).containsExactlyInAnyOrder("a", "b");
        assertThat(stub.requests())
                .containsExactly(
                        new StubDatabaseDriver.Request("jdbc:stub:shop", Map.of("user", "ada")),
                        new StubDatabaseDriver.Request("jdbc:stub:shop", Map.of("user", "ada")));
    }

    @Test
    @Tag("M-05")
    @Tag("E-18")
    void aKeyIsNeverTakenForArguments() {
        assertThat(ManagedDriver.pool("jdbc:naiad:key=jdbc%3Astub%3Ashop:jdbc:stub:shop", null))
                .isNotSameAs(ManagedDriver.pool(STUB, null));
    }

    @Test
    @Tag("M-01")
    @Tag("E-18")
    void settingsThatContradictThoseOfAKeysPoolAreNotIgnored() throws SQLException {
        Pool pool = ManagedDriver.pool(STUB, properties("naiad.key", "a", "naiad.pool_size", "3"));

        assertThat(ManagedDriver.pool(STUB, properties("naiad.key", "a"))).isSameAs(pool);
        assertThatThrownBy(() -> driver.connect(STUB, properties("naiad.key", "a", "naiad.pool_size", "4")))
                .isInstanceOf(SQLNonTransientConnectionException.class)
                .hasMessage(
                        "Invalid value '4' for naiad.pool_size. Allowed: '3', with which the pool of the key 'a' has"
                                + " been made.");
        assertThatThrownBy(() -> driver.connect(STUB, properties("naiad.key", "a", "naiad.timeout", "4")))
                .hasMessageStartingWith("Invalid value '4' for naiad.timeout. Allowed: nothing, with which");
        assertThat(stub.requests()).isEmpty();
    }

    @Test
    void theSameSettingsInUrlAndPropertiesGiveTheSamePool() {
        assertThat(ManagedDriver.pool("jdbc:naiad:pool_size=3&timeout=5:jdbc:stub:shop", null))
                .isSameAs(ManagedDriver.pool(STUB, properties("naiad.poolSize", "3", "naiad.timeout", " 5 ")));
    }

    @Test
    void poolsHaveNamesThatTellThemApart() {
        assertThat(List.of(
                        ManagedDriver.pool(STUB + "1", null).name(),
                        ManagedDriver.pool(STUB + "2", null).name()))
                .allMatch(name -> name.startsWith("managed-"))
                .doesNotHaveDuplicates();
        assertThat(ManagedDriver.pool(STUB, properties("naiad.key", "a", "naiad.name", "shop"))
                        .name())
                .isEqualTo("shop");
    }

    @Test
    @Tag("M-02")
    void thePoolClassCanBeChosen() throws SQLException {
        driver.connect("jdbc:naiad:pool_class=NullPool:jdbc:stub:shop", null).close();

        assertThat(ManagedDriver.pools()).singleElement().isInstanceOf(NullPool.class);
        assertThat(stub.journal()).containsExactly("open 1", "close 1");
    }

    @Test
    @Tag("M-10")
    void returnedConnectionsAreRolledBackByDefault() throws SQLException {
        Connection connection = driver.connect(STUB, null);
        connection.setAutoCommit(false);
        connection.createStatement().executeUpdate("update");
        connection.close();

        assertThat(stub.journal()).containsExactly("open 1", "update 1", "rollback 1");
    }

    @Test
    @Tag("M-07")
    @Tag("E3-14")
    void simultaneousFirstConnectsMakeOnePool() throws Exception {
        int callers = 8;
        AtomicInteger made = new AtomicInteger();
        CountDownLatch searching = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        stub.beforeAccepting(() -> {
            made.incrementAndGet();
            searching.countDown();
            await(goOn);
        });
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            List<Future<Pool>> pools = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                pools.add(threads.submit(() -> ManagedDriver.pool(STUB, null)));
            }
            await(searching);

            // a pool in the making is in nobody's way
            ManagedDriver.pool("jdbc:naiad:jdbc:h2:mem:other", null);
            assertThat(ManagedDriver.pools()).hasSize(1);

            goOn.countDown();
            Pool first = pools.get(0).get(20, TimeUnit.SECONDS);
            for (Future<Pool> pool : pools) {
                assertThat(pool.get(20, TimeUnit.SECONDS)).isSameAs(first);
            }
            assertThat(made).hasValue(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aPoolThatCannotBeMadeLeavesNothingBehind() throws SQLException {
        DriverManager.deregisterDriver(stub);

        assertThatExceptionOfType(SQLNonTransientConnectionException.class)
                .isThrownBy(() -> DriverManager.getConnection(STUB + "?password=geheim"))
                .withMessageStartingWith(
                        "Invalid value 'jdbc:stub:shop?password=***' for url. Allowed: a URL that one of")
                .withCauseInstanceOf(InvalidSettingException.class);
        assertThatThrownBy(() -> ManagedDriver.pool(STUB, null)).isInstanceOf(InvalidSettingException.class);
        assertThat(ManagedDriver.pools()).isEmpty();
        assertThat(ManagedDriver.dispose(STUB, null)).isFalse();

        DriverManager.registerDriver(stub);
        driver.connect(STUB, null).close();
        assertThat(ManagedDriver.pools()).hasSize(1);
    }

    @Test
    void whoWaitsForAPoolThatCannotBeMadeTriesForItself() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        CountDownLatch searching = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        stub.beforeAccepting(() -> {
            searching.countDown();
            await(goOn);
            throw new IllegalStateException("attempt " + attempts.incrementAndGet());
        });
        CompletableFuture<Pool> first = CompletableFuture.supplyAsync(() -> ManagedDriver.pool(STUB, null));
        await(searching);
        CompletableFuture<Pool> second = new CompletableFuture<>();
        Thread waiting = new Thread(() -> second.completeAsync(() -> ManagedDriver.pool(STUB, null), Runnable::run));
        waiting.start();
        Awaitility.await().until(() -> waiting.getState() == Thread.State.WAITING);
        goOn.countDown();

        assertThat(first).failsWithin(PATIENCE).withThrowableThat().withMessageContaining("attempt 1");
        assertThat(second).failsWithin(PATIENCE).withThrowableThat().withMessageContaining("attempt 2");
        assertThat(ManagedDriver.pools()).isEmpty();
    }

    @Test
    @Tag("M-08")
    @Tag("E-18")
    void disposingOfAPoolReallyClosesIt() throws SQLException {
        Properties properties = properties("user", "ada");
        driver.connect(STUB, properties).close();
        Pool pool = ManagedDriver.pool(STUB, properties);
        assertThat(stub.open()).isEqualTo(1);

        assertThat(ManagedDriver.dispose(STUB, properties)).isTrue();

        assertThat(stub.open()).isZero();
        assertThatExceptionOfType(PoolClosedException.class).isThrownBy(pool::connect);
        assertThat(ManagedDriver.pools()).isEmpty();
        assertThat(ManagedDriver.dispose(STUB, properties)).isFalse();

        driver.connect(STUB, properties).close();
        assertThat(ManagedDriver.pool(STUB, properties)).isNotSameAs(pool);
    }

    @Test
    @Tag("M-08")
    void aPoolCanBeDisposedOfByItsKey() throws SQLException {
        driver.connect(STUB, properties("naiad.key", "a")).close();
        driver.connect(STUB, properties("naiad.key", "b")).close();

        assertThat(ManagedDriver.dispose("a")).isTrue();

        assertThat(ManagedDriver.pools()).extracting(Pool::name).containsExactly("b");
        assertThat(stub.open()).isEqualTo(1);
        assertThat(ManagedDriver.dispose("a")).isFalse();
    }

    @Test
    @Tag("M-08")
    @Tag("M-09")
    void clearClosesAllPoolsAndTheNextConnectMakesANewOne() throws SQLException {
        driver.connect(STUB + "1", null).close();
        driver.connect(STUB + "2", null).close();
        Pool before = ManagedDriver.pool(STUB + "1", null);

        ManagedDriver.clear();

        assertThat(stub.open()).isZero();
        assertThat(ManagedDriver.pools()).isEmpty();
        driver.connect(STUB + "1", null).close();
        assertThat(ManagedDriver.pool(STUB + "1", null)).isNotSameAs(before);
        assertThat(stub.journal()).contains("open 3");
    }

    @Test
    @Tag("M-09")
    void aConnectionInUseMayComeBackWhileItsPoolIsClosed() throws Exception {
        Connection connection = driver.connect(STUB, null);
        Pool pool = ManagedDriver.pool(STUB, null);
        CompletableFuture<Void> clearing = CompletableFuture.runAsync(ManagedDriver::clear);
        Awaitility.await().until(() -> ManagedDriver.pools().isEmpty());

        connection.createStatement().executeUpdate("update");
        connection.close();

        assertThat(clearing).succeedsWithin(PATIENCE);
        assertThat(stub.journal()).containsExactly("open 1", "update 1", "close 1");
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    void aPoolClosedByOtherHandsIsReplaced() throws SQLException {
        driver.connect(STUB, null).close();
        Pool closed = ManagedDriver.pool(STUB, null);
        closed.close();

        driver.connect(STUB, null).close();

        assertThat(ManagedDriver.pools()).singleElement().isNotSameAs(closed);
    }

    @Test
    void closesItsPoolsWhenTheDriverManagerDropsIt() throws SQLException {
        Driver registered = DriverManager.getDriver(STUB);
        assertThat(registered).isInstanceOf(ManagedDriver.class);
        registered.connect(STUB, null).close();
        try {
            DriverManager.deregisterDriver(registered);

            assertThat(ManagedDriver.pools()).isEmpty();
            assertThat(stub.open()).isZero();
        } finally {
            DriverManager.registerDriver(registered, ManagedDriver::clear);
        }
    }

    @Test
    void theDriversExceptionsComeThroughUnchanged() {
        SQLException refusal = new SQLException("too many clients", "53300");
        stub.refuse(refusal);

        assertThatThrownBy(() -> DriverManager.getConnection(STUB)).isSameAs(refusal);
    }

    @Test
    void leavesOtherUrlsToOtherDrivers() throws SQLException {
        assertThat(driver.connect("jdbc:stub:shop", null)).isNull();
        assertThat(driver.acceptsURL("jdbc:stub:shop")).isFalse();
        assertThat(driver.acceptsURL("")).isFalse();
        assertThat(driver.acceptsURL("jdbc:naiad")).isFalse();
        assertThat(driver.acceptsURL("jdbc:naiads:jdbc:stub:")).isFalse();
        assertThat(driver.acceptsURL(STUB)).isTrue();
        assertThat(driver.acceptsURL("JDBC:Naiad:jdbc:stub:")).isTrue();
        assertThat(driver.getPropertyInfo("jdbc:stub:shop", null)).isEmpty();
        assertThat(DriverManager.getDriver("jdbc:stub:shop")).isSameAs(stub);
    }

    @Test
    void aUrlThatIsNullIsAnErrorAsJdbcWantsIt() {
        assertThatExceptionOfType(SQLException.class).isThrownBy(() -> driver.acceptsURL(null));
        assertThatExceptionOfType(SQLException.class).isThrownBy(() -> driver.connect(null, null));
    }

    @Test
    void refusesPropertiesThatAreNoTexts() {
        Properties properties = new Properties();
        properties.put("ssl", true);
        assertThatThrownBy(() -> driver.connect(STUB, properties))
                .isInstanceOf(SQLNonTransientConnectionException.class)
                .hasMessage("Invalid value 'java.lang.Boolean' for property ssl. Allowed: a java.lang.String.");

        properties.clear();
        properties.put(7, "x");
        assertThatThrownBy(() -> driver.connect(STUB, properties))
                .hasMessage(
                        "Invalid value 'java.lang.Integer' for the name of a property. Allowed: a java.lang.String.");
    }

    @Test
    void showsNoSecrets() throws SQLException {
        Properties properties = properties("user", "ada", "password", "geheim", "trustStorePassword", "geheim");
        String url = "jdbc:naiad:timeout=5:jdbc:stub:shop?password=geheim";

        assertThat(ConnectArguments.of(url, properties))
                .hasToString("jdbc:stub:shop?password=***, settings {TIMEOUT=5},"
                        + " properties [password, trustStorePassword, user]");
        assertThat(ManagedDriver.pool(url, properties).toString()).doesNotContain("geheim");
        assertThat(ManagedDriver.pool(url, properties).config().toString()).doesNotContain("geheim");
        assertThatThrownBy(() -> driver.connect(STUB, properties("naiad.password", "geheim")))
                .hasMessageStartingWith("Invalid value 'naiad.password' for the name of a setting. Allowed: naiad.key,")
                .hasMessageNotContaining("geheim");
        assertThatThrownBy(() -> driver.connect("jdbc:naiad:password=%geheim:jdbc:stub:shop", null))
                .hasMessageStartingWith("Invalid value 'password' for the name of a setting. Allowed: key, name,")
                .hasMessageNotContaining("geheim");
        assertThatThrownBy(() -> driver.connect("jdbc:naiad:stub://ada:geheim@shop", null))
                .hasMessageStartingWith(
                        "Invalid value 'jdbc:naiad:stub://ada:***@shop' for url. Allowed: jdbc:naiad:<");
    }

    @Test
    @Tag("M-03")
    void tellsTheSettingsAndThePropertiesOfTheRealDriver() throws SQLException {
        DriverPropertyInfo[] properties = driver.getPropertyInfo(
                "jdbc:naiad:pool_size=3:jdbc:stub:shop", properties("stub", "yes", "naiad.resetOnReturn", "none"));

        assertThat(properties)
                .extracting(property -> property.name + "=" + property.value)
                .contains(
                        "naiad.key=null",
                        "naiad.name=null",
                        "naiad.pool_class=queue",
                        "naiad.pool_size=3",
                        "naiad.max_overflow=10",
                        "naiad.timeout=30",
                        "naiad.recycle=none",
                        "naiad.recycle_jitter=0.1",
                        "naiad.reset_on_return=none",
                        "naiad.pre_ping=idle",
                        "naiad.connect_concurrency=8",
                        "naiad.connect_timeout=30",
                        "naiad.fail_fast_after=10",
                        "naiad.patience=0.002",
                        "naiad.checkout_order=affine",
                        "naiad.driver_class_name=null",
                        "stub=yes");
        assertThat(properties)
                .filteredOn(property -> property.name.startsWith("naiad."))
                .allMatch(property -> !property.required && property.description.endsWith("."));
        assertThat(Arrays.stream(properties)
                        .filter(property -> property.choices != null)
                        .map(property -> property.name + " " + List.of(property.choices)))
                .contains(
                        "naiad.pool_class [queue, null, static, singleton_thread, assertion]",
                        "naiad.reset_on_return [rollback, commit, none]",
                        "naiad.pre_ping [off, idle, on]",
                        "naiad.checkout_order [affine, fifo, lifo]");
        assertThat(driver.getPropertyInfo("jdbc:naiad:jdbc:nothing:x", null)).hasSize(ManagedSetting.values().length);
        assertThat(ManagedDriver.pools()).isEmpty();
    }

    @Test
    void hasTheVersionOfTheProject() throws Exception {
        Matcher version = Pattern.compile("<version>(\\d+)\\.(\\d+)\\.").matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();

        assertThat(driver.getMajorVersion() + "." + driver.getMinorVersion())
                .isEqualTo(version.group(1) + "." + version.group(2));
        assertThat(driver.jdbcCompliant()).isFalse();
        assertThatExceptionOfType(SQLFeatureNotSupportedException.class).isThrownBy(driver::getParentLogger);
    }

    @Test
    void manyUsersComeAndGoTogether() throws Exception {
        int threads = 8;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                work.add(executor.submit(() -> {
                    for (int round = 0; round < 200; round++) {
                        String url = STUB + round % 3;
                        if (thread == 0 && round % 20 == 0) {
                            ManagedDriver.clear();
                        } else if (thread == 1) {
                            ManagedDriver.dispose(url, null);
                        } else {
                            borrow(url);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> future : work) {
                assertThatCode(() -> future.get(50, TimeUnit.SECONDS)).doesNotThrowAnyException();
            }
        } finally {
            executor.shutdownNow();
        }
        ManagedDriver.clear();
        assertThat(stub.open()).isZero();
    }

    private void borrow(String url) throws SQLException {
        try (Connection connection = driver.connect(url, null)) {
            connection.createStatement().executeUpdate("update");
        } catch (PoolClosedException e) {
            assertThat(e.getMessage()).contains("is closed"); // by another thread, while this one was asking
        }
    }
}
