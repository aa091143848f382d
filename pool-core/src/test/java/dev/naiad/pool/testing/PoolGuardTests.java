/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolProxiedConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.mockito.Mockito;

@Timeout(60)
class PoolGuardTests {

    private final ExtensionContext context = Mockito.mock();
    private final NaiadDataSource dataSource = NaiadDataSource.builder()
            .url("jdbc:h2:mem:guarded;DB_CLOSE_DELAY=-1")
            .username("sa")
            .poolSize(5)
            .build();
    private final PoolGuard guard = PoolGuard.over(dataSource).within(Duration.ZERO);

    @AfterEach
    void nothingStaysOut() {
        assertThat(dataSource.pool().snapshot().checkedOut()).isZero();
        dataSource.close();
    }

    @Test
    void letsATestPassThatGivesBackWhatItBorrows() throws Exception {
        guard.forbidNesting().forbidOpenWork().allowAtMost(1);
        guard.beforeEach(context);
        for (int i = 0; i < 3; i++) {
            try (Connection connection = dataSource.getConnection()) {
                connection.createStatement().execute("select 1");
            }
        }
        guard.afterEach(context);
    }

    @Test
    void tellsWhereALeakedConnectionWasBorrowedAndTakesItBack() throws Exception {
        guard.beforeEach(context);
        Connection leaked = dataSource.getConnection();

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> guard.afterEach(context))
                .withMessage("A connection borrowed by thread "
                        + Thread.currentThread().getName() + " was not given back.")
                .havingCause()
                .satisfies(place -> assertThat(place.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().startsWith("tellsWhereALeaked")));
        assertThat(leaked.isClosed()).isTrue();
    }

    @Test
    void aConnectionThatWasDetachedAndNotClosedIsALeakToo() throws Exception {
        guard.beforeEach(context);
        PoolProxiedConnection closed = dataSource.getConnection().unwrap(PoolProxiedConnection.class);
        closed.detach();
        closed.close();
        PoolProxiedConnection leaked = dataSource.getConnection().unwrap(PoolProxiedConnection.class);
        leaked.detach();

        assertThatThrownBy(() -> guard.afterEach(context)).hasMessageContaining("was not given back");
        assertThat(leaked.isClosed()).isTrue();
    }

    @Test
    void whatIsInvalidatedIsGivenBack() throws Exception {
        guard.beforeEach(context);
        dataSource.getConnection().unwrap(PoolProxiedConnection.class).invalidate(null);
        guard.afterEach(context);
    }

    @Test
    void waitsForOtherThreadsToGiveBack() throws Exception {
        guard.within(Duration.ofSeconds(30)).beforeEach(context);
        Connection connection = dataSource.getConnection();
        CountDownLatch ending = new CountDownLatch(1);
        Thread other = new Thread(() -> {
            try (connection) {
                ending.await();
            } catch (InterruptedException | SQLException e) {
                throw new AssertionError(e);
            }
        });
        other.start();
        ending.countDown();
        guard.afterEach(context);
        other.join();
    }

    @Test
    void findsNestingWithBothPlacesButNotConnectionsOfTwoThreads() throws Exception {
        guard.forbidNesting().beforeEach(context);
        try (Connection outer = dataSource.getConnection()) {
            Thread other = new Thread(this::borrow);
            other.start();
            other.join();
        }
        guard.afterEach(context);

        guard.beforeEach(context);
        try (Connection outer = dataSource.getConnection()) {
            borrow();
        }
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> guard.afterEach(context))
                .withMessageContaining("borrowed a connection while it held another one")
                .havingCause()
                .satisfies(place -> assertThat(place.getSuppressed()).hasSize(1));
    }

    private void borrow() {
        try (Connection connection = dataSource.getConnection()) {
            assertThat(connection.isValid(1)).isTrue();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void findsMoreInUseThanAllowed() throws Exception {
        guard.allowAtMost(2).beforeEach(context);
        try (Connection one = dataSource.getConnection();
                Connection two = dataSource.getConnection();
                Connection three = dataSource.getConnection()) {
            assertThat(three).isNotSameAs(two).isNotSameAs(one);
        }
        assertThatThrownBy(() -> guard.afterEach(context))
                .hasMessage("3 connections were in use at once; allowed are 2.");
    }

    @Test
    void findsTransactionsLeftOpen() throws Exception {
        guard.forbidOpenWork().beforeEach(context);
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("create table t (x int)");
            connection.createStatement().execute("insert into t values (1)");
        }
        assertThatThrownBy(() -> guard.afterEach(context))
                .hasMessage("A connection came back with a transaction open.");
    }

    @Test
    void tellsAllThatWasWrong() throws Exception {
        guard.forbidNesting().allowAtMost(1).beforeEach(context);
        dataSource.getConnection();
        dataSource.getConnection();
        assertThatThrownBy(() -> guard.afterEach(context)).satisfies(failure -> {
            assertThat(failure.getMessage().lines()).hasSize(4);
            assertThat(failure.getSuppressed()).hasSize(3);
        });
    }

    @Test
    void leavesThePoolAsItWas() throws Exception {
        guard.beforeEach(context);
        guard.afterEach(context);
        dataSource.getConnection().close();
        try (Connection unwatched = dataSource.getConnection()) {
            guard.afterEach(context);
        }
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> guard.allowAtMost(0))
                .withMessage("At most 0 connections: allowed are 1 and more.");
        DataSource none = null;
        assertThatThrownBy(() -> PoolGuard.over(() -> none).beforeEach(context))
                .hasMessage("PoolGuard: there is no data source to watch yet.");
        assertThatThrownBy(() -> PoolGuard.over(new JdbcDataSource()).beforeEach(context))
                .hasMessage("PoolGuard: org.h2.jdbcx.JdbcDataSource is no NaiadDataSource, nor does it lead to one.");
    }
}
