/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** The pool on H2 and on PostgreSQL. */
@Timeout(120)
class RealDatabaseTests {

    private static final int THREADS = 40;
    private static final int CHECKOUTS = 10;

    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void startPostgres() throws IOException {
        postgres = EmbeddedPostgres.builder().start();
    }

    @AfterAll
    static void stopPostgres() throws IOException {
        postgres.close();
    }

    private static String postgresUrl() {
        return postgres.getJdbcUrl("postgres", "postgres");
    }

    static Stream<Arguments> databasesAndOverflows() {
        return Stream.of("jdbc:h2:mem:real;DB_CLOSE_DELAY=-1", "postgres")
                .flatMap(url -> Stream.of(0, 5).map(overflow -> Arguments.of(url, overflow)));
    }

    /** Counts what the driver has given out and not been told to close. */
    private static final class Counted implements ConnectionFactory {

        private final String url;
        private final List<Connection> opened = new CopyOnWriteArrayList<>();
        private final AtomicLong mostOpen = new AtomicLong();

        private Counted(String url) {
            this.url = url;
        }

        @Override
        public Connection open(ConnectionPoolEntry entry) throws SQLException {
            Connection connection = DriverManager.getConnection(url);
            opened.add(connection);
            mostOpen.accumulateAndGet(open(), Math::max);
            return connection;
        }

        private long open() throws SQLException {
            long open = 0;
            for (Connection connection : opened) {
                open += connection.isClosed() ? 0 : 1;
            }
            return open;
        }
    }

    @ParameterizedTest
    @MethodSource("databasesAndOverflows")
    @Tag("PB-13")
    void fortyThreadsShareThreeConnections(String database, int maxOverflow) throws Exception {
        Counted driver = new Counted(database.equals("postgres") ? postgresUrl() : database);
        QueuePool pool = new QueuePool(PoolConfig.builder()
                .connectionFactory(driver)
                .poolSize(3)
                .maxOverflow(maxOverflow)
                .build());
        List<Borrower<Integer>> borrowers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            borrowers.add(Borrower.of(() -> {
                int sum = 0;
                for (int round = 0; round < CHECKOUTS; round++) {
                    try (Connection connection = pool.connect();
                            var results = connection.createStatement().executeQuery("select 1")) {
                        results.next();
                        sum += results.getInt(1);
                    }
                }
                return sum;
            }));
        }
        for (Borrower<Integer> borrower : borrowers) {
            assertThat(borrower.get()).isEqualTo(CHECKOUTS);
        }

        await().until(() -> pool.snapshot().opening() == 0);
        assertThat(driver.mostOpen.get()).isBetween(1L, 3L + maxOverflow);
        assertThat(pool.snapshot().checkedIn()).isBetween(1, 3);
        assertThat(pool.snapshot().checkedOut()).isZero();
        pool.close(Duration.ofSeconds(20));
        assertThat(driver.open()).isZero();
    }

    @ParameterizedTest
    @MethodSource("databases")
    @Tag("RR-09")
    @Tag("RR-11")
    void nothingAUserLeavesBehindReachesTheNext(String database) throws SQLException {
        Counted driver = new Counted(database.equals("postgres") ? postgresUrl() : database);
        QueuePool pool = new QueuePool(PoolConfig.builder()
                .connectionFactory(driver)
                .poolSize(1)
                .maxOverflow(0)
                .build());
        int isolation;
        try (Connection connection = pool.connect()) {
            isolation = connection.getTransactionIsolation();
            connection.createStatement().execute("create table if not exists leftovers (id int)");
        }
        try (Connection connection = pool.connect()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setAutoCommit(false);
            connection.createStatement().execute("insert into leftovers values (1)");
        }
        try (Connection connection = pool.connect();
                var results = connection.createStatement().executeQuery("select count(*) from leftovers")) {
            results.next();
            assertThat(results.getInt(1)).isZero();
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(connection.getTransactionIsolation()).isEqualTo(isolation);
        }
        assertThat(driver.opened).hasSize(1);
        pool.close();
    }

    @Test
    @Tag("PP-06")
    void aPingBeginsNoTransaction() throws SQLException {
        Pool pool = new QueuePool(PoolConfig.builder()
                .connectionFactory(entry -> {
                    Connection connection = DriverManager.getConnection(postgresUrl());
                    connection.setAutoCommit(false);
                    return connection;
                })
                .prePing(PrePing.ON)
                .build());
        pool.connect().close();
        try (Connection connection = pool.connect()) {
            BaseConnection driver = connection.unwrap(BaseConnection.class);
            assertThat(driver.getTransactionState()).isEqualTo(TransactionState.IDLE);
            assertThat(driver.getAutoCommit()).isFalse();
        }
        pool.close();
    }

    static Stream<String> databases() {
        return Stream.of("jdbc:h2:mem:left;DB_CLOSE_DELAY=-1", "postgres");
    }

    @Test
    void aConnectionTheServerKilledIsReplacedAtItsReturn() throws SQLException {
        QueuePool pool = new QueuePool(PoolConfig.builder()
                .url(postgresUrl())
                .poolSize(1)
                .maxOverflow(0)
                .build());
        try (Connection admin = DriverManager.getConnection(postgresUrl());
                Connection connection = pool.connect()) {
            var results = connection.createStatement().executeQuery("select pg_backend_pid()");
            results.next();
            admin.createStatement().execute("select pg_terminate_backend(" + results.getInt(1) + ")");
            assertThatThrownBy(() -> connection.createStatement().execute("select 1"))
                    .isInstanceOf(SQLException.class);
        }

        try (Connection next = pool.connect()) {
            assertThat(next.createStatement().execute("select 1")).isTrue();
        }
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.INVALIDATED, 1L);
        pool.close();
    }
}
