/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.InOrder;

@Timeout(60)
class SessionDefaultsTests {

    private Connection raw = mock(Connection.class);
    private final Statement statement = mock(Statement.class);

    private PoolConfig.Builder settings() throws SQLException {
        when(raw.getAutoCommit()).thenReturn(true);
        when(raw.createStatement()).thenReturn(statement);
        return PoolConfig.builder()
                .connectionFactory(entry -> raw)
                .closers(Runnable::run)
                .poolSize(1)
                .maxOverflow(0)
                .prePing(PrePing.OFF);
    }

    @Test
    void aNewSessionGetsTheDefaultsInAnOrderThatWorks() throws SQLException {
        Pool pool = new QueuePool(settings()
                .autoCommit(false)
                .readOnly(true)
                .transactionIsolation(TransactionIsolation.SERIALIZABLE)
                .catalog("shop")
                .schema("stock")
                .initSql("set time zone 'UTC'")
                .build());
        pool.connect();

        InOrder order = inOrder(raw, statement);
        order.verify(raw).setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        order.verify(raw).setCatalog("shop");
        order.verify(raw).setSchema("stock");
        order.verify(statement).execute("set time zone 'UTC'");
        order.verify(statement).close();
        order.verify(raw).setReadOnly(true);
        order.verify(raw).setAutoCommit(false);
        verify(raw, never()).commit();
    }

    @Test
    void whereAutocommitIsOffFromTheStartTheDefaultsAreCommitted() throws SQLException {
        PoolConfig.Builder settings = settings().schema("stock").readOnly(true);
        when(raw.getAutoCommit()).thenReturn(false);
        new QueuePool(settings.build()).connect();

        InOrder order = inOrder(raw);
        order.verify(raw).setSchema("stock");
        order.verify(raw).commit();
        order.verify(raw).setReadOnly(true);
    }

    @Test
    void withoutDefaultsNothingIsSent() throws SQLException {
        Pool pool = new QueuePool(settings().build());
        pool.connect().close();

        verify(raw, never()).setAutoCommit(anyBoolean());
        verify(raw, never()).setReadOnly(anyBoolean());
        verify(raw, never()).setTransactionIsolation(anyInt());
        verify(raw, never()).setCatalog(any());
        verify(raw, never()).setSchema(any());
        verify(raw, never()).createStatement();
        verify(raw, never()).getAutoCommit();
    }

    @Test
    void whatAUserChangesGoesBackToTheDefaultAndNothingIsRead() throws SQLException {
        Pool pool = new QueuePool(settings()
                .readOnly(true)
                .transactionIsolation(TransactionIsolation.READ_COMMITTED)
                .schema("stock")
                .build());
        try (Connection connection = pool.connect()) {
            connection.setReadOnly(true); // in force already
            connection.setReadOnly(false);
            connection.setSchema("tenant");
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        }

        verify(raw, times(2)).setReadOnly(true);
        verify(raw, times(2)).setSchema("stock");
        verify(raw, times(2)).setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        verify(raw, never()).getSchema();
        verify(raw, never()).getTransactionIsolation();
    }

    @Test
    void aDefaultTheDatabaseRefusesFailsTheOpeningAndSaysWhich() throws SQLException {
        PoolConfig.Builder settings = settings().schema("nowhere");
        SQLException refusal = new SQLException("no such schema", "3F000", 7);
        doThrow(refusal).when(raw).setSchema("nowhere");
        Pool pool = new QueuePool(settings.build());

        assertThatThrownBy(pool::connect)
                .isInstanceOfSatisfying(SQLException.class, e -> {
                    assertThat(e.getSQLState()).isEqualTo("3F000");
                    assertThat(e.getErrorCode()).isEqualTo(7);
                })
                .hasMessage("Cannot set SCHEMA to 'nowhere' on a new connection: no such schema")
                .hasCause(refusal);
        verify(raw).close();
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.REJECTED, 1L);
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    void initSqlThatFailsFailsTheOpening() throws SQLException {
        PoolConfig.Builder settings = settings().initSql("nonsense");
        when(statement.execute("nonsense")).thenThrow(new SQLException("syntax", "42601"));
        Pool pool = new QueuePool(settings.build());

        assertThatThrownBy(pool::connect).hasMessage("Cannot execute init_sql 'nonsense' on a new connection: syntax");
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "READ COMMITTED, READ_COMMITTED",
        "read_committed, READ_COMMITTED",
        "TRANSACTION_REPEATABLE_READ, REPEATABLE_READ",
        "repeatable-read, REPEATABLE_READ",
        "Serializable, SERIALIZABLE",
        "read uncommitted, READ_UNCOMMITTED"
    })
    void readsTheSpellingsOfIsolation(String text, TransactionIsolation expected) {
        assertThat(TransactionIsolation.of(text)).isEqualTo(expected);
    }

    /** Of a driver that does not leave the two methods as JDBC has them, which is to do nothing. */
    abstract static class Listening implements Connection {
        @Override
        public abstract void beginRequest() throws SQLException;

        @Override
        public abstract void endRequest() throws SQLException;
    }

    @Test
    void aDriverThatDoesNotListenIsNotTold() throws SQLException {
        Pool pool = new QueuePool(settings().build());
        pool.connect().close();

        verify(raw, never()).beginRequest();
        verify(raw, never()).endRequest();
    }

    @Test
    void aDriverThatListensHearsOfEachCheckout() throws SQLException {
        raw = mock(Listening.class);
        Pool pool = new QueuePool(settings().build());
        try (Connection connection = pool.connect()) {
            verify(raw).beginRequest();
            connection.setReadOnly(true);
        }
        pool.connect().close();

        InOrder order = inOrder(raw);
        order.verify(raw).beginRequest();
        order.verify(raw).setReadOnly(false);
        order.verify(raw).endRequest();
        order.verify(raw).beginRequest();
        order.verify(raw).endRequest();
    }

    @Test
    void aDriverThatFailsToBeginCostsTheConnectionAndNotTheSlot() throws SQLException {
        raw = mock(Listening.class);
        PoolConfig.Builder settings = settings();
        doThrow(new SQLException("no")).when(raw).beginRequest();
        Pool pool = new QueuePool(settings.build());

        assertThatThrownBy(pool::connect).hasMessage("no");
        verify(raw).close();
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    void aDriverThatFailsToEndCostsTheConnectionAndNotTheSlot() throws SQLException {
        raw = mock(Listening.class);
        PoolConfig.Builder settings = settings();
        doThrow(new IllegalStateException("no")).when(raw).endRequest();
        Pool pool = new QueuePool(settings.build());
        pool.connect().close();

        verify(raw).close();
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.INVALIDATED, 1L);
    }
}
