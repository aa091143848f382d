/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.PoolListener;
import dev.naiad.pool.PoolProxiedConnection;
import dev.naiad.pool.PoolTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a pool class of a user's can do with what is public and protected; the contract of all pools is tested elsewhere. */
class BoundedPoolTests {

    private final PoolConfig.Builder settings = PoolConfig.builder()
            .url("jdbc:h2:mem:bounded")
            .name("mine")
            .poolSize(1)
            .timeout(Duration.ZERO);

    @Test
    @Tag("PB-04")
    void worksBehindADataSource() throws SQLException {
        try (NaiadDataSource dataSource = NaiadDataSource.builder()
                        .url("jdbc:h2:mem:bounded")
                        .poolClass(BoundedPool::new)
                        .build();
                Connection connection = dataSource.getConnection();
                var results = connection.createStatement().executeQuery("select 1")) {
            assertThat(results.next()).isTrue();
            assertThat(dataSource.unwrap(BoundedPool.class).snapshot().checkedOut())
                    .isEqualTo(1);
        }
    }

    @Test
    void reportsATimeoutAsThePoolsOfTheLibraryDo() throws SQLException {
        AtomicInteger heard = new AtomicInteger();
        PoolListener listener = new PoolListener() {
            @Override
            public void timedOut(PoolEvent.TimedOut event) {
                heard.incrementAndGet();
            }
        };
        try (BoundedPool pool = new BoundedPool(settings.listener(listener).build());
                Connection held = pool.connect()) {
            assertThat(held.isClosed()).isFalse();
            assertThatExceptionOfType(PoolTimeoutException.class)
                    .isThrownBy(pool::connect)
                    .withMessageContaining("Pool 'mine': no connection was free (pool_size 1");
            assertThat(pool.snapshot().timeouts()).isEqualTo(1);
        }
        assertThat(heard).hasValue(1);
    }

    @Test
    @Tag("R-05")
    void hasItsConnectionsReplacedWhenTheyAreInvalidated() throws SQLException {
        try (BoundedPool pool = new BoundedPool(settings.build())) {
            PoolProxiedConnection first = pool.connect();
            Object place = first.entry();
            first.invalidateSoftly(null);
            first.close();

            PoolProxiedConnection second = pool.connect();
            assertThat(second.entry()).isSameAs(place);
            assertThat(pool.snapshot().opened()).isEqualTo(2);
            second.close();
        }
    }
}
