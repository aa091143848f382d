/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.naiad.pool.NullPool;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.dialect.Disconnect;
import dev.naiad.pool.jdbc.StubDriver.Call;
import dev.naiad.pool.jdbc.StubDriver.Raw;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DelegationTests {
    private static final List<Class<?>> LEADING_BACK = List.of(
            Connection.class,
            Statement.class,
            PreparedStatement.class,
            CallableStatement.class,
            ResultSet.class,
            DatabaseMetaData.class,
            Array.class);

    private final StubDriver driver = new StubDriver();
    private final Connection raw = driver.create(Connection.class);
    private final TestConnection connection = new TestConnection(raw);

    /** The delegates, and how to get one. */
    enum Kind {
        CONNECTION(Connection.class, connection -> connection),
        STATEMENT(Statement.class, Connection::createStatement),
        PREPARED_STATEMENT(PreparedStatement.class, connection -> connection.prepareStatement("select 1")),
        CALLABLE_STATEMENT(CallableStatement.class, connection -> connection.prepareCall("call 1")),
        RESULT_SET(ResultSet.class, connection -> connection.createStatement().executeQuery("select 1")),
        METADATA_RESULT_SET(
                ResultSet.class, connection -> connection.getMetaData().getCatalogs()),
        METADATA(DatabaseMetaData.class, Connection::getMetaData),
        ARRAY(Array.class, connection -> connection.createArrayOf("int", new Object[0]));

        private final Class<?> api;
        private final Opening opening;

        Kind(Class<?> api, Opening opening) {
            this.api = api;
            this.opening = opening;
        }

        Object open(Connection connection) {
            try {
                return opening.open(connection);
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }

        Object raw(StubDriver driver) {
            return this == CONNECTION ? driver.latest(Connection.class) : driver.latest(api);
        }

        private interface Opening {
            Object open(Connection connection) throws SQLException;
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("F-02")
    void handsOnEachCallOnceWithItsArgumentsAndItsResult(Kind kind) {
        for (Method method : methods(kind)) {
            if (writtenByThePool(method) || method.getDeclaringClass() == Wrapper.class) {
                continue;
            }
            TestConnection fresh = new TestConnection(driver.create(Connection.class));
            Object proxy = kind.open(fresh);
            Object target = kind.raw(driver);
            Object[] arguments = arguments(method);
            driver.forgetCalls();

            Object result = call(proxy, method, arguments);

            List<Call> reached = driver.calls().stream()
                    .filter(call -> call.method().equals(method))
                    .toList();
            assertThat(reached).as("%s", method).hasSize(1);
            assertThat(reached.get(0).target()).as("%s", method).isSameAs(target);
            assertThat(reached.get(0).arguments()).as("%s", method).isEqualTo(arguments);
            assertResult(fresh, method, result);
            assertThat(fresh.failures).isEmpty();
        }
    }

    private void assertResult(TestConnection owner, Method method, Object result) {
        Class<?> type = method.getReturnType();
        if (type == Connection.class) {
            assertThat(result).as("%s", method).isSameAs(owner);
        } else if (method.getName().equals("getStatement")) {
            assertThat(result)
                    .as("%s", method)
                    .satisfiesAnyOf(
                            statement -> assertThat(statement).isNull(),
                            statement -> assertThat(statement).isInstanceOf(DelegatingStatement.class));
        } else if (leadsBack(type)) {
            assertThat(result).as("%s", method).isNotInstanceOf(Raw.class).isInstanceOf(type);
            assertThat(unwrap(result)).as("%s", method).isSameAs(driver.latest(type));
        } else if (type.isInterface() && !java.util.Map.class.isAssignableFrom(type)) {
            assertThat(result).as("%s", method).isSameAs(driver.latest(type));
        } else if (type.isArray()) {
            assertThat(result).as("%s", method).isInstanceOf(type);
        } else if (type != void.class) {
            Object marker = driver.marker(type, 1);
            assertThat(result).as("%s", method).hasSameClassAs(marker);
            if (type.isPrimitive() || result instanceof Comparable) {
                assertThat(result).as("%s", method).isEqualTo(marker);
            }
        }
    }

    private static Object unwrap(Object proxy) {
        try {
            return ((Wrapper) proxy).unwrap(Raw.class);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nullStaysNull(Kind kind) {
        for (Method method : methods(kind)) {
            if (leadsBack(method.getReturnType()) && method.getReturnType() != Connection.class) {
                Object proxy = kind.open(connection);
                driver.answer(method.getName(), null);
                Object result = call(proxy, method, arguments(method));
                driver.behave();
                if (!method.getName().equals("getStatement")) {
                    assertThat(result).as("%s", method).isNull();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void reportsEachFailureOnceAndThrowsTheSameInstance(Kind kind) {
        for (Method method : methods(kind)) {
            boolean canFail = List.of(method.getExceptionTypes()).contains(SQLException.class);
            boolean clientInfo = List.of(method.getExceptionTypes()).contains(SQLClientInfoException.class);
            if (writtenByThePool(method) || !(canFail || clientInfo)) {
                continue;
            }
            TestConnection fresh = new TestConnection(driver.create(Connection.class));
            Object proxy = kind.open(fresh);
            SQLException failure = clientInfo ? new SQLClientInfoException() : new SQLException("no", "08006");
            driver.fail(method, failure);

            Throwable thrown = catchThrowable(() -> invoke(proxy, method, failingArguments(method)));
            driver.behave();

            assertThat(thrown).as("%s", method).isSameAs(failure);
            assertThat(fresh.failures).as("%s", method).containsExactly(failure);
        }
    }

    @ParameterizedTest
    @EnumSource
    void throughAPoolEachFailureReachesTheClassifier(Kind kind) throws SQLException {
        List<SQLException> classified = new ArrayList<>();
        Pool pool = new NullPool(PoolConfig.builder()
                .connectionFactory(entry -> driver.create(Connection.class))
                .disconnectClassifier((e, proposal) -> {
                    classified.add(e);
                    return Disconnect.NONE;
                })
                .build());
        for (Method method : methods(kind)) {
            boolean canFail = List.of(method.getExceptionTypes()).contains(SQLException.class);
            if (writtenByThePool(method) || !canFail) {
                continue;
            }
            Connection borrowed = pool.connect();
            Object proxy = kind.open(borrowed);
            SQLException failure = new SQLException("no", "58000");
            classified.clear();
            driver.fail(method, failure);

            Throwable thrown = catchThrowable(() -> invoke(proxy, method, failingArguments(method)));
            driver.behave();

            assertThat(thrown).as("%s", method).isSameAs(failure);
            assertThat(classified).as("%s", method).containsExactly(failure);
            borrowed.close();
        }
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("EN-06")
    void runtimeExceptionsAndErrorsPassUntouched(Kind kind) {
        for (Method method : methods(kind)) {
            for (Throwable failure : List.of(new IllegalStateException(), new NoSuchMethodError())) {
                if (writtenByThePool(method) || method.getDeclaringClass() == Wrapper.class) {
                    continue;
                }
                TestConnection fresh = new TestConnection(driver.create(Connection.class));
                Object proxy = kind.open(fresh);
                driver.fail(method, failure);

                Throwable thrown = catchThrowable(() -> invoke(proxy, method, arguments(method)));
                driver.behave();

                assertThat(thrown).as("%s", method).isSameAs(failure);
                assertThat(fresh.failures).as("%s", method).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void isDeadOnceClosed(Kind kind) throws SQLException {
        Object proxy = kind.open(connection);
        if (kind == Kind.METADATA || kind == Kind.ARRAY) {
            connection.close();
        } else {
            close(proxy);
        }
        connection.failures.clear();

        assertDead(kind, proxy);
    }

    @ParameterizedTest
    @EnumSource
    void isDeadOnceItsConnectionIsClosed(Kind kind) {
        Object proxy = kind.open(connection);
        connection.close();

        assertDead(kind, proxy);
    }

    private void assertDead(Kind kind, Object proxy) {
        Set<String> stillAnswered = kind == Kind.METADATA
                ? Set.of("getDriverMajorVersion", "getDriverMinorVersion") // which cannot throw
                : Set.of("close", "abort", "isClosed", "isValid");
        for (Method method : methods(kind)) {
            if (stillAnswered.contains(method.getName())) {
                continue;
            }
            driver.forgetCalls();
            Throwable thrown = catchThrowable(() -> invoke(proxy, method, failingArguments(method)));

            assertThat(thrown).as("%s", method).isInstanceOf(SQLException.class);
            assertThat(((SQLException) thrown).getSQLState()).as("%s", method).isEqualTo("08003");
            assertThat(driver.calls()).as("%s", method).isEmpty();
            if (method.getName().equals("setClientInfo")) {
                assertThat(thrown).isInstanceOf(SQLClientInfoException.class);
            }
        }
        assertThat(connection.failures).isEmpty();
    }

    @Test
    void closedThingsAnswerWhatJdbcAllows() throws SQLException {
        Statement statement = connection.createStatement();
        ResultSet resultSet = statement.executeQuery("select 1");
        connection.close();
        driver.forgetCalls();

        statement.close();
        resultSet.close();
        connection.abort(Runnable::run);
        assertThat(connection.isClosed()).isTrue();
        assertThat(connection.isValid(1)).isFalse();
        assertThat(statement.isClosed()).isTrue();
        assertThat(resultSet.isClosed()).isTrue();
        ClosedConnection.INSTANCE.close();
        ClosedConnection.INSTANCE.abort(Runnable::run);
        ClosedStatement.INSTANCE.close();
        ClosedResultSet.INSTANCE.close();
        assertThat(driver.calls()).isEmpty();
    }

    @Test
    void messagesNameWhatIsClosed() throws SQLException {
        Statement statement = connection.createStatement();
        ResultSet resultSet = statement.executeQuery("select 1");
        resultSet.close();
        statement.close();
        connection.close();

        assertThatThrownBy(resultSet::next).hasMessage("Result set is closed");
        assertThatThrownBy(() -> statement.execute("x")).hasMessage("Statement is closed");
        assertThatThrownBy(connection::createStatement).hasMessage("Connection is closed");
        assertThatThrownBy(() -> connection.setClientInfo("a", "b")).hasMessage("Connection is closed");
    }

    @Test
    void useAfterCloseOfAStatementIsNoFailureOfTheConnection() throws SQLException {
        Statement statement = connection.createStatement();
        statement.close();

        assertThatThrownBy(() -> statement.executeQuery("select 1")).isInstanceOf(SQLException.class);
        assertThat(connection.failures).isEmpty();
    }

    @Test
    void aDriverFailureAfterCloseSaysThatTheConnectionIsClosed() throws SQLException {
        Statement statement = connection.createStatement();
        ResultSet first = statement.executeQuery("select 1");
        statement.executeQuery("select 2"); // the first one is now known to the driver only
        connection.close();
        SQLException failure = new SQLException("ResultSet closed", "24000");
        driver.fail("next", failure);

        assertThatThrownBy(first::next)
                .isInstanceOf(SQLException.class)
                .hasMessage("Connection is closed")
                .hasFieldOrPropertyWithValue("SQLState", "08003")
                .hasCause(failure);
        assertThat(connection.failures).isEmpty();
    }

    @Test
    void nothingButUnwrapLeadsToAnObjectOfTheDriver() {
        driver.answerBy("getObject", () -> driver.create(ResultSet.class));
        walkFrom(connection);
        driver.answerBy("getObject", () -> driver.create(Array.class));
        walkFrom(connection);
    }

    private void walkFrom(Object start) {
        Set<Class<?>> seen = new HashSet<>();
        Deque<Object> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            Object proxy = open.pop();
            for (Class<?> api : LEADING_BACK) {
                if (!api.isInstance(proxy)) {
                    continue;
                }
                for (Method method : methods(proxy, api)) {
                    if (!Set.of("unwrap", "close", "abort").contains(method.getName())) {
                        Object result = call(proxy, method, arguments(method));
                        if (result != null && LEADING_BACK.stream().anyMatch(type -> type.isInstance(result))) {
                            assertThat(result).as("%s", method).isNotInstanceOf(Raw.class);
                            if (seen.add(result.getClass())) {
                                open.push(result);
                            }
                        }
                    }
                }
            }
        }
        assertThat(seen)
                .contains(
                        DelegatingStatement.class,
                        DelegatingPreparedStatement.class,
                        DelegatingCallableStatement.class,
                        DelegatingResultSet.class,
                        DelegatingDatabaseMetaData.class,
                        DelegatingArray.class);
    }

    @Test
    void everyWayBackEndsAtTheHandleTheUserHolds() throws SQLException {
        PreparedStatement statement = connection.prepareStatement("select 1");
        assertThat(statement.getConnection()).isSameAs(connection);
        assertThat(statement.executeQuery().getStatement()).isSameAs(statement);
        assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
        assertThat(connection.getMetaData().getTableTypes().getStatement()).isNull();
        assertThat(statement.executeQuery().getArray(1).getResultSet().getStatement())
                .isNull();

        driver.answerBy("getObject", () -> driver.create(ResultSet.class));
        CallableStatement call = connection.prepareCall("call");
        assertThat(((ResultSet) call.getObject(1)).getStatement()).isSameAs(call);
    }

    @Test
    void aCursorAskedForByItsInterfaceIsWrappedAndByTheDriversTypeIsNot() throws SQLException {
        driver.answerBy("getObject", () -> driver.create(ResultSet.class));
        CallableStatement call = connection.prepareCall("call");

        assertThat(call.getObject(1, ResultSet.class)).isInstanceOf(DelegatingResultSet.class);
        assertThat(call.getObject(1, Raw.class)).isSameAs(driver.latest(ResultSet.class));
    }

    @Test
    void theDriverGetsItsOwnArraysBack() throws SQLException {
        Array array = connection.createArrayOf("int", new Object[0]);
        Object rawArray = driver.latest(Array.class);
        PreparedStatement statement = connection.prepareStatement("x");
        Object[] attributes = {"a", array};
        driver.forgetCalls();

        statement.setArray(1, array);
        statement.setObject(2, array);
        connection.createStruct("point", attributes);

        List<Call> calls = driver.calls();
        assertThat(calls.get(0).arguments()[1]).isSameAs(rawArray);
        assertThat(calls.get(1).arguments()[1]).isSameAs(rawArray);
        assertThat((Object[]) calls.get(2).arguments()[1]).containsExactly("a", rawArray);
        assertThat(attributes).containsExactly("a", array);
    }

    @Test
    void aStatementGivesTheSameResultSetAsLongAsTheDriverDoes() throws SQLException {
        Statement statement = connection.createStatement();
        ResultSet rawResultSet = driver.create(ResultSet.class);
        driver.answer("executeQuery", rawResultSet).answer("getResultSet", rawResultSet);

        ResultSet resultSet = statement.executeQuery("select 1");
        assertThat(statement.getResultSet()).isSameAs(resultSet);
        assertThat(statement.getResultSet()).isSameAs(resultSet);

        driver.answer("getResultSet", driver.create(ResultSet.class));
        assertThat(statement.getResultSet()).isNotSameAs(resultSet);
    }

    @ParameterizedTest
    @EnumSource
    void unwrapGivesTheProxyThenTheDriversObjectThenWhatThatWraps(Kind kind) throws SQLException {
        Wrapper proxy = (Wrapper) kind.open(connection);
        Object target = kind.raw(driver);

        assertThat(proxy.isWrapperFor(kind.api)).isTrue();
        assertThat(proxy.unwrap(kind.api)).isSameAs(proxy);
        assertThat(connection.isExposed()).isFalse();
        assertThat(proxy.isWrapperFor(Raw.class)).isTrue();
        assertThat(proxy.unwrap(Raw.class)).isSameAs(target);
        assertThat(connection.isExposed()).isTrue();

        driver.answer("unwrap", "inner").answer("isWrapperFor", kind != Kind.ARRAY);
        if (kind != Kind.ARRAY) {
            assertThat(proxy.unwrap(String.class)).isEqualTo("inner");
            assertThat(proxy.isWrapperFor(String.class)).isTrue();
        } else {
            assertThat(proxy.isWrapperFor(String.class)).isFalse();
            assertThatThrownBy(() -> proxy.unwrap(String.class)).isInstanceOf(SQLException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ARRAY")
    void textIsNotTheDrivers(Kind kind) {
        Object proxy = kind.open(connection);

        assertThat(proxy.toString())
                .doesNotContain("secret")
                .isEqualTo(proxy.getClass().getSimpleName() + "@" + Integer.toHexString(proxy.hashCode()));
    }

    @Test
    void theTextOfAnArrayIsItsValue() throws SQLException {
        assertThat(connection.createArrayOf("int", new Object[0])).asString().contains("the driver's Array");
    }

    private List<Method> methods(Kind kind) {
        Object proxy = kind.open(new TestConnection(driver.create(Connection.class)));
        return methods(proxy, kind.api);
    }

    /** The methods of the interface without the default ones which JDKs newer than the one compiled for have added. */
    private static List<Method> methods(Object proxy, Class<?> api) {
        boolean newer = Runtime.version().feature() > 17;
        return Arrays.stream(api.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> !(newer && method.isDefault() && !overridden(proxy, method)))
                .toList();
    }

    private static boolean overridden(Object proxy, Method method) {
        try {
            return !proxy.getClass()
                    .getMethod(method.getName(), method.getParameterTypes())
                    .isDefault();
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean writtenByThePool(Method method) {
        return method.getDeclaringClass() == Connection.class
                && Set.of("close", "abort").contains(method.getName());
    }

    private static boolean leadsBack(Class<?> type) {
        return LEADING_BACK.stream().anyMatch(api -> api.isAssignableFrom(type));
    }

    private Object[] arguments(Method method) {
        Class<?>[] types = method.getParameterTypes();
        Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            arguments[i] = driver.marker(types[i], 10 + 2 * i);
        }
        return arguments;
    }

    /** Arguments with which unwrap and isWrapperFor have to ask the driver. */
    private Object[] failingArguments(Method method) {
        return method.getDeclaringClass() == Wrapper.class ? new Object[] {java.util.Random.class} : arguments(method);
    }

    private static Object call(Object target, Method method, Object[] arguments) {
        try {
            return invoke(target, method, arguments);
        } catch (Throwable e) {
            throw new AssertionError("Unexpected failure of " + method, e);
        }
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void close(Object proxy) throws SQLException {
        try {
            ((AutoCloseable) proxy).close();
        } catch (SQLException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
