/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naiad.pool.dialect.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A pool ends transactions and connections through its dialect only. */
@Timeout(60)
class PoolDialectTests {

    private final StubDatabase database = new StubDatabase().withoutAutoCommit();
    private final TestTicker ticker = new TestTicker();
    private final List<String> asked = new ArrayList<>();
    private @Nullable Throwable failure;

    private final Dialect dialect = new Dialect() {

        private void note(String what, Connection connection) throws SQLException {
            assertThat(database.connections)
                    .as("the driver's own connection")
                    .anyMatch(stub -> stub.connection == connection);
            asked.add(what);
        }

        @Override
        public void rollback(Connection connection) throws SQLException {
            note("rollback", connection);
            Dialect.super.rollback(connection);
        }

        @Override
        public void close(Connection connection) throws SQLException {
            note("close", connection);
            fail();
            Dialect.super.close(connection);
        }

        @Override
        public void terminate(Connection connection) throws SQLException {
            note("terminate", connection);
            fail();
            Dialect.super.terminate(connection);
        }

        private void fail() {
            if (failure != null) {
                TestSupport.sneakyThrow(failure);
            }
        }

        @Override
        public boolean isDisconnect(SQLException exception, @Nullable Connection connection) {
            return false;
        }
    };

    private PoolConfig.Builder settings() {
        return database.settings()
                .poolSize(1)
                .maxOverflow(1)
                .recycle(Duration.ofSeconds(30))
                .ticker(ticker)
                .dialect(dialect);
    }

    private static void use(Pool pool) throws SQLException {
        try (Connection connection = pool.connect()) {
            connection.createStatement().executeUpdate("x");
        }
    }

    private List<String> usedDisposedAndRecreated(Function<PoolConfig, Pool> poolClass) throws SQLException {
        Pool pool = poolClass.apply(settings().build());
        use(pool);
        pool.dispose();
        use(pool.recreate());
        return asked;
    }

    static Stream<Function<PoolConfig, Pool>> poolsThatKeepConnections() {
        return Stream.of(QueuePool::new, AssertionPool::new, SingletonThreadPool::new, StaticPool::new);
    }

    @ParameterizedTest
    @MethodSource("poolsThatKeepConnections")
    @Tag("DL-01")
    @Tag("RR-06")
    void aPoolThatKeepsConnectionsKeepsTheSecond(Function<PoolConfig, Pool> poolClass) throws SQLException {
        assertThat(usedDisposedAndRecreated(poolClass)).containsExactly("rollback", "close", "rollback");
    }

    @Test
    @Tag("DL-01")
    @Tag("DR-09")
    void aNullPoolClosesBoth() throws SQLException {
        assertThat(usedDisposedAndRecreated(NullPool::new)).containsExactly("rollback", "close", "rollback", "close");
    }

    private enum End {
        OVERFLOW("close"),
        DISPOSED("close"),
        POOL_CLOSED("close"),
        NOT_POOLED("close"),
        DETACHED("close"),
        INVALIDATED("terminate"),
        INVALIDATED_DETACHED("terminate"),
        RECYCLED("terminate"),
        REJECTED("terminate");

        final String expected;

        End(String expected) {
            this.expected = expected;
        }
    }

    private void bringAbout(End end) throws SQLException {
        Pool pool = end == End.NOT_POOLED
                ? new NullPool(settings().build())
                : new QueuePool(settings().build());
        PoolProxiedConnection connection = pool.connect();
        switch (end) {
            case OVERFLOW -> pool.connect().close();
            case INVALIDATED -> connection.invalidate(null);
            case DETACHED, INVALIDATED_DETACHED -> connection.detach();
            default -> {}
        }
        if (end == End.INVALIDATED_DETACHED) {
            connection.invalidate(null);
        }
        connection.close();
        switch (end) {
            case DISPOSED -> pool.dispose();
            case POOL_CLOSED -> pool.close();
            case RECYCLED -> {
                ticker.advance(Duration.ofSeconds(31));
                pool.sweep();
                use(pool);
            }
            case REJECTED -> {
                pool.dispose();
                asked.clear();
                pool.subscribe(Set.of(PoolEvent.Kind.CONNECT), event -> {
                    throw new SQLException("no");
                });
                assertThatThrownBy(pool::connect).hasMessage("no");
            }
            default -> {}
        }
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("PB-08")
    @Tag("E-21")
    void onlyWhatIsSuspectIsTerminatedInsteadOfClosed(End end) throws SQLException {
        bringAbout(end);

        asked.remove("rollback");
        assertThat(asked).containsExactly(end.expected);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("PB-07")
    void aClosingThatFailsIsNobodysBusinessAndIsTriedAgain(End end) throws SQLException {
        for (Throwable thrown : List.of(new SQLException("no"), new IllegalStateException("no"), new Error("no"))) {
            failure = thrown;
            int openBefore = database.open.get();
            bringAbout(end);
            assertThat(database.open.get() - openBefore)
                    .as("what rests or is used on")
                    .isEqualTo(Set.of(End.OVERFLOW, End.RECYCLED).contains(end) ? 1 : 0);
        }
    }

    @Test
    @Tag("PB-09")
    void dataSourcesMayShareAPool() throws SQLException {
        Pool pool = new QueuePool(settings().build());
        NaiadDataSource.of(pool).getConnection().close();
        NaiadDataSource.of(pool).getConnection().close();

        assertThat(database.attempts).hasValue(1);
    }
}
