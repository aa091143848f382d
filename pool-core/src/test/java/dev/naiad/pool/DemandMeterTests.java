/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.naiad.pool.diagnose.Demand;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DemandMeterTests {

    private final TestTicker ticker = new TestTicker();
    private final StubDatabase database = new StubDatabase();
    private final QueuePool pool =
            new QueuePool(database.settings().poolSize(5).ticker(ticker).build());

    @AfterEach
    void close() {
        pool.close(Duration.ZERO);
    }

    private void pass(long millis) {
        ticker.advance(Duration.ofMillis(millis));
    }

    @Test
    void measuresRateAndTimeHeldAndHowManyAreInUse() throws SQLException {
        try (DemandMeter meter = DemandMeter.of(pool)) {
            Connection one = pool.connect();
            pass(10);
            Connection two = pool.connect();
            pass(10);
            one.close();
            pass(10);
            two.close();
            pass(10);

            Demand demand = meter.demand();
            assertThat(demand.window()).isEqualTo(Duration.ofMillis(40));
            assertThat(demand.checkouts()).isEqualTo(2);
            assertThat(demand.checkoutsPerSecond()).isCloseTo(50, within(1e-9));
            assertThat(demand.meanHold()).isEqualTo(Duration.ofMillis(20));
            assertThat(demand.holdVariation()).isCloseTo(0, within(1e-9));
            assertThat(demand.meanInUse()).isCloseTo(1, within(1e-9)).isCloseTo(demand.load(), within(1e-9));
            assertThat(demand.mostInUse()).isEqualTo(2);
        }
    }

    @Test
    void knowsSteadyTrafficFromUneven() throws SQLException {
        try (DemandMeter meter = DemandMeter.of(pool)) {
            for (int i = 0; i < 10; i++) {
                pool.connect().close();
                pass(10);
            }
            assertThat(meter.demand().arrivalVariation()).isCloseTo(0, within(1e-9));
        }
        try (DemandMeter meter = DemandMeter.of(pool)) {
            for (int i = 0; i < 10; i++) {
                Connection held = pool.connect();
                pass(i == 5 ? 1000 : 1);
                held.close();
            }
            assertThat(meter.demand().arrivalVariation()).isGreaterThan(3);
            assertThat(meter.demand().holdVariation()).isGreaterThan(3);
        }
    }

    @Test
    void whatWasInUseBeforeIsLeftOut() throws SQLException {
        Connection before = pool.connect();
        try (DemandMeter meter = DemandMeter.of(pool)) {
            pass(10);
            before.close();
            assertThat(meter.demand().checkouts()).isZero();
            assertThat(meter.demand().meanInUse()).isZero();
            assertThat(meter.sizing().advice(5, Duration.ZERO)).startsWith("Nothing was lent in 10.0 ms");
        }
    }

    @Test
    void aDetachedConnectionIsInUseNoLonger() throws SQLException {
        try (DemandMeter meter = DemandMeter.of(pool)) {
            PoolProxiedConnection detached = pool.connect();
            pass(10);
            detached.detach();
            pass(10);
            detached.close();
            assertThat(meter.demand().meanHold()).isEqualTo(Duration.ofMillis(10));
            assertThat(meter.demand().meanInUse()).isCloseTo(0.5, within(1e-9));
        }
    }

    @Test
    void costsNothingAfterwards() throws SQLException {
        pool.connect().close();
        DemandMeter meter = DemandMeter.of(pool);
        pool.connect().close();
        meter.close();
        PoolProxiedConnection connection = pool.connect();
        assertThat(pool.isCleared((ConnectionRecord) connection.entry())).isTrue();
        connection.close();
        assertThat(meter.demand().checkouts()).isEqualTo(1);
    }
}
