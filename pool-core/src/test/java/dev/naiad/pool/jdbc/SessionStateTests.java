/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naiad.pool.jdbc.StubDriver.Raw;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Savepoint;
import java.sql.ShardingKey;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionStateTests {
    private final StubDriver driver = new StubDriver();
    private final Connection raw = driver.create(Connection.class);
    private final SessionState session = new SessionState();
    private TestConnection connection = checkout();

    private TestConnection checkout() {
        return new TestConnection(raw, session, Thread.currentThread());
    }

    @BeforeEach
    void aFreshSession() {
        driver.answer("getAutoCommit", true)
                .answer("isReadOnly", false)
                .answer("getTransactionIsolation", Connection.TRANSACTION_READ_COMMITTED)
                .answer("getCatalog", "main")
                .answer("getSchema", "public")
                .answer("getHoldability", ResultSet.HOLD_CURSORS_OVER_COMMIT)
                .answer("getNetworkTimeout", 0)
                .answer("getTypeMap", Map.of("point", String.class))
                .answer("getClientInfo", null);
    }

    @Test
    void aCheckoutThatDoesNothingCostsNoCall() throws SQLException {
        connection.restore();
        connection.close();

        assertThat(driver.calls()).isEmpty();
        assertThat(connection.isUsed()).isFalse();
        assertThat(connection.isSessionDirty()).isFalse();
    }

    @Test
    void clearsWarningsOnlyIfSomethingRan() throws SQLException {
        connection.createStatement().execute("insert");
        connection.commit();
        driver.forgetCalls();

        connection.restore();

        assertThat(driver.callNames()).containsExactly("clearWarnings");
    }

    @Test
    @Tag("RR-09")
    @Tag("F-02")
    void restoresWhatWasChangedInOrder() throws SQLException {
        Executor executor = command -> {};
        connection.setClientInfo("ApplicationName", "mine");
        connection.setTypeMap(new HashMap<>());
        connection.setNetworkTimeout(executor, 500);
        connection.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT);
        connection.setSchema("tenant");
        connection.setCatalog("other");
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        assertThat(connection.isSessionDirty()).isTrue();
        driver.forgetCalls();

        connection.restore();

        assertThat(driver.callTexts().stream()
                        .map(text -> text.replaceFirst("setNetworkTimeout\\[.*, ", "setNetworkTimeout[executor, ")))
                .containsExactly(
                        "setAutoCommit[true]",
                        "getAutoCommit[]",
                        "setReadOnly[false]",
                        "setTransactionIsolation[2]",
                        "setCatalog[main]",
                        "setSchema[public]",
                        "setHoldability[1]",
                        "setNetworkTimeout[executor, 0]",
                        "setTypeMap[{point=class java.lang.String}]",
                        "setClientInfo[ApplicationName, null]",
                        "clearWarnings[]");
        assertThat(connection.isSessionDirty()).isFalse();
    }

    @Test
    void theTimeoutIsRestoredOnTheSameThread() throws SQLException {
        connection.setNetworkTimeout(command -> {}, 500);
        driver.forgetCalls();
        connection.restore();

        Thread[] ran = new Thread[1];
        ((Executor) driver.calls().get(0).arguments()[0]).execute(() -> ran[0] = Thread.currentThread());
        assertThat(ran[0]).isSameAs(Thread.currentThread());
    }

    @Test
    void restoresNothingThatWasNotChanged() throws SQLException {
        connection.setSchema("tenant");
        driver.forgetCalls();

        connection.restore();

        assertThat(driver.callTexts()).containsExactly("getAutoCommit[]", "setSchema[public]", "clearWarnings[]");
    }

    @Test
    void readsEachOriginalOncePerPhysicalConnection() throws SQLException {
        for (int i = 0; i < 3; i++) {
            connection = checkout();
            connection.setSchema("tenant " + i);
            connection.setReadOnly(true);
            connection.setClientInfo("a", "b");
            connection.restore();
        }

        assertThat(driver.callNames()).containsOnlyOnce("getSchema", "isReadOnly", "getClientInfo");
        assertThat(driver.callTexts()).filteredOn("setSchema[public]"::equals).hasSize(3);
    }

    @Test
    void whatIsInForceIsNotSentAgain() throws SQLException {
        connection.setReadOnly(false);
        connection.setAutoCommit(true);
        connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT);
        connection.setNetworkTimeout(Runnable::run, 0);
        assertThat(driver.callNames()).noneMatch(name -> name.startsWith("set"));

        connection.setReadOnly(true);
        connection.setReadOnly(true);
        assertThat(driver.callNames()).containsOnlyOnce("setReadOnly");
    }

    @Test
    void whatSqlCanChangeIsNotSentTwiceInARow() throws SQLException {
        connection.setSchema("tenant");
        connection.setSchema("tenant");
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.setCatalog("other");
        connection.setCatalog("other");
        assertThat(driver.callNames()).containsOnlyOnce("setSchema", "setTransactionIsolation", "setCatalog");

        connection.setCatalog("main");
        assertThat(driver.callTexts()).contains("setCatalog[main]");
    }

    enum Meanwhile {
        A_STATEMENT {
            @Override
            void call(Connection connection) throws SQLException {
                connection.createStatement().execute("use other");
            }
        },
        A_PREPARED_STATEMENT {
            @Override
            void call(Connection connection) throws SQLException {
                connection.prepareStatement("use other").execute();
            }
        },
        A_ROLLBACK {
            @Override
            void call(Connection connection) throws SQLException {
                connection.rollback();
            }
        },
        A_SAVEPOINT_ROLLBACK {
            @Override
            void call(Connection connection) throws SQLException {
                connection.rollback((Savepoint) null);
            }
        },
        ANOTHER_SETTER {
            @Override
            void call(Connection connection) throws SQLException {
                connection.setCatalog("one that has a schema of its own");
            }
        },
        AUTOCOMMIT {
            @Override
            void call(Connection connection) throws SQLException {
                connection.setAutoCommit(!connection.getAutoCommit());
            }
        },
        THE_DRIVERS_OWN_OBJECT {
            @Override
            void call(Connection connection) throws SQLException {
                ((TestConnection) connection).markExposed();
            }
        },
        ANOTHER_THREAD {
            @Override
            void call(Connection connection) throws SQLException {
                Thread other = new Thread(() -> {
                    try {
                        connection.setSchema("theirs");
                        connection.setSchema("tenant");
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                });
                other.start();
                try {
                    other.join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        };

        abstract void call(Connection connection) throws SQLException;
    }

    @ParameterizedTest
    @EnumSource
    void whatSqlCanChangeIsSentAgainAfterAnyOtherCall(Meanwhile meanwhile) throws SQLException {
        driver.create(Statement.class);
        connection.setSchema("tenant");
        meanwhile.call(connection);
        driver.forgetCalls();

        connection.setSchema("tenant");

        assertThat(driver.callTexts()).contains("setSchema[tenant]");
    }

    @Test
    void whatSqlCanChangeIsSentAgainByTheNextUser() throws SQLException {
        connection.setSchema("public");
        assertThat(connection.isSessionDirty()).isFalse();
        connection.restore();
        connection = checkout();
        raw.createStatement().execute("set schema other"); // by a listener, say
        driver.forgetCalls();

        connection.setSchema("public");

        assertThat(driver.callTexts()).contains("setSchema[public]");
    }

    @Test
    void whatSqlCanChangeIsSentEvenIfItIsTheOriginalValue() throws SQLException {
        connection.setSchema("public");
        connection.setCatalog("main");
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setTypeMap(Map.of("point", String.class));

        assertThat(driver.callNames()).contains("setSchema", "setCatalog", "setTransactionIsolation", "setTypeMap");
        assertThat(connection.isSessionDirty()).isFalse();
    }

    @Test
    void whatTheUserPutBackIsNotRestored() throws SQLException {
        connection.setReadOnly(true);
        connection.setSchema("tenant");
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.setSchema("public");
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setReadOnly(false);

        assertThat(connection.isSessionDirty()).isFalse();
    }

    @Test
    void aSchemaPutBackWithinATransactionIsRestoredAllTheSame() throws SQLException {
        connection.setSchema("tenant");
        driver.answer("getAutoCommit", false);
        connection.setSchema("public"); // the rollback to come undoes this in some databases
        assertThat(connection.isSessionDirty()).isTrue();
    }

    @Test
    void endsTheTransactionInWhichItRestored() throws SQLException {
        driver.answer("getAutoCommit", false);
        connection.setSchema("tenant");
        driver.forgetCalls();

        connection.restore();

        assertThat(driver.callNames()).containsExactly("getAutoCommit", "setSchema", "commit", "clearWarnings");
    }

    @Test
    void whereAutoCommitIsLocalNoTransactionIsNeeded() throws SQLException {
        driver.answer("getAutoCommit", false);
        connection.setSchema("tenant");
        driver.forgetCalls();

        connection.restoreWithLocalAutoCommit();

        assertThat(driver.callTexts())
                .containsExactly(
                        "getAutoCommit[]",
                        "setAutoCommit[true]",
                        "setSchema[public]",
                        "setAutoCommit[false]",
                        "clearWarnings[]");
    }

    @Test
    void aSetterThatFailsLeavesItsPropertyToBeRestored() throws SQLException {
        driver.fail("setReadOnly", new SQLException("in the middle of a transaction", "25001"));

        assertThatThrownBy(() -> connection.setReadOnly(true)).isInstanceOf(SQLException.class);
        assertThat(connection.isSessionDirty()).isTrue();
        driver.answer("setReadOnly", null);
        driver.forgetCalls();
        connection.restore();
        assertThat(driver.callTexts()).containsExactly("setReadOnly[false]", "clearWarnings[]");
    }

    @Test
    void aSetterTheDriverDoesNotSupportLeavesNothing() {
        driver.fail("setNetworkTimeout", new SQLFeatureNotSupportedException());

        assertThatThrownBy(() -> connection.setNetworkTimeout(Runnable::run, 5))
                .isInstanceOf(SQLFeatureNotSupportedException.class);
        assertThat(connection.isSessionDirty()).isFalse();
    }

    @Test
    void whatCouldNotBeReadCannotBeRestored() throws SQLException {
        driver.fail("getSchema", new SQLException("no"));
        connection.setSchema("tenant");

        assertThatThrownBy(connection::restore).isInstanceOf(SQLException.class).hasMessageContaining("SCHEMA");
        assertThat(connection.failures).isEmpty();
    }

    @Test
    void aFailedRestorationIsThrown() throws SQLException {
        connection.setSchema("tenant");
        SQLException failure = new SQLException("no");
        driver.fail("setSchema", failure);

        assertThatThrownBy(connection::restore).isSameAs(failure);
        assertThat(connection.isSessionDirty()).isTrue();
    }

    @Test
    void shardingKeysCannotBeRestored() throws SQLException {
        driver.answer("setShardingKeyIfValid", false);
        connection.setShardingKeyIfValid(driver.create(ShardingKey.class), 1);
        assertThat(connection.isSessionDirty()).isFalse();

        connection.setShardingKey(driver.create(ShardingKey.class));
        assertThatThrownBy(connection::restore).isInstanceOf(SQLException.class).hasMessageContaining("sharding");
    }

    @Test
    void replacingTheClientInfoRestoresEveryEntryItTouched() throws SQLException {
        Properties present = new Properties();
        present.setProperty("User", "scott");
        Properties replacement = new Properties();
        replacement.setProperty("Module", "orders");
        driver.answerBy(
                "getClientInfo",
                () -> driver.calls().get(driver.calls().size() - 1).arguments().length == 0 ? present : null);
        connection.setClientInfo(replacement);
        driver.forgetCalls();

        connection.restore();

        assertThat(driver.callTexts()).contains("setClientInfo[User, null]", "setClientInfo[Module, null]");
    }

    @Test
    void clientInfoThatTheSetterCannotClearIsTakenFromTheDriversTable() throws SQLException {
        Properties lent = new Properties();
        driver.answerBy(
                "getClientInfo",
                () -> driver.calls().get(driver.calls().size() - 1).arguments().length == 0 ? lent : null);
        connection.setClientInfo("Module", "orders");
        lent.setProperty("Module", "orders");
        driver.fail("setClientInfo", new NullPointerException());

        connection.restore();

        assertThat(lent).isEmpty();
    }

    @Test
    void refusedClientInfoIsNotRestored() {
        driver.fail("setClientInfo", new SQLClientInfoException());

        assertThatThrownBy(() -> connection.setClientInfo("a", "b")).isInstanceOf(SQLClientInfoException.class);
        assertThat(connection.isSessionDirty()).isFalse();
        assertThat(connection.failures).hasSize(1);
    }

    @Test
    void aDeadHandleTouchesNoSession() {
        connection.close();

        assertThatThrownBy(() -> connection.setReadOnly(false)).hasMessage("Connection is closed");
        assertThatThrownBy(() -> connection.setAutoCommit(true)).hasMessage("Connection is closed");
        assertThatThrownBy(() -> connection.setClientInfo(new Properties())).hasMessage("Connection is closed");
        assertThatThrownBy(() -> connection.setShardingKey(driver.create(ShardingKey.class)))
                .hasMessage("Connection is closed");
        assertThat(driver.calls()).isEmpty();
        assertThat(connection.isSessionDirty()).isFalse();
    }

    @Test
    void isUsedFromTheFirstExecutionToTheEndOfTheTransaction() throws SQLException {
        Statement statement = connection.createStatement();
        assertThat(connection.isUsed()).isFalse();
        statement.execute("insert");
        assertThat(connection.isUsed()).isTrue();

        connection.rollback(driver.create(Savepoint.class));
        assertThat(connection.isUsed()).isTrue();
        connection.commit();
        assertThat(connection.isUsed()).isFalse();

        ResultSet resultSet = statement.executeQuery("select");
        connection.rollback();
        assertThat(connection.isUsed()).isFalse();
        resultSet.next();
        assertThat(connection.isUsed()).isTrue();
        connection.transactionEnded();
        assertThat(connection.isUsed()).isFalse();
    }

    @Test
    void aCommitThatFailsEndsNoTransaction() throws SQLException {
        connection.createStatement().execute("insert");
        driver.fail("commit", new SQLException("deferred constraint", "23505"));

        assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
        assertThat(connection.isUsed()).isTrue();
    }

    @Test
    void theSameTextBeginsATransactionEachTime() throws SQLException {
        Statement statement = connection.createStatement();
        for (int i = 0; i < 2; i++) {
            statement.execute("begin");
            assertThat(connection.isBegunAsSql()).isTrue();
            statement.execute("commit");
            assertThat(connection.isBegunAsSql()).isFalse();
        }
        statement.execute("commit");
        statement.execute("select 1");
        statement.execute("select 1");
        statement.execute("begin");
        assertThat(connection.isBegunAsSql()).isTrue();
        connection.restore();
        connection = checkout();
        assertThat(connection.isBegunAsSql()).isFalse();
        connection.createStatement().execute("begin");
        assertThat(connection.isBegunAsSql()).isTrue();
    }

    @Test
    void turningAutoCommitOnCommitsAndTurningItOffDoesNot() throws SQLException {
        connection.createStatement().execute("begin");
        connection.setAutoCommit(false);
        assertThat(connection.isUsed()).isTrue();
        driver.answer("getAutoCommit", false);
        connection.setAutoCommit(true);
        assertThat(connection.isUsed()).isFalse();
        assertThat(connection.isSessionDirty()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"harmless", "opening"})
    void onlyWhatMayOpenATransactionMarks(String kind) throws SQLException {
        if (kind.equals("harmless")) {
            connection.getAutoCommit();
            connection.isReadOnly();
            connection.isClosed();
            connection.getWarnings();
            connection.clearWarnings();
            connection.nativeSQL("select 1");
            connection.getMetaData().getURL();
            connection.createStatement().setFetchSize(10);
            assertThat(connection.isUsed()).isFalse();
        } else {
            connection.getSchema();
            assertThat(connection.isUsed()).isTrue();
            connection.transactionEnded();
            connection.isValid(1);
            assertThat(connection.isUsed()).isTrue();
            connection.transactionEnded();
            connection.prepareStatement("select 1");
            assertThat(connection.isUsed()).isTrue();
            connection.transactionEnded();
            connection.getMetaData().getMaxColumnNameLength(); // a query in PostgreSQL
            assertThat(connection.isUsed()).isTrue();
        }
    }

    @Test
    void afterUnwrapNothingIsTakenForGranted() throws SQLException {
        connection.setReadOnly(true);
        Connection bare = (Connection) connection.unwrap(Raw.class);
        connection.commit();
        assertThat(connection.isUsed()).isTrue();
        connection.setReadOnly(true);
        assertThat(driver.callNames()).filteredOn("setReadOnly"::equals).hasSize(2);

        bare.setAutoCommit(false);
        driver.answer("getAutoCommit", false);
        driver.forgetCalls();
        connection.restore();
        assertThat(driver.callTexts()).contains("setAutoCommit[true]", "setReadOnly[false]");
    }

    @Test
    void anUnwrapThatFindsNothingExposesNothing() throws SQLException {
        driver.fail("unwrap", new SQLException("not a wrapper"));

        assertThatThrownBy(() -> connection.unwrap(String.class)).isInstanceOf(SQLException.class);
        connection.unwrap(Connection.class);
        assertThat(connection.isExposed()).isFalse();
    }
}
