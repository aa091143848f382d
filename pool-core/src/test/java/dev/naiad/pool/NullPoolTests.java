/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NullPoolTests {

    private final StubDatabase database = new StubDatabase();
    private final NullPool pool = new NullPool(database.settings().build());

    @Test
    @Tag("NP-01")
    void everyCheckoutOpensAndEveryReturnCloses() throws SQLException {
        pool.connect().close();
        pool.connect().close();

        assertThat(database.journal).containsExactly("open 1", "close 1", "open 2", "close 2");
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    @Tag("NP-02")
    void disposeDoesNothingAndInvalidatingClosesOnce() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        pool.dispose();
        connection.invalidate(null);
        connection.close();

        assertThat(database.journal).containsExactly("open 1", "abort 1");
        pool.connect().close();
    }

    @Test
    @Tag("NP-03")
    void opensAnewAfterAnInvalidation() throws SQLException {
        pool.connect().close();
        pool.connect().invalidate(null);
        pool.connect().close();

        assertThat(database.attempts).hasValue(3);
        assertThat(database.open).hasValue(0);
    }

    @Test
    @Tag("NP-04")
    void neverPings() throws SQLException {
        NullPool pinging = new NullPool(database.settings().prePing(PrePing.ON).build());
        database.script((call, connection) -> assertThat(call).isNotEqualTo("isValid"));
        pinging.connect().close();
        pinging.connect().close();

        assertThat(database.attempts).hasValue(2);
    }

    @Test
    @Tag("DT-09")
    void aDetachedConnectionIsNotLentAgain() throws SQLException {
        PoolProxiedConnection mine = pool.connect();
        mine.detach();
        pool.connect().close();
        assertThat(mine.isValid()).isTrue();
        mine.close();

        assertThat(database.journal).containsExactly("open 1", "open 2", "close 2", "close 1");
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    @Tag("NP-05")
    void hasNoLimitAndSaysItsNameOnly() throws SQLException {
        assertThat(pool.status()).isEqualTo("NullPool 'default'");
        for (int i = 0; i < 50; i++) {
            pool.connect();
        }
        assertThat(pool.snapshot().checkedOut()).isEqualTo(50);
        assertThat(pool.snapshot().limit()).isEmpty();
    }

    @Test
    @Tag("CR-05")
    void aFailedOpeningLeavesNothing() {
        database.script((call, connection) -> {
            throw new SQLException("down");
        });

        assertThatThrownBy(pool::connect).hasMessage("down");
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @Test
    void afterCloseItLendsNothing() {
        pool.close();
        assertThatExceptionOfType(PoolClosedException.class).isThrownBy(pool::connect);
    }

    @Test
    @Tag("DR-07")
    void recreateMakesAnother() {
        assertThat(pool.recreate()).isInstanceOf(NullPool.class).isNotSameAs(pool);
    }
}
