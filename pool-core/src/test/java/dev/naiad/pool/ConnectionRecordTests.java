/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionRecordTests {

    private final StubDatabase database = new StubDatabase().withoutAutoCommit();
    private final TestTicker ticker = new TestTicker();
    private final Pool pool = new NullPool(database.settings().ticker(ticker).build());

    @Test
    @Tag("R-03")
    @Tag("R-11")
    @Tag("E-07")
    void hasNoConnectionUntilItIsOpenedAndNoneAfterItIsClosed() throws SQLException {
        ConnectionRecord record = pool.newRecord();
        assertThat(record.connection()).isNull();
        assertThat(database.attempts).hasValue(0);

        record.open();
        Connection first = record.connection();
        record.closeConnection(CloseReason.DISPOSED);
        record.closeConnection(CloseReason.DISPOSED);
        assertThat(record.connection()).isNull();
        record.open();

        assertThat(record.connection()).isNotNull().isNotSameAs(first);
        assertThat(database.journal).containsExactly("open 1", "close 1", "open 2");
    }

    @Test
    @Tag("R-02")
    void tellsWhetherItIsLentAndSinceWhenItIsOpen() throws SQLException {
        Pool keeping = new QueuePool(database.settings().ticker(ticker).build());
        PoolProxiedConnection connection = keeping.connect();
        ConnectionPoolEntry entry = connection.entry();
        ticker.advance(Duration.ofSeconds(3));

        assertThat(entry.inUse()).isTrue();
        assertThat(entry.age()).isEqualTo(Duration.ofSeconds(3));
        connection.close();
        assertThat(entry.inUse()).isFalse();
        assertThat(entry.age()).isEqualTo(Duration.ofSeconds(3));
        entry.invalidate(null);
        assertThat(entry.age()).isZero();
    }

    @Test
    @Tag("R-14")
    void showsTheDriversConnectionAsItsProxyDoes() throws SQLException {
        try (NaiadDataSource h2 =
                        NaiadDataSource.builder().url("jdbc:h2:mem:innermost").build();
                Connection connection = h2.getConnection()) {
            Connection raw =
                    connection.unwrap(PoolProxiedConnection.class).entry().connection();

            assertThat(raw).isInstanceOf(org.h2.jdbc.JdbcConnection.class);
            assertThat(connection.unwrap(org.h2.jdbc.JdbcConnection.class)).isSameAs(raw);
        }
    }
}
