/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A record that went the short way before does not go it when there has come to be something to see to. */
@Timeout(60)
class ClearanceTests {

    private static final EnumSet<PoolEvent.Kind> LOANS =
            EnumSet.of(PoolEvent.Kind.CHECKOUT, PoolEvent.Kind.RESET, PoolEvent.Kind.CHECKIN);

    private final StubDatabase database = new StubDatabase();
    private final QueuePool pool =
            new QueuePool(database.settings().poolSize(1).maxOverflow(0).build());
    private final ConnectionRecord record = (ConnectionRecord) entry();

    private ConnectionPoolEntry entry() {
        try (PoolProxiedConnection connection = pool.connect()) {
            return connection.entry();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void theShortWayIsGone() throws SQLException {
        pool.connect().close();
        assertThat(pool.isCleared(record)).isTrue();
    }

    @AfterEach
    void nothingIsLost() {
        pool.close(Duration.ofSeconds(10));
        assertThat(database.open).hasValue(0);
        assertThat(pool.snapshot().checkedOut()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aListenerAddedLaterHearsOfLoans(boolean used) throws Exception {
        List<PoolEvent.Kind> heard = new ArrayList<>();
        Function<Connection, Connection> use = connection -> used ? work(connection) : connection;
        PoolProxiedConnection connection = pool.connect();
        try (AutoCloseable listening = pool.subscribe(LOANS, event -> heard.add(event.kind()))::close) {
            use.apply(connection).close();
            assertThat(heard).containsExactly(PoolEvent.Kind.RESET, PoolEvent.Kind.CHECKIN);
            heard.clear();
            use.apply(pool.connect()).close();
            assertThat(heard).containsExactly(PoolEvent.Kind.CHECKOUT, PoolEvent.Kind.RESET, PoolEvent.Kind.CHECKIN);
            heard.clear();
        }
        use.apply(pool.connect()).close();
        assertThat(heard).isEmpty();
    }

    @Test
    void aListenerOfTheClassAddedLaterHearsOfLoans() throws Exception {
        List<String> heard = new ArrayList<>();
        PoolListener listener = new PoolListener() {
            @Override
            public void checkout(PoolEvent.Checkout event) {
                heard.add("checkout");
            }

            @Override
            public void checkin(PoolEvent.Checkin event) {
                heard.add("checkin");
            }
        };
        PoolProxiedConnection connection = pool.connect();
        try (AutoCloseable listening = Pool.addListenerToAll(QueuePool.class, listener)::close) {
            connection.close();
            pool.connect().close();
        }
        assertThat(heard).containsExactly("checkin", "checkout", "checkin");
    }

    @Test
    void afterAChangeOfTheSettingsItIsAskedIfItIsAlive() throws SQLException {
        pool.reconfigure(settings -> settings.prePing(PrePing.ON));
        pool.connect().close();
        assertThat(pool.isCleared(record)).isFalse();
        assertThat(record.needsPing()).isTrue();
    }

    @Test
    void whenItCameBackIntoAPoolDisposedOfMeanwhileItIsClosed() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        pool.dispose();
        assertThat(database.open).hasValue(1);
        connection.close();
        assertThat(database.open).hasValue(0);
    }

    @Test
    void afterASoftInvalidationItIsReplaced() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        Connection before = connection.entry().connection();
        connection.invalidateSoftly(null);
        connection.close();
        assertThat(record.connection()).isSameAs(before);
        try (PoolProxiedConnection next = pool.connect()) {
            assertThat(next.entry().connection()).isNotSameAs(before);
        }
    }

    @Test
    void withAnotherOfItsGenerationReportedDeadItIsReplaced() throws SQLException {
        Connection before = record.connection();
        pool.outdate(record);
        try (PoolProxiedConnection next = pool.connect()) {
            assertThat(next.entry().connection()).isNotSameAs(before);
        }
    }

    @Test
    void openedBeforeAnInvalidationItIsNotClearedUnderTheTermsAfterIt() {
        pool.outdate(record);
        record.clear(pool.terms());
        assertThat(pool.isCleared(record)).isFalse();
    }

    @Test
    void invalidatedBehindTheUsersBackItIsNotIdle() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        connection.entry().invalidate(null);
        connection.close();
        assertThat(record.mode()).isEqualTo(ConnectionRecord.Mode.VACANT);
        pool.connect().close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void finalizersRun(boolean used) throws SQLException {
        List<Connection> finalized = new ArrayList<>();
        PoolProxiedConnection connection = pool.connect();
        record.addFinalizer(finalized::add);
        if (used) {
            work(connection);
        }
        connection.close();
        pool.connect().close();
        assertThat(finalized).containsExactly(record.connection());
    }

    @Test
    void lentForLongItKeepsItsSession() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        pool.sweep();
        pool.sweep();
        pool.sweep();
        connection.close();
        work(pool.connect()).close();
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
    }

    @Test
    void closedTwiceItIsGivenBackOnce() throws SQLException {
        PoolProxiedConnection first = pool.connect();
        first.close();
        PoolProxiedConnection second = pool.connect();
        first.close();
        assertThat(second.isValid()).isTrue();
        assertThat(record.mode()).isEqualTo(ConnectionRecord.Mode.IN_USE);
        second.close();
    }

    private static Connection work(Connection connection) {
        try {
            connection.createStatement().executeUpdate("x");
            return connection;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
