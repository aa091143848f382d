/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.dialect.Dialect;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

class DialectChoiceTests {

    private static final Dialect H2 = Dialect.ofProduct("H2");

    @Test
    void theUrlDecides() {
        Pool pool = new QueuePool(PoolConfig.builder().url("jdbc:h2:mem:choice").build());

        assertThat(pool.dialect()).isSameAs(H2);
    }

    @Test
    void withoutAUrlTheFirstConnectionIsAsked() throws SQLException {
        Pool pool = new QueuePool(PoolConfig.builder()
                .connectionFactory(entry -> DriverManager.getConnection("jdbc:h2:mem:choice"))
                .build());
        assertThat(pool.dialect()).isSameAs(Dialect.standard());

        pool.connect().close();

        assertThat(pool.dialect()).isSameAs(H2);
        pool.close();
    }

    @Test
    void theSettingGoesFirst() throws SQLException {
        Dialect mine = Mockito.mock(Dialect.class);
        Pool pool = new QueuePool(
                PoolConfig.builder().url("jdbc:h2:mem:choice").dialect(mine).build());
        pool.connect().close();

        assertThat(pool.dialect()).isSameAs(mine);
        pool.close();
    }

    @Test
    void aDatabaseThatFailsToTellItsNameIsStandard() throws SQLException {
        StubDatabase database = new StubDatabase();
        database.script((call, connection) -> {
            if (call.equals("getMetaData")) {
                throw new SQLException("no");
            }
        });
        Pool pool = new QueuePool(database.settings().build());
        pool.connect().close();

        assertThat(pool.dialect()).isSameAs(Dialect.standard());
        assertThat(database.open).hasValue(1);
    }
}
