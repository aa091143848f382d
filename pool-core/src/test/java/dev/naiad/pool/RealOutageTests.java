/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL behind a network that fails, and failing itself, while eight threads write to a ledger. Each scenario says how soon
 * all is well again and what callers see; at the end of each the ledger has to be exact.
 */
@Timeout(90)
class RealOutageTests {

    private static final int WRITERS = 8;
    private static final int SIZE = 4;
    private static final int OVERFLOW = 2;
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final Duration BLACK_HOLE = Duration.ofSeconds(10);

    /** For a machine that has other things to do. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private static final int PROGRESS = 20;

    @TempDir
    private static Path directory;

    private static EmbeddedPostgres server;

    private Wire wire;
    private QueuePool pool;
    private Ledger ledger;
    private LedgerLoad load;
    private String scenario;

    @BeforeAll
    static void startServer() throws IOException {
        server = builder().start();
    }

    private static EmbeddedPostgres.Builder builder() {
        return EmbeddedPostgres.builder()
                .setDataDirectory(directory.resolve("data"))
                .setCleanDataDirectory(false)
                .setDataDirectoryCustomizer(RealOutageTests::demandPasswords);
    }

    /** Of one role only. */
    private static void demandPasswords(File data) {
        try {
            Files.writeString(
                    data.toPath().resolve("pg_hba.conf"),
                    "host all guarded 127.0.0.1/32 scram-sha-256\nhost all all all trust\nlocal all all trust\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    @BeforeEach
    void prepare(TestInfo test) throws Exception {
        scenario = test.getDisplayName();
        wire = new Wire(server.getPort());
        execute(
                "drop role if exists app",
                "create role app login",
                "drop role if exists few",
                "create role few login connection limit 3",
                "drop role if exists guarded",
                "create role guarded login password 'old'");
        ledger = new Ledger(adminUrl());
        pool = pool(settings("app"));
    }

    @AfterEach
    void close() throws Exception {
        if (load != null) {
            load.close();
        }
        wire.close();
        pool.close(Duration.ZERO);
        execute("drop table entry, total");
    }

    private static String adminUrl() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    private static void execute(String... statements) throws SQLException {
        try (Connection admin = DriverManager.getConnection(adminUrl());
                Statement statement = admin.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private PoolConfig.Builder settings(String user) {
        return PoolConfig.builder()
                .url("jdbc:postgresql://127.0.0.1:" + wire.port() + "/postgres?connectTimeout=1&socketTimeout=1")
                .username(user)
                .poolSize(SIZE)
                .maxOverflow(OVERFLOW)
                .timeout(TIMEOUT)
                .connectTimeout(Duration.ofSeconds(3));
    }

    private static QueuePool pool(PoolConfig.Builder settings) {
        return new QueuePool(settings.build());
    }

    private void startLoad() {
        load = new LedgerLoad(pool, ledger, WRITERS);
        load.awaitProgress(PROGRESS);
    }

    /** Until there is progress again. */
    private void assertRecoversWithin(Duration limit) {
        Duration recovery = load.awaitProgress(PROGRESS);
        Figures.note("%s: recovery in %d ms, callers saw %s", scenario, recovery.toMillis(), load.failures());
        assertThat(recovery).as("recovery").isLessThan(limit);
    }

    private void finish() throws Exception {
        load.stop();
        Figures.note(
                "%s: %d transactions, longest wait %d ms",
                scenario, ledger.confirmed(), load.longestWait().toMillis());
        ledger.check();
        assertThat(load.longestWait()).as("longest wait").isLessThan(TIMEOUT.plus(TOLERANCE));
        await().untilAsserted(() -> {
            PoolSnapshot now = pool.snapshot();
            assertThat(now.checkedOut()).isZero();
            assertThat(now.checkedIn()).isBetween(1, now.poolSize());
        });
    }

    @Test
    void killedBackendsCostNoThreadMoreThanOneFailure() throws Exception {
        startLoad();
        for (int i = 1; i <= 5; i++) {
            execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'");
            assertRecoversWithin(Duration.ofSeconds(3));
            assertThat(load.failureCount()).isLessThanOrEqualTo(i * WRITERS);
        }
        finish();
    }

    @Test
    void aServerThatIsStoppedAndStartedIsUsedAgainAtOnce() throws Exception {
        startLoad();
        int port = server.getPort();
        server.close();
        await().until(() -> load.failureCount() > 2 * WRITERS);
        server = builder().setPort(port).start();
        assertRecoversWithin(Duration.ofSeconds(3));
        finish();
    }

    @Test
    void aBlackHoleCostsCallersNoMoreThanTheirTimeout() throws Exception {
        startLoad();
        wire.swallow(true);
        long begin = System.nanoTime();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> System.nanoTime() - begin >= BLACK_HOLE.toNanos() && load.failureCount() >= 3 * WRITERS);
        wire.swallow(false);
        assertRecoversWithin(Duration.ofSeconds(4));
        finish();
    }

    @Test
    void connectionsCutOffCostNoThreadMoreThanOneFailure() throws Exception {
        startLoad();
        for (int i = 1; i <= 3; i++) {
            wire.cut();
            assertRecoversWithin(Duration.ofSeconds(3));
            assertThat(load.failureCount()).isLessThanOrEqualTo(i * WRITERS);
        }
        finish();
    }

    @Test
    void ofManyHalfOpenConnectionsOneBorrowerFindsOut() throws Exception {
        for (Connection each : Borrower.manyFrom(pool, SIZE)) {
            each.close();
        }
        pool.sweep();
        pool.sweep();
        wire.halve();
        long start = System.nanoTime();
        List<Borrower<Connection>> borrowers = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            borrowers.add(Borrower.from(pool));
        }
        for (Borrower<Connection> borrower : borrowers) {
            try (Connection connection = borrower.get();
                    Statement statement = connection.createStatement()) {
                assertThat(statement.execute("select 1")).isTrue();
            }
        }
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        Figures.note("%s: all served in %d ms, no failures", scenario, taken.toMillis());
        assertThat(taken).isLessThan(TIMEOUT.plus(TOLERANCE));
        startLoad();
        assertRecoversWithin(Duration.ofSeconds(3));
        assertThat(load.failures()).isEmpty();
        finish();
    }

    @Test
    void slowConnectsGoOnSideBySide() throws Exception {
        pool.close();
        pool = pool(settings("app").poolSize(10).connectConcurrency(5));
        Duration each = Duration.ofMillis(400);
        wire.delayConnects(each);
        long start = System.nanoTime();
        List<Borrower<Connection>> borrowers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            borrowers.add(Borrower.from(pool));
        }
        for (Borrower<Connection> borrower : borrowers) {
            assertThat(borrower.get()).isNotNull();
        }
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        for (Borrower<Connection> borrower : borrowers) {
            borrower.get().close();
        }
        Figures.note(
                "%s: 10 connections of %d ms each, 5 at a time, in %d ms", scenario, each.toMillis(), taken.toMillis());
        assertThat(taken).isLessThan(each.multipliedBy(10).dividedBy(2));
        startLoad();
        assertRecoversWithin(Duration.ofSeconds(3));
        assertThat(load.failures()).isEmpty();
        finish();
    }

    @Test
    void aSlowNetworkIsNoFailure() throws Exception {
        startLoad();
        wire.slowDown(Duration.ofMillis(2), 16);
        load.awaitProgress(PROGRESS);
        assertThat(load.failures()).isEmpty();
        wire.slowDown(Duration.ZERO, 8_192);
        assertRecoversWithin(Duration.ofSeconds(3));
        finish();
    }

    @Test
    void aServerThatIsFullIsMadeDoWith() throws Exception {
        pool.close();
        pool = pool(settings("few"));
        startLoad();
        load.awaitProgress(10 * PROGRESS);

        assertRecoversWithin(Duration.ofSeconds(3));
        assertThat(load.failures()).isEmpty();
        Figures.note("%s: %d attempts at a server that takes 3", scenario, wire.connects());
        assertThat(wire.connects())
                .isLessThanOrEqualTo(3 + PoolConfig.builder().build().connectConcurrency());
        finish();
    }

    @Test
    void aWrongPasswordAfterARotationLeavesThePresentConnectionsAtWork() throws Exception {
        AtomicReference<String> password = new AtomicReference<>("old");
        pool.close();
        pool = pool(settings("guarded").credentials(() -> new Credentials("guarded", password.get())));
        startLoad();
        execute("alter role guarded password 'new'");

        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(pool::rotate)
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
        assertRecoversWithin(Duration.ofSeconds(3));
        long before = pool.snapshot().opened();
        password.set("new");
        assertThat(pool.rotate().await(Duration.ofSeconds(10))).isTrue();
        assertRecoversWithin(Duration.ofSeconds(3));

        assertThat(load.failures()).isEmpty();
        assertThat(pool.snapshot().opened()).isGreaterThan(before + 1);
        finish();
    }

    /** Sessions that exist become read-only, as when their server is demoted; new ones reach the new writer. */
    @Test
    void afterAFailOverNobodyKeepsAReader() throws Exception {
        startLoad();
        execute(
                "alter role app set default_transaction_read_only = off",
                "alter role postgres set default_transaction_read_only = off",
                "alter system set default_transaction_read_only = on",
                "select pg_reload_conf()");
        try {
            await().until(() -> load.failureCount() > 0);
            assertRecoversWithin(Duration.ofSeconds(3));
            int failures = load.failureCount();
            load.awaitProgress(5 * PROGRESS);
            assertThat(load.failures().keySet()).allMatch(kind -> kind.endsWith("25006"));
            assertThat(load.failureCount()).as("no more of them").isEqualTo(failures);
            assertThat(failures).isLessThanOrEqualTo(SIZE + OVERFLOW);
        } finally {
            execute("alter system reset default_transaction_read_only", "select pg_reload_conf()");
        }
        finish();
    }
}
