/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.dialect.Disconnect;
import dev.naiad.pool.intercept.Execution;
import dev.naiad.pool.intercept.ExecutionInterceptor;
import dev.naiad.pool.intercept.SavepointStep;
import dev.naiad.pool.intercept.TransactionStep;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.h2.tools.SimpleResultSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Interceptors on H2, where rewriting and suppressing show in what is in the tables. */
class InterceptionTests {

    private final List<String> journal = new ArrayList<>();
    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    private final List<Pool> pools = new ArrayList<>();

    @AfterEach
    void close() {
        pools.forEach(Pool::close);
    }

    private Pool pool(ExecutionInterceptor... interceptors) throws SQLException {
        return pool(settings(interceptors));
    }

    private PoolConfig.Builder settings(ExecutionInterceptor... interceptors) {
        PoolConfig.Builder settings = PoolConfig.builder().url(url).poolSize(1).maxOverflow(0);
        for (ExecutionInterceptor interceptor : interceptors) {
            settings.interceptor(interceptor);
        }
        return settings;
    }

    private Pool pool(PoolConfig.Builder settings) throws SQLException {
        try (Pool plain = new NullPool(PoolConfig.builder().url(url).build());
                Connection connection = plain.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists person (id int primary key, name varchar(20))");
            statement.execute("create sequence if not exists ids");
        }
        Pool pool = new QueuePool(settings.build());
        pools.add(pool);
        return pool;
    }

    private List<String> names() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Pool plain = new NullPool(PoolConfig.builder().url(url).build());
                Connection connection = plain.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select name from person order by id")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    /** Writes down everything, before and after. */
    private final class Journal implements ExecutionInterceptor {

        private final String prefix;

        Journal(String prefix) {
            this.prefix = prefix;
        }

        private void note(String text) {
            journal.add(prefix + text);
        }

        @Override
        public String rewrite(Connection connection, String sql) {
            note("rewrite");
            return sql;
        }

        @Override
        public <R> R execute(Execution<R> execution) throws SQLException {
            note("execute " + execution.sql());
            R result = execution.proceed();
            note("executed");
            return result;
        }

        @Override
        public void begin(Connection connection, TransactionStep begin) throws SQLException {
            note("begin");
            begin.proceed();
            assertThat(connection.getAutoCommit()).isFalse();
        }

        @Override
        public void commit(Connection connection, TransactionStep commit) throws SQLException {
            note("commit");
            commit.proceed();
        }

        @Override
        public void rollback(Connection connection, TransactionStep rollback) throws SQLException {
            note("rollback");
            rollback.proceed();
        }

        @Override
        public Savepoint savepoint(Connection connection, String name, SavepointStep savepoint) throws SQLException {
            note("savepoint " + name);
            return savepoint.proceed(name);
        }

        @Override
        public void rollbackSavepoint(Connection connection, Savepoint savepoint, TransactionStep rollback)
                throws SQLException {
            note("rollback savepoint " + savepoint.getSavepointName());
            rollback.proceed();
        }

        @Override
        public void releaseSavepoint(Connection connection, Savepoint savepoint, TransactionStep release)
                throws SQLException {
            note("release savepoint " + savepoint.getSavepointName());
            release.proceed();
        }
    }

    @Test
    @Tag("CP-04")
    void transactionsAreSeenFromTheirBeginToTheirEnd() throws SQLException {
        Pool pool = pool(new Journal(""));
        try (Connection connection = pool.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("insert into person values (1, 'ada')");
            connection.rollback();
            connection.setAutoCommit(true);

            connection.setAutoCommit(false);
            connection.setAutoCommit(false);
            statement.execute("insert into person values (2, 'eve')");
            connection.commit();
            connection.setAutoCommit(true);
        }

        assertThat(journal)
                .containsExactly(
                        "begin",
                        "rewrite",
                        "execute insert into person values (1, 'ada')",
                        "executed",
                        "rollback",
                        "begin",
                        "rewrite",
                        "execute insert into person values (2, 'eve')",
                        "executed",
                        "commit");
        assertThat(names()).containsExactly("eve");
    }

    @Test
    @Tag("CP-04")
    void switchingAutocommitOnIsACommitIfSomethingRan() throws SQLException {
        Pool pool = pool(new Journal(""));
        try (Connection connection = pool.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("insert into person values (1, 'ada')");
            connection.setAutoCommit(true);
        }

        assertThat(journal).endsWith("executed", "commit");
        assertThat(names()).containsExactly("ada");
    }

    @Test
    @Tag("CP-04")
    void savepointsAreSeenWithTheirNamesAndNotAsTransactions() throws SQLException {
        Pool pool = pool(new Journal(""));
        try (Connection connection = pool.connect()) {
            connection.setAutoCommit(false);
            Savepoint first = connection.setSavepoint("first");
            connection.rollback(first);
            Savepoint second = connection.setSavepoint("second");
            connection.releaseSavepoint(second);
            connection.setSavepoint();
            connection.rollback();
        }

        assertThat(journal)
                .containsExactly(
                        "begin",
                        "savepoint first",
                        "rollback savepoint first",
                        "savepoint second",
                        "release savepoint second",
                        "savepoint null",
                        "rollback");
    }

    @Test
    @Tag("CP-04")
    void whatThePoolDoesOnReturnIsNotSeen() throws SQLException {
        for (ResetOnReturn style : ResetOnReturn.values()) {
            Pool pool = pool(settings(new Journal("")).resetOnReturn(style));
            try (Connection connection = pool.connect();
                    PreparedStatement statement = connection.prepareStatement("insert into person values (?, ?)")) {
                connection.setAutoCommit(false);
                statement.setInt(1, style.ordinal());
                statement.setString(2, style.name());
                statement.executeUpdate();
            }
            assertThat(journal)
                    .containsExactly("rewrite", "begin", "execute insert into person values (?, ?)", "executed");
            journal.clear();
        }
        assertThat(names()).containsExactly("COMMIT");
    }

    @Test
    @Tag("CP-01")
    @Tag("CP-05")
    void theFirstInterceptorIsTheOutermost() throws SQLException {
        Pool pool = pool(new Journal("1 "), new Journal("2 "));
        try (Connection connection = pool.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1");
            connection.setAutoCommit(false);
            connection.setSavepoint("s");
        }

        assertThat(journal)
                .containsExactly(
                        "1 rewrite",
                        "2 rewrite",
                        "1 execute select 1",
                        "2 execute select 1",
                        "2 executed",
                        "1 executed",
                        "1 begin",
                        "2 begin",
                        "1 savepoint s",
                        "2 savepoint s");
    }

    @Test
    @Tag("CP-05")
    void theInterceptorsOfTheConfigurationAreThoseOfARecreatedPool() throws SQLException {
        Pool pool = pool(new Journal(""));
        Pool recreated = pool.recreate();
        pools.add(recreated);
        try (Connection connection = recreated.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1");
        }

        assertThat(journal).containsExactly("rewrite", "execute select 1", "executed");
        assertThat(recreated.config().interceptors()).isEqualTo(pool.config().interceptors());
        assertThatNullPointerException().isThrownBy(() -> PoolConfig.builder().interceptor(null));
    }

    @Test
    @Tag("CP-04")
    void settingsOfTheConnectionAndDetachingDoNotLoseTheInterceptor() throws SQLException {
        Pool pool = pool(new Journal(""));
        try (Connection connection = pool.connect()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setReadOnly(true);
            connection.setReadOnly(false);
            connection.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT);
            connection.unwrap(PoolProxiedConnection.class).detach();
            try (Statement statement = connection.createStatement()) {
                statement.execute("select 1");
            }
            connection.setAutoCommit(false);
        }

        assertThat(journal).containsExactly("rewrite", "execute select 1", "executed", "begin");
    }

    @Test
    @Tag("CP-03")
    void whatAnInterceptorExecutesIsInterceptedToo() throws SQLException {
        ExecutionInterceptor filling = new ExecutionInterceptor() {
            @Override
            public <R> R execute(Execution<R> execution) throws SQLException {
                if (execution.sql().startsWith("insert") && execution.statement() instanceof PreparedStatement insert) {
                    try (Statement next = execution.connection().createStatement();
                            ResultSet rows = next.executeQuery("select next value for ids")) {
                        rows.next();
                        insert.setInt(1, rows.getInt(1));
                    }
                }
                return execution.proceed();
            }
        };
        Pool pool = pool(new Journal(""), filling);
        try (Connection connection = pool.connect();
                PreparedStatement insert = connection.prepareStatement("insert into person values (?, ?)")) {
            insert.setString(2, "ada");
            insert.executeUpdate();
        }

        assertThat(journal)
                .containsExactly(
                        "rewrite",
                        "execute insert into person values (?, ?)",
                        "rewrite",
                        "execute select next value for ids",
                        "executed",
                        "executed");
        assertThat(names()).containsExactly("ada");
    }

    @Test
    @Tag("CP-01")
    void rewritingChangesWhatTheDatabaseDoes() throws SQLException {
        ExecutionInterceptor rewriting = new ExecutionInterceptor() {
            @Override
            public String rewrite(Connection connection, String sql) {
                return sql.replace("people", "person");
            }

            @Override
            public <R> R execute(Execution<R> execution) throws SQLException {
                return execution.sql().contains("'bob'")
                        ? execution.proceed(execution.sql().replace("'bob'", "'robert'"))
                        : execution.proceed();
            }
        };
        Pool pool = pool(rewriting);
        try (Connection connection = pool.connect();
                Statement statement = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement("insert into people values (?, ?)")) {
            statement.executeUpdate("insert into people values (1, 'bob')");
            statement.addBatch("insert into people values (2, 'carol')");
            statement.addBatch("insert into people values (3, 'dave')");
            assertThat(statement.executeBatch()).containsExactly(1, 1);
            insert.setInt(1, 4);
            insert.setString(2, "eve");
            insert.addBatch();
            assertThat(insert.executeBatch()).containsExactly(1);
            try (ResultSet rows = statement.executeQuery("select count(*) from people")) {
                rows.next();
                assertThat(rows.getInt(1)).isEqualTo(4);
            }
        }

        assertThat(names()).containsExactly("robert", "carol", "dave", "eve");
    }

    @Test
    @Tag("CP-06")
    void whatIsSuppressedDoesNotHappen() throws SQLException {
        ExecutionInterceptor dry = new ExecutionInterceptor() {
            @Override
            public <R> R execute(Execution<R> execution) throws SQLException {
                return switch (execution.kind()) {
                    case QUERY -> execution.proceed();
                    case EXECUTE, UPDATE -> execution.updateCount(1);
                    case BATCH ->
                        execution.batchCounts(new long[execution.commands().size()]);
                };
            }
        };
        Pool pool = pool(dry);
        try (Connection connection = pool.connect();
                Statement statement = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement("insert into person values (?, 'eve')")) {
            assertThat(statement.executeUpdate("insert into person values (1, 'ada')"))
                    .isOne();
            assertThat(statement.execute("drop table person")).isFalse();
            assertThat(statement.getUpdateCount()).isOne();
            insert.setInt(1, 3);
            insert.addBatch();
            assertThat(insert.executeBatch()).containsExactly(0);
            assertThat(insert.executeBatch()).isEmpty();
        }

        assertThat(names()).isEmpty();
    }

    @Test
    @Tag("CP-06")
    void rowsCanBeReplaced() throws SQLException {
        SimpleResultSet canned = new SimpleResultSet();
        canned.addColumn("NAME", java.sql.Types.VARCHAR, 20, 0);
        canned.addRow("nobody");
        ExecutionInterceptor replacing = new ExecutionInterceptor() {
            @Override
            public <R> R execute(Execution<R> execution) throws SQLException {
                return execution.rows(canned);
            }
        };
        Pool pool = pool(replacing);
        ResultSet rows;
        try (Connection connection = pool.connect()) {
            Statement statement = connection.createStatement();
            rows = statement.executeQuery("select name from person");
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString("NAME")).isEqualTo("nobody");
            assertThat(rows.getStatement()).isSameAs(statement);
        }

        assertThat(rows.isClosed()).isTrue();
        assertThat(canned.isClosed()).isTrue();
    }

    @Test
    @Tag("CP-06")
    void aSuppressedCommitLeavesTheTransactionToTheReset() throws SQLException {
        Pool pool = pool(new ExecutionInterceptor() {
            @Override
            public void commit(Connection connection, TransactionStep commit) {
                journal.add("no commit");
            }
        });
        try (Connection connection = pool.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("insert into person values (1, 'ada')");
            connection.commit();
            connection.setAutoCommit(true);
            assertThat(connection.getAutoCommit()).isFalse();
        }

        assertThat(journal).containsExactly("no commit", "no commit");
        assertThat(names()).isEmpty();
        try (Connection connection = pool.connect()) {
            assertThat(connection.getAutoCommit()).isTrue();
        }
    }

    @Test
    void whatAnInterceptorThrowsReachesTheUserAndNothingIsLost() throws SQLException {
        for (Throwable failure :
                List.of(new SQLException("no", "42000"), new IllegalStateException("no"), new AssertionError("no"))) {
            ExecutionInterceptor throwing = new ExecutionInterceptor() {
                @Override
                public <R> R execute(Execution<R> execution) {
                    TestSupport.sneakyThrow(failure);
                    throw new AssertionError("unreachable");
                }

                @Override
                public void rollback(Connection connection, TransactionStep rollback) {
                    TestSupport.sneakyThrow(failure);
                }

                @Override
                public Savepoint savepoint(Connection connection, String name, SavepointStep savepoint) {
                    TestSupport.sneakyThrow(failure);
                    throw new AssertionError("unreachable");
                }
            };
            Pool pool = pool(throwing);
            for (int i = 0; i < 2; i++) {
                try (Connection connection = pool.connect()) {
                    connection.setAutoCommit(false);
                    assertThatThrownBy(() -> connection.createStatement().execute("select 1"))
                            .isSameAs(failure);
                    assertThatThrownBy(connection::rollback).isSameAs(failure);
                    assertThatThrownBy(connection::setSavepoint).isSameAs(failure);
                }
            }
            assertThat(pool.snapshot().checkedOut()).isZero();
            assertThat(pool.snapshot().closed())
                    .allSatisfy((reason, count) -> assertThat(count).isZero());
        }
    }

    @Test
    void aDisconnectCountsWhoeverThrowsItAndWhoeverKeepsItToHimself() throws SQLException {
        List<SQLException> classified = new ArrayList<>();
        SQLException gone = new SQLException("gone", "08006");
        ExecutionInterceptor interceptor = new ExecutionInterceptor() {
            @Override
            public <R> R execute(Execution<R> execution) throws SQLException {
                if (execution.sql().equals("gone")) {
                    throw gone;
                }
                try {
                    return execution.proceed();
                } catch (SQLException e) {
                    return execution.updateCount(0);
                }
            }
        };
        Pool pool = pool(settings(interceptor).disconnectClassifier((exception, proposal) -> {
            classified.add(exception);
            return exception == gone || exception.getErrorCode() == 42001 ? Disconnect.CONNECTION : proposal;
        }));

        try (Connection connection = pool.connect();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("gone")).isSameAs(gone);
        }
        assertThat(classified.stream().filter(e -> e == gone)).hasSize(1);
        await().untilAsserted(() -> assertThat(pool.snapshot().closed()).containsEntry(CloseReason.INVALIDATED, 1L));

        try (Connection connection = pool.connect();
                Statement statement = connection.createStatement()) {
            assertThat(statement.execute("this is no SQL")).isFalse();
        }
        await().untilAsserted(() -> assertThat(pool.snapshot().closed()).containsEntry(CloseReason.INVALIDATED, 2L));
    }
}
