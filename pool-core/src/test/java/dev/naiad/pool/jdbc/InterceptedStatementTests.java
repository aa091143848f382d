/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.naiad.pool.intercept.Command;
import dev.naiad.pool.intercept.Execution;
import dev.naiad.pool.intercept.Execution.Kind;
import dev.naiad.pool.intercept.ExecutionInterceptor;
import dev.naiad.pool.intercept.Parameters;
import dev.naiad.pool.jdbc.StubDriver.Call;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each method of the three kinds of statement, found by reflection, so that none is forgotten. */
class InterceptedStatementTests {
    private static final String PREPARED = "prepared";

    private final StubDriver driver = new StubDriver();
    private final Connection raw = driver.create(Connection.class);
    private final List<String> seen = new ArrayList<>();

    /** Notes each execution, then goes on. */
    private final class Noting implements ExecutionInterceptor {
        @Override
        public <R> R execute(Execution<R> execution) throws SQLException {
            seen.add(execution.kind() + " " + execution.sql());
            return execution.proceed();
        }
    }

    /** Answers each execution without the driver. */
    private static final class Suppressing implements ExecutionInterceptor {
        private final ResultSet rows;

        Suppressing(ResultSet rows) {
            this.rows = rows;
        }

        @Override
        public <R> R execute(Execution<R> execution) throws SQLException {
            return switch (execution.kind()) {
                case EXECUTE, QUERY -> execution.rows(rows);
                case UPDATE -> execution.updateCount(77);
                case BATCH -> {
                    long[] counts = new long[execution.commands().size()];
                    Arrays.fill(counts, 77);
                    yield execution.batchCounts(counts);
                }
            };
        }
    }

    static Stream<Arguments> executions() {
        return Stream.of(Statement.class, PreparedStatement.class, CallableStatement.class)
                .flatMap(api -> Arrays.stream(api.getMethods())
                        .filter(method -> method.getName().startsWith("execute"))
                        .map(method -> Arguments.of(api, method)));
    }

    @Test
    void thereAreAsManyWaysToExecuteAsJdbcHas() {
        assertThat(executions()).hasSize(15 + 2 * 19);
    }

    private static Statement open(Connection connection, Class<?> api) throws SQLException {
        if (api == CallableStatement.class) {
            return connection.prepareCall(PREPARED);
        }
        return api == PreparedStatement.class ? connection.prepareStatement(PREPARED) : connection.createStatement();
    }

    private Object[] arguments(Method method) {
        Class<?>[] types = method.getParameterTypes();
        Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            arguments[i] = driver.marker(types[i], 10 + i);
        }
        return arguments;
    }

    private static Object invoke(Object target, Method method, Object... arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Kind kind(Method method) {
        String name = method.getName();
        if (name.endsWith("Batch")) {
            return Kind.BATCH;
        } else if (name.endsWith("Update")) {
            return Kind.UPDATE;
        }
        return name.endsWith("Query") ? Kind.QUERY : Kind.EXECUTE;
    }

    @ParameterizedTest
    @MethodSource("executions")
    @Tag("CP-01")
    @Tag("CP-02")
    void asksTheInterceptorOnceAndReachesTheDriverOnceWithTheSameArguments(Class<?> api, Method method)
            throws Throwable {
        TestConnection plain = new TestConnection(raw);
        TestConnection connection = new TestConnection(raw, new Noting(), new Noting());
        Statement statement = open(connection, api);
        Object rawStatement = driver.latest(api.asSubclass(Statement.class));
        Object[] arguments = arguments(method);
        Object expected = invoke(open(plain, api), method, arguments);
        driver.forgetCalls();

        Object result = invoke(statement, method, arguments);

        String sql = arguments.length > 0 ? (String) arguments[0] : api == Statement.class ? "" : PREPARED;
        assertThat(seen).containsExactly(kind(method) + " " + sql, kind(method) + " " + sql);
        assertThat(driver.calls()).extracting(Call::target, Call::method).containsExactly(tuple(rawStatement, method));
        assertThat(driver.calls().get(0).arguments()).isEqualTo(arguments);
        if (result instanceof ResultSet rows) {
            assertThat(rows.getStatement()).isSameAs(statement);
        } else {
            assertThat(result).isEqualTo(expected);
        }
    }

    private static org.assertj.core.groups.Tuple tuple(Object... values) {
        return org.assertj.core.groups.Tuple.tuple(values);
    }

    @ParameterizedTest
    @MethodSource("executions")
    @Tag("CP-01")
    @Tag("CP-06")
    void withoutGoingOnTheDriverIsNotReachedAndTheConnectionNotUsed(Class<?> api, Method method) throws Throwable {
        TestConnection connection = new TestConnection(raw, new Suppressing(driver.create(ResultSet.class)));
        Statement statement = open(connection, api);
        connection.transactionEnded();
        driver.forgetCalls();

        Object result = invoke(statement, method, arguments(method));

        assertThat(connection.isUsed()).isFalse();
        assertThat(driver.callNames()).noneMatch(name -> name.startsWith("execute"));
        switch (kind(method)) {
            case EXECUTE -> {
                assertThat(result).isEqualTo(true);
                assertThat(statement.getResultSet().getStatement()).isSameAs(statement);
                assertThat(statement.getUpdateCount()).isEqualTo(-1);
            }
            case QUERY -> {
                assertThat(result).isSameAs(statement.getResultSet());
                assertThat(((ResultSet) result).getStatement()).isSameAs(statement);
            }
            case UPDATE -> {
                assertThat(((Number) result).intValue()).isEqualTo(77);
                assertThat(statement.getUpdateCount()).isEqualTo(77);
                assertThat(statement.getLargeUpdateCount()).isEqualTo(77);
                assertThat(statement.getResultSet()).isNull();
            }
            case BATCH -> assertThat(java.lang.reflect.Array.getLength(result)).isZero();
        }
        assertThat(statement.getMoreResults()).isFalse();
        assertThat(statement.getUpdateCount()).isEqualTo(-1);
        assertThat(statement.getLargeUpdateCount()).isEqualTo(-1);
        assertThat(statement.getResultSet()).isNull();
    }

    @ParameterizedTest
    @MethodSource("executions")
    void whatAnInterceptorThrowsReachesTheUserAndTheConnectionHearsOfItOnce(Class<?> api, Method method)
            throws Throwable {
        for (Throwable failure : List.of(new SQLException("no"), new IllegalStateException(), new AssertionError())) {
            TestConnection connection = new TestConnection(raw, new Noting(), new Throwing(failure));
            Statement statement = open(connection, api);
            connection.transactionEnded();

            assertThat(catchThrowable(() -> invoke(statement, method, arguments(method))))
                    .isSameAs(failure);

            assertThat(connection.failures)
                    .containsExactlyElementsOf(failure instanceof SQLException e ? List.of(e) : List.of());
            assertThat(connection.isUsed()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("executions")
    void whatTheDriverThrowsReachesTheUserAndTheConnectionHearsOfItOnce(Class<?> api, Method method) throws Throwable {
        SQLException failure = new SQLException("no");
        TestConnection connection = new TestConnection(raw, new Noting(), new Noting());
        Statement statement = open(connection, api);
        driver.fail(method, failure);

        assertThat(catchThrowable(() -> invoke(statement, method, arguments(method))))
                .isSameAs(failure);
        driver.behave();

        assertThat(connection.failures).containsExactly(failure);
    }

    private static final class Throwing implements ExecutionInterceptor {
        private final Throwable failure;

        Throwing(Throwable failure) {
            this.failure = failure;
        }

        @Override
        public <R> R execute(Execution<R> execution) throws SQLException {
            if (failure instanceof SQLException e) {
                throw e;
            } else if (failure instanceof RuntimeException e) {
                throw e;
            }
            throw (Error) failure;
        }
    }

    @ParameterizedTest
    @MethodSource("executions")
    void closedStatementsAndConnectionsAskNobody(Class<?> api, Method method) throws Throwable {
        TestConnection connection = new TestConnection(raw, new Noting());
        Statement closed = open(connection, api);
        closed.close();
        assertThat(catchThrowable(() -> invoke(closed, method, arguments(method))))
                .isInstanceOf(ClosedHandleException.class);

        Statement orphan = open(connection, api);
        connection.abort(Runnable::run);
        assertThat(catchThrowable(() -> invoke(orphan, method, arguments(method))))
                .isInstanceOf(ClosedHandleException.class);

        assertThat(seen).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("executions")
    @Tag("CP-01")
    void plainTextCanBeRewrittenByTheHookAndByGoingOnWithOther(Class<?> api, Method method) throws Throwable {
        if (method.getParameterCount() == 0) {
            return;
        }
        ExecutionInterceptor outer = new ExecutionInterceptor() {
            @Override
            public String rewrite(Connection connection, String sql) {
                return sql + " rewritten";
            }

            @Override
            public <R> R execute(Execution<R> execution) throws SQLException {
                return execution.proceed(execution.sql() + " on the way");
            }
        };
        TestConnection connection = new TestConnection(raw, outer, new Noting());
        Statement statement = open(connection, api);
        Object[] arguments = arguments(method);
        driver.forgetCalls();

        invoke(statement, method, arguments);

        String expected = arguments[0] + " rewritten on the way";
        assertThat(seen).containsExactly(kind(method) + " " + expected);
        assertThat(driver.calls().get(0).arguments()[0]).isEqualTo(expected);
        assertThat(Arrays.asList(driver.calls().get(0).arguments()).subList(1, arguments.length))
                .isEqualTo(Arrays.asList(arguments).subList(1, arguments.length));
    }

    static Stream<Method> preparations() {
        return Arrays.stream(Connection.class.getMethods())
                .filter(method -> PreparedStatement.class.isAssignableFrom(method.getReturnType()));
    }

    @ParameterizedTest
    @MethodSource("preparations")
    void preparedTextIsRewrittenWhenItIsPreparedFromTheOutermostInwards(Method method) throws Throwable {
        ExecutionInterceptor one = new ExecutionInterceptor() {
            @Override
            public String rewrite(Connection connection, String sql) {
                return sql + " 1";
            }
        };
        ExecutionInterceptor two = new ExecutionInterceptor() {
            @Override
            public String rewrite(Connection connection, String sql) {
                return sql + " 2";
            }
        };
        TestConnection connection = new TestConnection(raw, one, two, new Noting());
        Object[] arguments = arguments(method);

        PreparedStatement statement = (PreparedStatement) invoke(connection, method, arguments);
        statement.execute();

        Call prepared = driver.calls().get(0);
        assertThat(prepared.method()).isEqualTo(method);
        assertThat(prepared.arguments()[0]).isEqualTo(arguments[0] + " 1 2");
        assertThat(Arrays.asList(prepared.arguments()).subList(1, arguments.length))
                .isEqualTo(Arrays.asList(arguments).subList(1, arguments.length));
        assertThat(seen).containsExactly("EXECUTE " + arguments[0] + " 1 2");
        assertThat(connection.isUsed()).isTrue();
        connection.close();
        assertThat(statement.isClosed()).isTrue();
        assertThat(driver.callNames()).endsWith("close");
    }

    @ParameterizedTest
    @MethodSource("preparations")
    void aFailureToPrepareIsReportedOnceAndARefusalReachesNoDriver(Method method) {
        SQLException failure = new SQLException("no");
        driver.fail(method, failure);
        TestConnection connection = new TestConnection(raw, new Noting());
        assertThat(catchThrowable(() -> invoke(connection, method, arguments(method))))
                .isSameAs(failure);
        assertThat(connection.failures).containsExactly(failure);

        driver.behave();
        driver.forgetCalls();
        SQLException refusal = new SQLException("not that");
        TestConnection guarded = new TestConnection(raw, new ExecutionInterceptor() {
            @Override
            public String rewrite(Connection connection, String sql) throws SQLException {
                throw refusal;
            }
        });
        assertThat(catchThrowable(() -> invoke(guarded, method, arguments(method))))
                .isSameAs(refusal);
        assertThat(driver.calls()).isEmpty();
        assertThat(guarded.failures).containsExactly(refusal);
    }

    @Test
    void withoutInterceptorsTheUsualDelegatesAreUsed() throws SQLException {
        TestConnection connection = new TestConnection(raw);

        assertThat(connection.createStatement()).hasSameClassAs(new DelegatingStatement(connection, null));
        assertThat(connection.prepareStatement("x")).hasSameClassAs(new DelegatingPreparedStatement(connection, null));
        assertThat(connection.prepareCall("x")).hasSameClassAs(new DelegatingCallableStatement(connection, null));
    }

    static Stream<Arguments> setters() {
        return Stream.of(PreparedStatement.class, CallableStatement.class)
                .flatMap(api -> Arrays.stream(api.getMethods())
                        .filter(method ->
                                method.getName().startsWith("set") && method.getDeclaringClass() != Statement.class)
                        .map(method -> Arguments.of(api, method)));
    }

    @ParameterizedTest
    @MethodSource("setters")
    @Tag("CP-02")
    void parametersAreSeenByIndexAndByName(Class<?> api, Method setter) throws Throwable {
        List<Parameters> parameters = new ArrayList<>();
        TestConnection connection = new TestConnection(raw, new ExecutionInterceptor() {
            @Override
            public <R> R execute(Execution<R> execution) throws SQLException {
                parameters.add(execution.parameters());
                assertThat(execution.commands()).containsExactly(new Command(execution.sql(), execution.parameters()));
                return execution.proceed();
            }
        });
        PreparedStatement statement = (PreparedStatement) open(connection, api);
        Object[] arguments = arguments(setter);
        driver.forgetCalls();

        invoke(statement, setter, arguments);
        assertThat(driver.calls()).hasSize(1);
        statement.execute();
        statement.clearParameters();
        statement.execute();
        driver.fail(setter, new SQLException("no"));
        assertThat(catchThrowable(() -> invoke(statement, setter, arguments))).isInstanceOf(SQLException.class);
        driver.behave();
        statement.execute();

        Object value = setter.getName().equals("setNull") ? null : arguments[1];
        Parameters first = parameters.get(0);
        if (arguments[0] instanceof Integer index) {
            assertThat(first.byIndex()).containsOnlyKeys(index);
            assertThat(first.byIndex().get(index)).isEqualTo(value);
            assertThat(first.byName()).isEmpty();
        } else {
            assertThat(first.byName()).containsOnlyKeys((String) arguments[0]);
            assertThat(first.byName().get(arguments[0])).isEqualTo(value);
            assertThat(first.byIndex()).isEmpty();
        }
        assertThat(parameters.subList(1, 3)).containsOnly(Parameters.NONE);
        assertThat(first)
                .hasToString(
                        "Parameters[%d by index, %d by name]",
                        first.byIndex().size(), first.byName().size());
    }

    @Test
    @Tag("CP-02")
    void aPreparedBatchShowsEachSetOfParametersOnce() throws SQLException {
        List<List<Command>> batches = new ArrayList<>();
        TestConnection connection = new TestConnection(raw, collecting(batches));
        PreparedStatement statement = connection.prepareStatement("insert");
        driver.answer("executeBatch", new int[] {1, 1});

        statement.setInt(1, 5);
        statement.addBatch();
        statement.setInt(1, 6);
        statement.setString(2, "six");
        statement.addBatch();
        assertThat(statement.executeBatch()).containsExactly(1, 1);
        statement.executeLargeBatch();
        statement.addBatch();
        statement.clearBatch();
        statement.executeBatch();

        assertThat(batches)
                .containsExactly(
                        List.of(
                                new Command("insert", new Parameters(Map.of(1, 5), Map.of())),
                                new Command("insert", new Parameters(Map.of(1, 6, 2, "six"), Map.of()))),
                        List.of(),
                        List.of());
    }

    private static ExecutionInterceptor collecting(List<List<Command>> batches) {
        return new ExecutionInterceptor() {
            @Override
            public String rewrite(Connection connection, String sql) {
                return sql.replace("old", "new");
            }

            @Override
            public <R> R execute(Execution<R> execution) throws SQLException {
                assertThat(execution.kind()).isEqualTo(Kind.BATCH);
                assertThat(execution.parameters()).isEqualTo(Parameters.NONE);
                batches.add(execution.commands());
                R result = execution.proceed();
                assertThat(execution.commands()).isEqualTo(batches.get(batches.size() - 1));
                return result;
            }
        };
    }

    @Test
    @Tag("CP-02")
    void aPlainBatchIsRewrittenAsItIsAdded() throws SQLException {
        List<List<Command>> batches = new ArrayList<>();
        TestConnection connection = new TestConnection(raw, collecting(batches), new Noting());
        Statement statement = connection.createStatement();

        statement.addBatch("insert into old");
        statement.addBatch("delete from old");
        driver.fail("addBatch", new SQLException("no"));
        assertThatThrownBy(() -> statement.addBatch("nonsense")).hasMessage("no");
        driver.behave();
        statement.executeBatch();

        assertThat(batches)
                .containsExactly(List.of(
                        new Command("insert into new", Parameters.NONE),
                        new Command("delete from new", Parameters.NONE)));
        assertThat(seen).containsExactly("BATCH insert into new;\ndelete from new");
        assertThat(driver.callTexts())
                .contains("addBatch[insert into new]", "addBatch[delete from new]", "executeBatch[]");
    }

    @Test
    void aBatchThatWasSuppressedOrRefusedIsNotExecutedLater() throws SQLException {
        ResultSet rows = driver.create(ResultSet.class);
        Statement suppressed = new TestConnection(raw, new Suppressing(rows)).createStatement();
        suppressed.addBatch("a");
        suppressed.addBatch("b");
        driver.forgetCalls();
        assertThat(suppressed.executeBatch()).containsExactly(77, 77);
        assertThat(driver.callNames()).containsExactly("clearBatch");
        assertThat(suppressed.executeLargeBatch()).isEmpty();

        SQLException refusal = new SQLException("no");
        Statement refused = new TestConnection(raw, new Throwing(refusal)).createStatement();
        refused.addBatch("a");
        driver.forgetCalls();
        SQLException alsoNo = new SQLException("cannot clear");
        driver.fail("clearBatch", alsoNo);
        assertThatThrownBy(refused::executeBatch).isSameAs(refusal).hasSuppressedException(alsoNo);
        assertThat(driver.callNames()).containsExactly("clearBatch");
    }

    /** Does what a test wants done, for each kind of result. */
    @FunctionalInterface
    private interface Advice {
        Object give(Execution<Object> execution) throws SQLException;

        default ExecutionInterceptor interceptor() {
            Advice advice = this;
            return new ExecutionInterceptor() {
                @Override
                @SuppressWarnings("unchecked")
                public <R> R execute(Execution<R> execution) throws SQLException {
                    return (R) advice.give((Execution<Object>) execution);
                }
            };
        }
    }

    private Statement advised(Advice... advices) throws SQLException {
        return new TestConnection(
                        raw, Arrays.stream(advices).map(Advice::interceptor).toArray(ExecutionInterceptor[]::new))
                .createStatement();
    }

    @Test
    void aFailedStatementCanBeTriedAgainButABatchCannot() throws SQLException {
        Advice twice = execution -> {
            try {
                return execution.proceed();
            } catch (SQLException e) {
                return execution.proceed();
            }
        };
        List<SQLException> toThrow = new ArrayList<>(List.of(new SQLException("once")));
        driver.answerBy("executeUpdate", () -> {
            if (!toThrow.isEmpty()) {
                throw toThrow.remove(0);
            }
            return 3;
        });
        assertThat(advised(twice).executeUpdate("x")).isEqualTo(3);

        driver.fail("executeBatch", new SQLException("no"));
        assertThatThrownBy(() -> advised(twice).executeBatch()).hasMessageContaining("can be executed once only");
    }

    @Test
    void wrongAnswersAreRefusedWithTheReason() throws SQLException {
        ResultSet rows = driver.create(ResultSet.class);

        assertThatThrownBy(() -> advised(execution -> execution.rows(rows)).executeUpdate("x"))
                .hasMessage("The result of an execution of kind UPDATE cannot be rows.");
        assertThatThrownBy(() -> advised(execution -> execution.updateCount(1)).executeQuery("x"))
                .hasMessage("The result of an execution of kind QUERY cannot be an update count.");
        assertThatThrownBy(() -> advised(execution -> execution.batchCounts(1)).execute("x"))
                .hasMessage("The result of an execution of kind EXECUTE cannot be batch counts.");
        assertThatThrownBy(() -> advised(execution -> execution.batchCounts(1)).executeBatch())
                .hasMessage("Invalid batch counts [1]. Allowed: one for each of 0 commands.");
        assertThatThrownBy(() -> advised(execution -> execution.updateCount(-1)).execute("x"))
                .hasMessage("Invalid update count -1. Allowed: 0 or more.");
        assertThatThrownBy(() -> advised(execution -> null).executeUpdate("x"))
                .hasMessageContaining(".execute returned null");
        assertThatThrownBy(() -> new TestConnection(raw, ((Advice) execution -> execution.proceed("y")).interceptor())
                        .prepareStatement("x")
                        .execute())
                .hasMessageContaining("fixed; change it in rewrite");
        assertThatThrownBy(() -> new TestConnection(raw, new ExecutionInterceptor() {
                            @Override
                            public String rewrite(Connection connection, String sql) {
                                return null;
                            }
                        })
                        .prepareStatement("x"))
                .hasMessageContaining("rewrote the SQL to null");
        assertThatThrownBy(() -> advised(Execution::proceed).execute(null)).hasMessage("The SQL must not be null.");
    }

    @Test
    void aCountBeyondIntIsGivenAsJdbcSays() throws SQLException {
        long many = 1L << 40;
        Statement statement = advised(execution -> execution.updateCount(many));

        assertThat(statement.executeUpdate("x")).isEqualTo(Statement.SUCCESS_NO_INFO);
        assertThat(statement.executeLargeUpdate("x")).isEqualTo(many);
        assertThat(statement.getUpdateCount()).isEqualTo(Statement.SUCCESS_NO_INFO);
        assertThat(statement.getLargeUpdateCount()).isEqualTo(many);
        assertThat(statement.execute("x")).isFalse();
        assertThat(statement.getLargeUpdateCount()).isEqualTo(many);
    }

    @Test
    @Tag("CP-06")
    void replacedRowsBelongToTheStatementAndEndWithIt() throws SQLException {
        ResultSet first = driver.create(ResultSet.class);
        ResultSet second = driver.create(ResultSet.class);
        List<ResultSet> toGive = new ArrayList<>(List.of(first, second, first, second));
        TestConnection connection =
                new TestConnection(raw, ((Advice) execution -> execution.rows(toGive.remove(0))).interceptor());
        Statement statement = connection.createStatement();

        ResultSet one = statement.executeQuery("x");
        assertThat(one.getStatement()).isSameAs(statement);
        assertThat(one.getStatement().getConnection()).isSameAs(connection);
        ResultSet two = statement.executeQuery("x");
        assertThat(closed()).containsExactly(first);
        assertThat(one.isClosed()).isTrue();

        statement.close();
        assertThat(two.isClosed()).isTrue();
        assertThat(closed()).contains(second);
        assertThatThrownBy(statement::getResultSet).isInstanceOf(ClosedHandleException.class);

        driver.answer("isClosed", false);
        driver.forgetCalls();
        Statement leftOpen = connection.createStatement();
        ResultSet kept = leftOpen.executeQuery("x");
        assertThat(leftOpen.getMoreResults(Statement.KEEP_CURRENT_RESULT)).isFalse();
        assertThat(kept.isClosed()).isFalse();
        ResultSet last = leftOpen.executeQuery("x");
        connection.close();
        assertThat(kept.isClosed()).isTrue();
        assertThat(last.isClosed()).isTrue();
        assertThat(closed()).contains(first, second);
        assertThat(connection.failuresOnClose).isEmpty();
    }

    private List<Object> closed() {
        return driver.calls().stream()
                .filter(call -> call.name().equals("close"))
                .map(Call::target)
                .toList();
    }

    @Test
    void theDriversRowsCanBeHandedOnMaskedAndFollowedByItsNextResult() throws SQLException {
        ResultSet mask = driver.create(ResultSet.class);
        Statement statement = advised(execution -> {
            ResultSet own = (ResultSet) execution.proceed();
            assertThat(own.getStatement()).isSameAs(execution.statement());
            assertThat(execution.rows(own)).isSameAs(own);
            return execution.rows(mask);
        });

        ResultSet rows = statement.executeQuery("x");

        assertThat(statement.getResultSet()).isSameAs(rows);
        assertThat(rows.unwrap(StubDriver.Raw.class)).isSameAs(mask);
        assertThat(statement.getMoreResults()).isTrue();
        assertThat(rows.isClosed()).isTrue();
        assertThat(statement.getResultSet().unwrap(StubDriver.Raw.class)).isNotSameAs(mask);
    }

    @Test
    void rowsReturnedAsTheyAreBecomeThoseOfTheStatement() throws SQLException {
        ResultSet foreign = driver.create(ResultSet.class);
        Statement statement = advised(execution -> foreign);

        ResultSet rows = statement.executeQuery("x");

        assertThat(rows).isInstanceOf(DelegatingResultSet.class).isSameAs(statement.getResultSet());
        assertThat(rows.getStatement()).isSameAs(statement);
    }

    @Test
    void anOuterInterceptorHasTheLastWord() throws SQLException {
        ResultSet rows = driver.create(ResultSet.class);
        Advice inner = execution -> execution.rows(rows);
        Advice outer = execution -> {
            assertThat(execution.proceed()).isEqualTo(true);
            assertThat(execution.statement().getResultSet().unwrap(StubDriver.Raw.class))
                    .isSameAs(rows);
            return execution.updateCount(4);
        };
        Statement statement = advised(outer, inner);

        assertThat(statement.execute("x")).isFalse();

        assertThat(statement.getUpdateCount()).isEqualTo(4);
        assertThat(statement.getResultSet()).isNull();
        assertThat(closed()).containsExactly(rows);
    }

    @Test
    void theNextExecutionOfTheDriverMakesItsResultsCountAgain() throws SQLException {
        List<Advice> then = new ArrayList<>(List.of(execution -> execution.updateCount(9), Execution::proceed));
        Statement statement = advised(execution -> then.remove(0).give(execution));
        driver.answer("getUpdateCount", 2);

        statement.execute("x");
        assertThat(statement.getUpdateCount()).isEqualTo(9);
        statement.execute("x");
        assertThat(statement.getUpdateCount()).isEqualTo(2);
    }
}
