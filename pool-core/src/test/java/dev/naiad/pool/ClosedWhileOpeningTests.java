/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.time.Duration;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A pool is closed while somebody waits for a connection that is being opened. */
@Timeout(60)
class ClosedWhileOpeningTests extends WithHangingDriver {

    static Stream<Arguments> allPoolsWithTimeouts() {
        return allPools()
                .flatMap(poolClass ->
                        Stream.of(TIMEOUT, Duration.ZERO).map(timeout -> Arguments.of(poolClass, timeout)));
    }

    private void closePool() {
        if (pool instanceof QueuePool queuePool) {
            queuePool.close(Duration.ZERO);
        } else {
            pool.close();
        }
    }

    @ParameterizedTest
    @MethodSource("allPoolsWithTimeouts")
    void whoWaitsForADriverIsToldAtOnce(Function<PoolConfig, Pool> poolClass, Duration timeout) throws Exception {
        pool = poolClass.apply(settings().timeout(timeout).build());
        database.script((call, connection) -> {
            if (call.equals("open")) {
                arrivals.release();
                TestSupport.awaitUninterruptibly(hanging);
            }
        });
        Borrower<Connection> waiting = Borrower.from(pool);
        arrivals.acquire();

        closePool();

        assertThat(waiting.failure()).isInstanceOf(PoolClosedException.class);
        assertThat(database.open).hasValue(0);
        hanging.countDown();
        await().untilAsserted(() -> assertThat(database.connections).hasSize(1));
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedOut()).isZero());
        assertThatThrownBy(pool::connect).isInstanceOf(PoolClosedException.class);
    }

    @ParameterizedTest
    @MethodSource("allPools")
    void whatIsOpenedInTheCallersThreadIsNotLentAnyMore(Function<PoolConfig, Pool> poolClass) throws Exception {
        pool = poolClass.apply(settings().timeout(null).connectTimeout(null).build());
        database.script((call, connection) -> {
            if (call.equals("open")) {
                closePool();
            }
        });

        assertThatThrownBy(pool::connect).isInstanceOf(PoolClosedException.class);

        await().untilAsserted(() -> assertThat(database.connections).hasSize(1));
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
        await().untilAsserted(() -> assertThat(pool.snapshot().checkedOut()).isZero());
    }
}
