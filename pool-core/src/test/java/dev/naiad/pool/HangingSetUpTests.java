/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A driver that does not come back from what is done to a new connection before anybody gets it. */
@Timeout(60)
class HangingSetUpTests extends WithHangingDriver {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** Asks the first connection, which does not answer, until it is aborted. */
    private void hangFirstConnect() {
        hang("isValid", Abort.ENDS_THE_CALL);
        pool.addListener(new PoolListener() {
            @Override
            public void firstConnect(PoolEvent.FirstConnect event) throws SQLException {
                event.connection().isValid(1);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("allPools")
    void aConnectionThatHangsAfterItWasOpenedIsAbortedWhenItIsGivenUp(Function<PoolConfig, Pool> poolClass)
            throws Exception {
        pool = poolClass.apply(settings().connectTimeout(CONNECT_TIMEOUT).build());
        hangFirstConnect();
        Borrower<Connection> first = Borrower.from(pool);
        arrivals.acquire();

        pool.sweep();
        ticker.advance(CONNECT_TIMEOUT);
        pool.sweep();

        assertNothingIsLeft(first);
    }

    @ParameterizedTest
    @MethodSource("otherPools")
    void soIsOneWhoseCallerHasNoMoreTime(Function<PoolConfig, Pool> poolClass) throws Exception {
        pool = poolClass.apply(settings().connectTimeout(null).build());
        hangFirstConnect();
        Borrower<Connection> first = Borrower.from(pool);
        arrivals.acquire();

        ticker.advance(TIMEOUT);
        first.nudge();

        assertNothingIsLeft(first);
    }

    private void assertNothingIsLeft(Borrower<Connection> first) throws Exception {
        await().untilAsserted(
                        () -> assertThat(database.connections.get(0).closed).isTrue());
        if (!(pool instanceof QueuePool)) {
            assertThat(first.failure()).isInstanceOf(SQLException.class);
        } else {
            first.get().close();
        }
        try (Connection next = pool.connect()) {
            assertThat(database.behind(next).number).isEqualTo(2);
            assertThat(database.open).hasValue(1);
        }
    }
}
