/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One trouble after the other, at random, while a ledger is kept. A minute, or what {@code -Dnaiad.soak.seconds} says:
 * {@code -Psoak} makes it ten minutes. {@code -Dnaiad.soak.seed} repeats the troubles of another time.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class SoakTests {

    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("naiad.soak.seconds", 60));
    private static final long SEED = Long.getLong("naiad.soak.seed", System.nanoTime());
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final Duration TOLERANCE = Duration.ofSeconds(2);
    private static final int WRITERS = 8;

    /** What may happen. */
    private enum Trouble {
        KILL,
        CUT,
        HALVE,
        SWALLOW,
        REFUSE,
        SLOW_DOWN,
        SLOW_CONNECTS,
        DISPOSE,
        REFRESH,
        RESIZE,
        SUSPEND,
        INVALIDATE_ALL,
        RESTART
    }

    @TempDir
    private Path directory;

    private final Random random = new Random(SEED);
    private final List<String> history = new ArrayList<>();
    private EmbeddedPostgres server;

    private EmbeddedPostgres.Builder builder() {
        return EmbeddedPostgres.builder()
                .setDataDirectory(directory.resolve("data"))
                .setCleanDataDirectory(false);
    }

    @Test
    void theLedgerIsExactWhateverHappens() throws Exception {
        server = builder().start();
        Ledger ledger = new Ledger(server.getJdbcUrl("postgres", "postgres"));
        try (Wire wire = new Wire(server.getPort());
                QueuePool pool = new QueuePool(PoolConfig.builder()
                        .url("jdbc:postgresql://127.0.0.1:" + wire.port()
                                + "/postgres?ApplicationName=soak&connectTimeout=1&socketTimeout=1")
                        .username("postgres")
                        .poolSize(4)
                        .maxOverflow(2)
                        .timeout(TIMEOUT)
                        .recycle(Duration.ofSeconds(2))
                        .connectTimeout(Duration.ofSeconds(2))
                        .failFastAfter(Duration.ofSeconds(1))
                        .build());
                LedgerLoad load = new LedgerLoad(pool, ledger, WRITERS)) {
            long end = System.nanoTime() + LENGTH.toNanos();
            while (System.nanoTime() - end < 0) {
                load.awaitProgress(1 + random.nextInt(200));
                Trouble trouble = Trouble.values()[random.nextInt(Trouble.values().length)];
                history.add(trouble + " after " + ledger.confirmed());
                make(trouble, wire, pool, load);
            }
            load.awaitProgress(100);
            load.stop();

            ledger.check();
            assertThat(load.longestWait()).isLessThan(TIMEOUT.plus(TOLERANCE));
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                PoolSnapshot now = pool.snapshot();
                assertThat(now.checkedOut()).isZero();
                assertThat(now.opening()).isZero();
                assertThat(now.waiting()).isZero();
                assertThat(now.checkedIn()).isLessThanOrEqualTo(now.poolSize());
            });
            Figures.note(
                    "soak: %d s, %d troubles, %d transactions, longest wait %d ms, callers saw %s",
                    LENGTH.toSeconds(),
                    history.size(),
                    ledger.confirmed(),
                    load.longestWait().toMillis(),
                    load.failures());
        } catch (Throwable e) {
            throw new AssertionError("Seed " + SEED + ": " + history, e);
        } finally {
            server.close();
        }
    }

    private void make(Trouble trouble, Wire wire, QueuePool pool, LedgerLoad load) throws Exception {
        switch (trouble) {
            case KILL ->
                execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'soak'");
            case CUT -> wire.cut();
            case HALVE -> wire.halve();
            case SWALLOW -> {
                wire.swallow(true);
                awaitFailures(load, 1 + random.nextInt(2 * WRITERS));
                wire.swallow(false);
            }
            case REFUSE -> {
                wire.refuse(true);
                wire.cut();
                awaitFailures(load, 1 + random.nextInt(5 * WRITERS));
                wire.refuse(false);
            }
            case SLOW_DOWN -> {
                wire.slowDown(Duration.ofMillis(1), 64);
                load.awaitProgress(10);
                wire.slowDown(Duration.ZERO, 8_192);
            }
            case SLOW_CONNECTS -> {
                wire.delayConnects(Duration.ofMillis(random.nextInt(500)));
                pool.dispose();
                load.awaitProgress(10);
                wire.delayConnects(Duration.ZERO);
            }
            case DISPOSE -> pool.dispose();
            case REFRESH ->
                assertThat(pool.refresh().await(Duration.ofSeconds(10))).isTrue();
            case RESIZE -> {
                int size = 1 + random.nextInt(5);
                int overflow = random.nextInt(3);
                pool.reconfigure(settings -> settings.poolSize(size).maxOverflow(overflow));
            }
            case SUSPEND -> {
                pool.suspend(random.nextBoolean() ? Suspension.FAIL : Suspension.WAIT);
                await().until(() ->
                        pool.snapshot().checkedOut() == pool.snapshot().opening());
                pool.resume();
            }
            case INVALIDATE_ALL -> {
                try (PoolProxiedConnection connection = pool.connect()) {
                    pool.invalidate(connection, null);
                } catch (SQLException e) { // that of an earlier trouble
                    history.add("could not: " + e.getMessage());
                }
            }
            case RESTART -> {
                int port = server.getPort();
                server.close();
                awaitFailures(load, WRITERS);
                server = builder().setPort(port).start();
            }
        }
    }

    private static void awaitFailures(LedgerLoad load, int count) {
        int goal = load.failureCount() + count;
        await().atMost(Duration.ofSeconds(30)).until(() -> load.failureCount() >= goal);
    }

    private void execute(String sql) throws SQLException {
        try (Connection admin = DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
                Statement statement = admin.createStatement()) {
            statement.execute(sql);
        }
    }
}
