/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ResetOnReturnTests {

    private final StubDatabase database = new StubDatabase().withoutAutoCommit();

    private QueuePool pool(ResetOnReturn style) {
        return new QueuePool(database.settings()
                .poolSize(1)
                .maxOverflow(0)
                .resetOnReturn(style)
                .build());
    }

    private static void work(Connection connection) throws SQLException {
        connection.createStatement().executeUpdate("update stock set amount = 0");
    }

    private void fail(String call, Throwable failure) {
        database.script((name, connection) -> {
            if (name.equals(call)) {
                TestSupport.sneakyThrow(failure);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"ROLLBACK, rollback 1", "COMMIT, commit 1", "NONE, "})
    @Tag("RR-01")
    void endsTheTransactionAsConfigured(ResetOnReturn style, String expected) throws SQLException {
        Pool pool = pool(style);
        try (Connection connection = pool.connect()) {
            work(connection);
        }

        List<String> journal = new ArrayList<>(List.of("open 1", "update 1"));
        if (expected != null) {
            journal.add(expected);
        }
        assertThat(database.journal).isEqualTo(journal);
    }

    @ParameterizedTest
    @CsvSource({
        "rollback, ROLLBACK",
        "ROLLBACK, ROLLBACK",
        "true, ROLLBACK",
        "commit, COMMIT",
        "none, NONE",
        "False, NONE"
    })
    @Tag("RR-01")
    void readsTheSpellingsOfSqlAlchemy(String text, ResetOnReturn style) {
        assertThat(ResetOnReturn.of(text)).isEqualTo(style);
    }

    @Test
    @Tag("PB-11")
    void refusesOtherSpellings() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> ResetOnReturn.of("sometimes"))
                .withMessage("Invalid value 'sometimes' for reset_on_return. Allowed: rollback, commit or none.");
    }

    @ParameterizedTest
    @EnumSource
    void tellsOfWorkLeftOpenWhateverBecomesOfIt(ResetOnReturn style) throws SQLException {
        Pool pool = pool(style);
        List<PoolEvent.LeftOpen> heard = new ArrayList<>();
        pool.addListener(new PoolListener() {
            @Override
            public void leftOpen(PoolEvent.LeftOpen event) {
                heard.add(event);
            }
        });
        try (Connection connection = pool.connect()) {
            work(connection);
            connection.commit();
        }
        assertThat(heard).isEmpty();
        assertThat(pool.snapshot().leftOpen()).isZero();

        try (Connection connection = pool.connect()) {
            work(connection);
        }

        assertThat(heard).hasSize(1);
        assertThat(heard.get(0).ending()).isEqualTo(style);
        assertThat(heard.get(0).entry()).isNotNull();
        assertThat(pool.snapshot().leftOpen()).isEqualTo(1);
    }

    @Test
    void aTransactionBegunAsSqlIsEndedAsSql() throws SQLException {
        StubDatabase committing = new StubDatabase();
        committing.script((call, connection) -> {
            if (call.equals("statement.execute")) {
                committing.journal.add("execute");
            }
        });
        Pool pool = new QueuePool(committing.settings().poolSize(1).build());
        try (Connection connection = pool.connect()) {
            connection.createStatement().execute("begin");
            connection.createStatement().execute("commit");
        }
        try (Connection connection = pool.connect()) {
            connection.createStatement().execute("select 1");
        }
        assertThat(committing.journal).containsExactly("open 1", "execute", "execute", "execute");
        assertThat(pool.snapshot().leftOpen()).isZero();

        try (Connection connection = pool.connect()) {
            connection.createStatement().execute("begin");
        }
        assertThat(committing.journal).hasSize(6);
        assertThat(pool.snapshot().leftOpen()).isEqualTo(1);
        pool.connect().close();
        assertThat(committing.journal).hasSize(6);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("RR-10")
    void sendsNothingWhileAutocommitIsOn(ResetOnReturn style) throws SQLException {
        Pool pool = pool(style);
        try (Connection connection = pool.connect()) {
            connection.setAutoCommit(true);
            work(connection);
            connection.setAutoCommit(true);
        }

        assertThat(database.journal).containsExactly("open 1", "update 1");
    }

    @Test
    @Tag("RR-10")
    void sendsNothingIfNothingRanSinceTheLastCommit() throws SQLException {
        Pool pool = pool(ResetOnReturn.ROLLBACK);
        pool.connect().close();
        try (Connection connection = pool.connect()) {
            work(connection);
            connection.commit();
        }

        assertThat(database.journal).containsExactly("open 1", "update 1", "commit 1");
    }

    @Test
    void rollsBackBeforeAutocommitIsRestored() throws SQLException {
        StubDatabase committing = new StubDatabase();
        Pool pool = new QueuePool(committing.settings().build());
        committing.script((call, connection) -> {
            if (call.equals("setAutoCommit")) {
                committing.journal.add("setAutoCommit");
            }
        });
        try (Connection connection = pool.connect()) {
            connection.setAutoCommit(false);
            work(connection);
        }

        assertThat(committing.journal)
                .containsExactly("open 1", "setAutoCommit", "update 1", "rollback 1", "setAutoCommit");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("RR-02")
    void tellsListenersBeforeTheReset(ResetOnReturn style) throws SQLException {
        Pool pool = pool(style);
        pool.addListener(new PoolListener() {
            @Override
            public void reset(PoolEvent.Reset event) {
                database.journal.add("event " + event.entry().id());
            }
        });
        try (Connection connection = pool.connect()) {
            work(connection);
        }

        assertThat(database.journal).startsWith("open 1", "update 1", "event 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"return", "detach", "invalidate"})
    @Tag("RR-02")
    @Tag("RR-03")
    @Tag("RR-04")
    @Tag("E-11")
    void aListenerMayResetInPlaceOfThePool(String end) throws SQLException {
        Pool pool = pool(ResetOnReturn.NONE);
        List<PoolEvent.Reset> resets = new ArrayList<>();
        pool.addListener(new PoolListener() {
            @Override
            public void reset(PoolEvent.Reset event) {
                resets.add(event);
                database.journal.add("custom reset");
            }
        });
        PoolProxiedConnection connection = pool.connect();
        ConnectionPoolEntry entry = connection.entry();
        Connection raw = entry.connection();
        switch (end) {
            case "detach" -> connection.detach();
            case "invalidate" -> connection.invalidate(null);
            default -> {}
        }
        connection.close();

        switch (end) {
            case "return" -> {
                assertThat(database.journal).containsExactly("open 1", "custom reset");
                assertThat(resets).containsExactly(new PoolEvent.Reset(pool, entry, raw, false, false));
            }
            case "detach" -> {
                assertThat(database.journal).containsExactly("open 1", "custom reset", "close 1");
                assertThat(resets).containsExactly(new PoolEvent.Reset(pool, null, raw, false, true));
            }
            default -> assertThat(database.journal).containsExactly("open 1", "abort 1");
        }
    }

    @Test
    @Tag("EN-05")
    void aCommitOrRollbackOfTheUsersThatFailsOrdinarilyCostsNothing() throws SQLException {
        Pool pool = pool(ResetOnReturn.NONE);
        for (String call : List.of("commit", "rollback")) {
            try (Connection connection = pool.connect()) {
                work(connection);
                fail(call, new SQLException("constraint", "23503"));
                assertThatThrownBy(call.equals("commit") ? connection::commit : connection::rollback)
                        .hasMessage("constraint");
                database.script((name, stub) -> {});
            }
        }

        assertThat(database.attempts).hasValue(1);
    }

    @Test
    @Tag("EN-03")
    void aRollbackOfTheUsersThatReportsADeadConnectionInvalidatesIt() throws SQLException {
        Pool pool = pool(ResetOnReturn.ROLLBACK);
        Connection connection = pool.connect();
        work(connection);
        fail("rollback", new SQLException("gone", "08006"));
        assertThatThrownBy(connection::rollback).hasMessage("gone");
        connection.close();

        assertThat(database.open).hasValue(0);
    }

    @Test
    @Tag("RR-07")
    void aFailedRollbackCostsTheConnectionAndNotTheSlot() throws SQLException {
        Pool pool = pool(ResetOnReturn.ROLLBACK);
        List<Throwable> causes = new ArrayList<>();
        pool.addListener(new PoolListener() {
            @Override
            public void invalidate(PoolEvent.Invalidate event) {
                causes.add(event.cause());
            }

            @Override
            public void checkin(PoolEvent.Checkin event) {
                database.journal.add("checkin " + event.connection());
            }
        });
        SQLException failure = new SQLException("rollback fails");
        Connection connection = pool.connect();
        work(connection);
        fail("rollback", failure);

        assertThatCode(connection::close).doesNotThrowAnyException();

        assertThat(causes).containsExactly(failure);
        assertThat(database.journal).containsExactly("open 1", "update 1", "abort 1", "checkin null");
        assertThat(database.open).hasValue(0);
        database.script((call, stub) -> {});
        try (Connection next = pool.connect()) {
            assertThat(database.behind(next).number).isEqualTo(2);
        }
    }

    @Test
    @Tag("RR-08")
    @Tag("E-24")
    @Tag("E-06")
    void anErrorDuringTheResetReachesTheCallerAndCostsNoSlot() throws SQLException {
        Pool pool = pool(ResetOnReturn.ROLLBACK);
        Connection connection = pool.connect();
        work(connection);
        fail("rollback", new StackOverflowError("deep"));

        assertThatThrownBy(connection::close).isInstanceOf(StackOverflowError.class);

        assertThat(database.open).hasValue(0);
        database.script((call, stub) -> {});
        pool.connect().close();
    }

    @Test
    void aCommitThatFailsOnReturnIsNotSilent() throws SQLException {
        Pool pool = pool(ResetOnReturn.COMMIT);
        SQLException lost = new SQLException("deferred constraint", "23503");
        Connection connection = pool.connect();
        work(connection);
        fail("commit", lost);

        assertThatThrownBy(connection::close).isSameAs(lost);

        assertThat(connection.isClosed()).isTrue();
        assertThat(database.open).hasValue(0);
        database.script((call, stub) -> {});
        pool.connect().close();
    }

    @Test
    @Tag("EN-04")
    @Tag("EN-03")
    void aConnectionTheDriverReportedDeadIsNotResetButReplaced() throws SQLException {
        Pool pool = pool(ResetOnReturn.ROLLBACK);
        SQLException dead = new SQLException("connection lost", "08006");
        Connection connection = pool.connect();
        fail("statement.executeUpdate", dead);

        assertThatThrownBy(() -> work(connection)).isSameAs(dead);
        database.script((call, stub) -> {});
        connection.close();

        assertThat(database.journal).containsExactly("open 1", "abort 1");
        try (Connection next = pool.connect()) {
            assertThat(database.behind(next).number).isEqualTo(2);
        }
    }

    @Test
    @Tag("EN-05")
    void anOrdinaryErrorCostsNothing() throws SQLException {
        Pool pool = pool(ResetOnReturn.ROLLBACK);
        fail("statement.executeUpdate", new SQLException("duplicate key", "23505"));
        Connection connection = pool.connect();
        assertThatThrownBy(() -> work(connection)).hasMessage("duplicate key");
        connection.close();

        assertThat(database.open).hasValue(1);
    }

    @Test
    void withoutResetNothingIsCommittedByRestoringTheSession() throws SQLException {
        StubDatabase committing = new StubDatabase();
        Pool pool = new QueuePool(
                committing.settings().resetOnReturn(ResetOnReturn.NONE).build());
        try (Connection connection = pool.connect()) {
            connection.setAutoCommit(false);
            work(connection);
        }

        assertThat(committing.journal).containsExactly("open 1", "update 1", "rollback 1");
    }

    @Test
    @Tag("RR-02")
    void whatAResetListenerBeginsIsEndedToo() throws SQLException {
        Pool pool = pool(ResetOnReturn.ROLLBACK);
        pool.addListener(new PoolListener() {
            @Override
            public void reset(PoolEvent.Reset event) throws SQLException {
                work(event.connection());
            }
        });
        try (Connection connection = pool.connect()) {
            work(connection);
            connection.commit();
        }

        assertThat(database.journal).containsExactly("open 1", "update 1", "commit 1", "update 1", "rollback 1");
    }

    @Test
    void aCommitLostBecauseAListenerFailsIsNotSilentEither() throws SQLException {
        Pool pool = pool(ResetOnReturn.COMMIT);
        SQLException failure = new SQLException("listener");
        pool.addListener(new PoolListener() {
            @Override
            public void reset(PoolEvent.Reset event) throws SQLException {
                throw failure;
            }
        });
        Connection connection = pool.connect();
        work(connection);

        assertThatThrownBy(connection::close).isSameAs(failure);
        assertThat(database.open).hasValue(0);
    }

    /** Its message is computed by code that is not ours. */
    private static final class UnspeakableException extends SQLException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no words");
        }
    }

    @Test
    void anExceptionThatCannotBePrintedCostsNeitherSlotNorCleanliness() throws SQLException {
        Pool pool = pool(ResetOnReturn.ROLLBACK);
        Connection connection = pool.connect();
        work(connection);
        fail("rollback", new UnspeakableException());
        connection.close();
        database.script((call, stub) -> {});
        PoolProxiedConnection second = pool.connect();
        second.invalidate(new UnspeakableException());

        try (Connection third = pool.connect()) {
            assertThat(database.behind(third).number).isEqualTo(3);
        }
        assertThat(database.open).hasValue(1);
    }

    @Test
    void aDriverThatCannotAbortIsClosedAllTheSame() throws SQLException {
        Pool pool = pool(ResetOnReturn.ROLLBACK);
        fail("abort", new AbstractMethodError("old driver"));
        for (int i = 0; i < 5; i++) {
            pool.connect().invalidate(null);
        }

        assertThat(database.open).hasValue(0);
    }

    @Test
    void aFailedRollbackBeforeClosingDoesNotPreventTheClosing() throws SQLException {
        Pool pool = pool(ResetOnReturn.NONE);
        try (Connection connection = pool.connect()) {
            work(connection);
        }
        fail("rollback", new SQLException("no"));
        pool.dispose();

        assertThat(database.open).hasValue(0);
    }

    @Test
    void aStatementThatFailsToCloseBecauseTheConnectionIsDeadCostsTheConnection() throws SQLException {
        Pool pool = pool(ResetOnReturn.ROLLBACK);
        Connection connection = pool.connect();
        connection.createStatement();
        fail("statement.close", new SQLException("lost", "08006"));
        connection.close();

        assertThat(database.open).hasValue(0);
    }

    @Test
    void withoutResetAnOpenTransactionIsRolledBackBeforeTheConnectionIsClosed() throws SQLException {
        Pool pool = pool(ResetOnReturn.NONE);
        try (Connection connection = pool.connect()) {
            work(connection);
        }
        pool.dispose();

        assertThat(database.journal).containsExactly("open 1", "update 1", "rollback 1", "close 1");
    }
}
