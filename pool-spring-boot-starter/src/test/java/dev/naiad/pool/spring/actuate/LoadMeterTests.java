/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.diagnose.Demand;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoadMeterTests {

    private final AtomicLong millis = new AtomicLong();
    private final NaiadDataSource dataSource = NaiadDataSource.builder()
            .url("jdbc:h2:mem:load-meter")
            .poolSize(2)
            .maxOverflow(0)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(millis.get()))
            .build();
    private final LoadMeter meter = new LoadMeter(dataSource.pool());

    @AfterEach
    void close() {
        dataSource.close();
    }

    private void borrow(int held, int gap) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            assertThat(connection.isClosed()).isFalse();
            millis.addAndGet(held);
        }
        millis.addAndGet(gap);
    }

    @Test
    void knowsNothingAtFirst() {
        PoolLoad load = meter.look();
        assertThat(load.waits()).isEqualTo(new PoolLoad.Distribution(0, null, null, null));
        assertThat(load.holds().count()).isZero();
        assertThat(load.demand()).isNull();
        assertThat(load.forecasts()).isEmpty();
        assertThat(load.enough()).isNull();
    }

    @Test
    void measuresFromTheFirstLookOn() throws SQLException {
        borrow(100, 0);
        assertThat(meter.look().holds().count()).isZero();
        for (int i = 0; i < 49; i++) {
            borrow(8, 32);
        }
        borrow(800, 0);
        PoolLoad load = meter.look();
        assertThat(load.holds().count()).isEqualTo(50);
        assertThat(load.holds().p50().toMillis()).isCloseTo(8, within(1L));
        assertThat(load.holds().p99().toMillis()).isCloseTo(800, Percentage.withPercentage(13));
        assertThat(load.waits()).isEqualTo(new PoolLoad.Distribution(50, Duration.ZERO, Duration.ZERO, Duration.ZERO));
        Demand demand = load.demand();
        assertThat(demand.checkouts()).isEqualTo(50);
        assertThat(demand.window()).isEqualTo(Duration.ofMillis(49 * 40 + 800));
        assertThat(demand.meanHold()).isEqualTo(Duration.ofNanos((49 * 8 + 800) * 1_000_000L / 50));
        assertThat(demand.holdVariation()).isGreaterThan(10);
        assertThat(demand.meanInUse()).isCloseTo((49 * 8 + 800) / (49 * 40.0 + 800), within(1e-6));
        assertThat(demand.mostInUse()).isEqualTo(1);
    }

    @Test
    void forecastsFromOneConnectionToTwiceAsManyAsThereMayBe() throws SQLException {
        meter.look();
        for (int i = 0; i < 50; i++) {
            borrow(8, 32);
        }
        PoolLoad load = meter.look();
        assertThat(load.forecasts())
                .extracting(forecast -> forecast.connections())
                .startsWith(1, 2)
                .endsWith(10);
        assertThat(load.target()).isEqualTo(Duration.ofMillis(5));
        assertThat(load.enough()).isPositive();
    }

    @Test
    void countsWhoDoesNotWaitAsZero() throws Exception {
        meter.look();
        for (int i = 0; i < 9; i++) {
            borrow(0, 1);
        }
        Connection first = dataSource.getConnection();
        Connection second = dataSource.getConnection();
        CompletableFuture<Void> waiter = CompletableFuture.runAsync(() -> {
            try {
                dataSource.getConnection().close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> dataSource.pool().snapshot().waiting() == 1);
        millis.addAndGet(400);
        first.close();
        waiter.get();
        second.close();
        PoolLoad.Distribution waits = meter.look().waits();
        assertThat(waits.count()).isEqualTo(12);
        assertThat(waits.p50()).isEqualTo(Duration.ZERO);
        assertThat(waits.p99().toMillis()).isCloseTo(400, Percentage.withPercentage(13));
    }

    @Test
    void forgetsWhatIsOlderThanItTells() throws SQLException {
        meter.look();
        for (int i = 0; i < 25; i++) {
            borrow(8, 0);
        }
        for (int i = 0; i < 3; i++) {
            millis.addAndGet(5000);
            meter.look();
        }
        assertThat(meter.look().holds().count()).isZero();
        assertThat(meter.look().demand().checkouts()).isEqualTo(25);
        for (int i = 0; i < 12; i++) {
            millis.addAndGet(5000);
            meter.look();
        }
        assertThat(meter.look().demand()).isNull();
    }

    @Test
    void leavesThePoolAloneOnceNobodyLooks() throws SQLException {
        meter.look();
        borrow(8, 0);
        assertThat(meter.isMeasuring()).isTrue();
        millis.addAndGet(10_001);
        borrow(8, 0);
        assertThat(meter.isMeasuring()).isFalse();
        borrow(8, 0);
        assertThat(meter.look().holds().count()).isZero();
        assertThat(meter.isMeasuring()).isTrue();
        borrow(8, 0);
        assertThat(meter.look().holds().count()).isEqualTo(1);
    }
}
