/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandardDialectTests {

    private final Dialect dialect = Dialect.standard();

    @ParameterizedTest
    @ValueSource(strings = {"08000", "08001", "08006", "08S01", "57P01", "57P02", "57P03", "90067", "90098", "90121"})
    @Tag("DL-03")
    void theseStatesSayThatTheConnectionIsDead(String state) {
        assertThat(dialect.isDisconnect(new SQLException("x", state), null)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"23505", "42601", "40001", "25P02", "0A000", "HYT00", "57014"})
    void theseStatesDoNot(String state) {
        assertThat(dialect.isDisconnect(new SQLException("x", state), null)).isFalse();
    }

    @Test
    void withoutAStateTheTypeDecides() {
        assertThat(dialect.isDisconnect(new SQLException("x"), null)).isFalse();
        assertThat(dialect.isDisconnect(new SQLRecoverableException("x"), null)).isTrue();
        assertThat(dialect.isDisconnect(new SQLNonTransientConnectionException("x"), null))
                .isTrue();
    }

    @Test
    void aTimeoutOfAStatementIsNoDisconnect() {
        assertThat(dialect.isDisconnect(new SQLTimeoutException("x", "08S01"), null))
                .isFalse();
    }

    @Test
    void whatTheDriverChainedCountsToo() {
        SQLException batch = new SQLException("batch", "HY000");
        batch.setNextException(new SQLException("lost", "08006"));
        SQLException wrapped = new SQLException("wrapped", "HY000", new SQLException("lost", "08006"));

        assertThat(dialect.isDisconnect(batch, null)).isTrue();
        assertThat(dialect.isDisconnect(wrapped, null)).isTrue();
    }

    @Test
    void anEndlessChainEnds() {
        SQLException first = new SQLException("first", "HY000");
        SQLException second = new SQLException("second", "HY000");
        first.setNextException(second);
        second.setNextException(first);

        assertThat(dialect.isDisconnect(first, null)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"90007", "08003"})
    @Tag("DL-03")
    void whereTheStateIsAmbiguousTheConnectionIsAsked(String state) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:dialect")) {
            assertThat(dialect.isDisconnect(new SQLException("x", state), connection))
                    .isFalse();
            connection.close();
            assertThat(dialect.isDisconnect(new SQLException("x", state), connection))
                    .isTrue();
        }
    }
}
