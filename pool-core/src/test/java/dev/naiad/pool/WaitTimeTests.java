/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a pool knows of the time that callers waited and that connections took to open. */
@Timeout(60)
class WaitTimeTests {

    private final StubDatabase database = new StubDatabase();
    private final AtomicLong nanos = new AtomicLong();

    private PoolConfig.Builder settings() {
        return database.settings().poolSize(1).maxOverflow(0).ticker(nanos::get);
    }

    @Test
    void whoWaitsIsCountedAndToldOf() throws Exception {
        List<PoolEvent.Waited> told = new ArrayList<>();
        try (QueuePool pool = new QueuePool(settings().build())) {
            pool.subscribe(EnumSet.of(PoolEvent.Kind.WAITED), event -> told.add((PoolEvent.Waited) event));
            Connection held = pool.connect();
            assertThat(pool.snapshot().waits()).as("for the opening").isEqualTo(1);
            Borrower<Connection> waiting = Borrower.waitingFor(pool);
            nanos.addAndGet(30);
            held.close();
            waiting.get().close();
            pool.connect().close();

            assertThat(pool.snapshot().waits()).isEqualTo(2);
            assertThat(pool.snapshot().waitTime()).isEqualTo(Duration.ofNanos(30));
            assertThat(told)
                    .containsExactly(
                            new PoolEvent.Waited(pool, Duration.ZERO, true),
                            new PoolEvent.Waited(pool, Duration.ofNanos(30), true));
        }
    }

    @Test
    void whoWaitsInVainIsCountedToo() throws SQLException {
        List<PoolEvent.Kind> told = new ArrayList<>();
        try (QueuePool pool =
                new QueuePool(database.settings().poolSize(1).maxOverflow(0).build())) {
            try (Connection held = pool.connect()) {
                assertThat(held.isClosed()).isFalse();
                pool.subscribe(
                        EnumSet.of(PoolEvent.Kind.WAITED, PoolEvent.Kind.TIMED_OUT), event -> told.add(event.kind()));
                pool.reconfigure(settings -> settings.timeout(Duration.ofMillis(1)));
                assertThatExceptionOfType(PoolTimeoutException.class).isThrownBy(pool::connect);
            }
            assertThat(told).containsExactly(PoolEvent.Kind.WAITED, PoolEvent.Kind.TIMED_OUT);
            assertThat(pool.snapshot().waits()).isEqualTo(2);
            assertThat(pool.snapshot().waitTime()).isGreaterThanOrEqualTo(Duration.ofMillis(1));
        }
    }

    @Test
    void aTickerThatFailsAtTheEndOfAWaitCostsNoPlace() throws Exception {
        AtomicReference<Thread> failing = new AtomicReference<>();
        try (QueuePool pool = new QueuePool(database.settings()
                .poolSize(1)
                .maxOverflow(0)
                .ticker(() -> {
                    if (Thread.currentThread() == failing.get()) {
                        throw new IllegalStateException("no time");
                    }
                    return 0;
                })
                .build())) {
            Connection held = pool.connect();
            Borrower<Connection> waiting = Borrower.waitingFor(pool);
            failing.set(waiting.thread);
            held.close();
            assertThat(waiting.failure()).hasMessage("no time");

            pool.connect().close();
            assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        }
    }

    @Test
    void openingsAreTimed() throws SQLException {
        ConnectionFactory slow = entry -> {
            nanos.addAndGet(12);
            return database.open(entry);
        };
        for (Pool pool : List.of(
                new QueuePool(settings().connectionFactory(slow).build()),
                new NullPool(settings().connectionFactory(slow).build()))) {
            try (pool) {
                pool.connect().close();
                assertThat(pool.snapshot().openTime()).isEqualTo(Duration.ofNanos(12));
            }
        }
    }
}
