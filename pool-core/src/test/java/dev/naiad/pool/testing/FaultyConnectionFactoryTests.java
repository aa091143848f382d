/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naiad.pool.ConnectionFactory;
import dev.naiad.pool.DatabaseUnavailableException;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolTimeoutException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FaultyConnectionFactoryTests {

    private final JdbcDataSource h2 = new JdbcDataSource();

    {
        h2.setUrl("jdbc:h2:mem:faulty;DB_CLOSE_DELAY=-1");
    }

    private final FaultyConnectionFactory database = new FaultyConnectionFactory(ConnectionFactory.of(h2));
    private final NaiadDataSource pooled = NaiadDataSource.builder()
            .connectionFactory(database)
            .poolSize(2)
            .maxOverflow(0)
            .timeout(Duration.ofSeconds(20))
            .build();

    @AfterEach
    void close() {
        database.recover();
        pooled.close();
    }

    private void query() throws SQLException {
        try (Connection connection = pooled.getConnection();
                PreparedStatement statement = connection.prepareStatement("select 42");
                ResultSet results = statement.executeQuery()) {
            assertThat(results.next()).isTrue();
            assertThat(results.getInt(1)).isEqualTo(42);
        }
    }

    @Test
    void withoutFaultsItIsTheDatabase() throws SQLException {
        query();
        try (Connection connection = pooled.getConnection();
                Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery("select 1")) {
            assertThat(connection.unwrap(JdbcConnection.class)).isNotNull();
            assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("H2");
            assertThat(results.getStatement().getConnection()).isSameAs(connection);
        }
    }

    @Test
    void theProxiesAreSomebodysNeighbours() throws SQLException {
        try (Connection bare = database.open(null);
                PreparedStatement statement = bare.prepareStatement("select 1")) {
            assertThat(statement.getConnection()).isSameAs(bare);
            assertThat(bare).isEqualTo(bare).isNotEqualTo(statement).hasSameHashCodeAs(bare);
            assertThat(bare.toString()).startsWith("Faulty ");
            assertThat(statement.executeQuery().getStatement()).isInstanceOf(PreparedStatement.class);
        }
    }

    @Test
    void aDatabaseThatIsDownAndComesBack() throws SQLException {
        query();
        database.cutConnections().refuseConnections();
        assertThatThrownBy(this::query).isInstanceOf(SQLException.class);
        assertThatThrownBy(this::query)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("refused (a fault made for this test)")
                .satisfiesAnyOf(
                        e -> assertThat(e).hasNoCause(),
                        e -> assertThat(e).isInstanceOf(DatabaseUnavailableException.class));

        database.recover();
        pooled.pool().dispose();
        query();
    }

    @Test
    void whatIsCutIsFoundDeadAndReplaced() throws SQLException {
        Connection before = physical();
        database.cutConnections();
        assertThatThrownBy(this::query).isInstanceOf(SQLException.class).hasMessageContaining("was cut");
        assertThat(physical()).isNotSameAs(before);
        query();
    }

    private Connection physical() throws SQLException {
        try (Connection connection = pooled.getConnection()) {
            return connection.unwrap(JdbcConnection.class);
        }
    }

    @Test
    void aMethodFailsAsOftenAsAsked() throws SQLException {
        database.fail("executeQuery", 2, () -> new SQLException("deadlock", "40001"));
        assertThatThrownBy(this::query).hasMessage("deadlock");
        assertThatThrownBy(this::query).hasMessage("deadlock");
        query();
    }

    @Test
    void whatHangsGoesOnWhenTheDatabaseRecovers() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        database.add(call -> {
            if (call.method().equals("executeQuery")) {
                reached.countDown();
            }
        });
        database.hang("executeQuery");
        CompletableFuture<Void> work = CompletableFuture.runAsync(() -> {
            try {
                query();
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
        reached.await();
        assertThat(work).isNotDone();
        database.recover();
        work.get();
    }

    @Test
    void anInterruptEndsWhatHangs() {
        database.hang("executeQuery");
        Thread.currentThread().interrupt();
        try (Connection connection = database.open(null);
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.executeQuery("select 1"))
                    .isInstanceOf(SQLException.class)
                    .hasMessage("Interrupted in executeQuery (a fault made for this test)");
        } catch (SQLException e) {
            throw new AssertionError(e);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aSlowConnectIsWaitedForNoLongerThanTheTimeout() throws ExecutionException, InterruptedException {
        try (NaiadDataSource impatient = NaiadDataSource.builder()
                .connectionFactory(database)
                .timeout(Duration.ofMillis(1))
                .build()) {
            database.slowConnections(Duration.ofDays(1));
            assertThatThrownBy(impatient::getConnection).isInstanceOf(PoolTimeoutException.class);
            database.recover();
        }
    }
}
