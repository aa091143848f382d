/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a driver throws, and from wherever: the place is not lost, and the connection is never lent again. */
@Timeout(60)
class DriverMisbehaviourTests {

    enum Failure {
        SQL_EXCEPTION(() -> new SQLException("no", "58000")),
        RUNTIME_EXCEPTION(() -> new IllegalStateException("no")),
        ERROR(() -> new NoSuchMethodError("no"));

        private final Supplier<Throwable> thrown;

        Failure(Supplier<Throwable> thrown) {
            this.thrown = thrown;
        }
    }

    private final StubDatabase database = new StubDatabase();
    private QueuePool pool = pool(PrePing.OFF);

    private QueuePool pool(PrePing prePing) {
        return new QueuePool(
                database.settings().poolSize(1).maxOverflow(0).prePing(prePing).build());
    }

    private void fail(String call, Failure failure) {
        database.script((name, connection) -> {
            if (name.equals(call) && connection.number == 1) {
                TestSupport.sneakyThrow(failure.thrown.get());
            }
        });
    }

    /** The place is free, and what it gives is a new connection. */
    private void assertReplaced() throws SQLException {
        assertThat(pool.snapshot().checkedOut()).isZero();
        try (Connection next = pool.connect()) {
            assertThat(database.behind(next).number).isEqualTo(2);
        }
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(pool.snapshot().opened()).isEqualTo(2);
        assertThat(pool.snapshot().closed().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(1);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    static Stream<Arguments> callsOfAReturn() {
        return Stream.of("getAutoCommit", "rollback", "setAutoCommit", "clearWarnings")
                .flatMap(call -> Stream.of(Failure.values()).map(failure -> Arguments.of(call, failure)));
    }

    @ParameterizedTest
    @MethodSource("callsOfAReturn")
    void aReturnThatFailsCostsTheConnectionAndNotThePlace(String call, Failure failure) throws SQLException {
        Connection connection = pool.connect();
        connection.setAutoCommit(false);
        connection.createStatement().executeUpdate("update");
        fail(call, failure);

        Throwable thrown = catchThrowable(connection::close);

        if (failure == Failure.ERROR) {
            assertThat(thrown).isInstanceOf(NoSuchMethodError.class);
        } else {
            assertThat(thrown).isNull();
        }
        assertThat(connection.isClosed()).isTrue();
        assertReplaced();
    }

    @ParameterizedTest
    @EnumSource
    void aStatementThatCannotBeClosedCostsNothing(Failure failure) throws SQLException {
        Connection connection = pool.connect();
        connection.createStatement().executeUpdate("update");
        fail("statement.close", failure);

        assertThat(catchThrowable(connection::close)).isNull();

        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(pool.snapshot().opened()).isEqualTo(1);
    }

    static Stream<Arguments> callsOfAnEnding() {
        return Stream.of("abort", "close")
                .flatMap(call -> Stream.of(Failure.values()).map(failure -> Arguments.of(call, failure)));
    }

    @ParameterizedTest
    @MethodSource("callsOfAnEnding")
    void anInvalidatedConnectionThatCannotBeEndedFreesItsPlace(String call, Failure failure) throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        fail(call, failure);

        assertThat(catchThrowable(() -> connection.invalidate(new SQLException("unfit"))))
                .isNull();

        assertReplaced();
    }

    @ParameterizedTest
    @MethodSource("callsOfAnEnding")
    void anAbortThatFailsFreesThePlace(String call, Failure failure) throws SQLException {
        Connection connection = pool.connect();
        fail(call, failure);

        catchThrowable(() -> connection.abort(Runnable::run));

        assertReplaced();
    }

    @ParameterizedTest
    @EnumSource
    void aPingThatFailsFreesThePlace(Failure failure) throws SQLException {
        pool.close();
        pool = pool(PrePing.ON);
        pool.connect().close();
        fail("isValid", failure);

        Throwable thrown = catchThrowable(pool::connect);

        assertThat(thrown).hasMessage("no");
        assertReplaced();
    }
}
