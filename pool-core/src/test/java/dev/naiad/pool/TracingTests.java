/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.queue.Waiter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TracingTests {

    private final StubDatabase database = new StubDatabase();

    private QueuePool pool(Trace trace) {
        return new QueuePool(
                database.settings().poolSize(1).maxOverflow(0).trace(trace).build());
    }

    private static CheckoutTrace traceOf(Connection borrowed) {
        ConnectionRecord record = (ConnectionRecord) Objects.requireNonNull(((PoolProxiedConnection) borrowed).entry());
        return Objects.requireNonNull(record.trace(record.ticket()));
    }

    private static boolean isFromTheWait(CheckoutTrace trace) {
        return Arrays.stream(trace.stack.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(Turn.class.getName()));
    }

    @Test
    void theStackOfWhoWaitsIsTakenBeforeTheConnectionIsThere() throws Exception {
        try (QueuePool pool = pool(Trace.ALWAYS)) {
            Connection held = pool.connect();
            Borrower<Connection> waiter = Borrower.of(() -> borrowHere(pool));
            await().until(() -> waiter.isParkedIn(Waiter.class));

            held.close();

            try (Connection served = waiter.get()) {
                assertThat(traceOf(served)).matches(TracingTests::isFromTheWait);
                assertThat(pool.glance().holders())
                        .singleElement()
                        .satisfies(holder -> assertThat(holder.place())
                                .hasValueSatisfying(place ->
                                        assertThat(place.getMethodName()).isEqualTo("borrowHere")));
            }
        }
    }

    @Test
    void soItIsByDefaultOnceConnectionsRunShort() throws Exception {
        TestTicker ticker = new TestTicker();
        try (QueuePool pool = new QueuePool(
                database.settings().poolSize(1).maxOverflow(0).ticker(ticker).build())) {
            Connection held = pool.connect();
            Borrower<Connection> first = Borrower.from(pool);
            await().until(() -> first.isParkedIn(Waiter.class));
            ticker.advance(Duration.ofNanos(Watch.GLANCE));
            first.nudge();
            await().until(() -> pool.listeners().wants(PoolEvent.Kind.CHECKOUT));
            Borrower<Connection> second = Borrower.from(pool);
            await().until(() -> second.isParkedIn(Waiter.class));

            held.close();
            first.get().close();

            try (Connection served = second.get()) {
                assertThat(traceOf(served)).matches(TracingTests::isFromTheWait);
            }
        }
    }

    private static Connection borrowHere(Pool pool) throws SQLException {
        return pool.connect();
    }

    @Test
    void whoNeedNotWaitIsTracedAtCheckout() throws SQLException {
        try (QueuePool pool = pool(Trace.ALWAYS);
                Connection first = pool.connect()) { // who asks an empty pool waits until it has been opened
            first.close();
            try (Connection idle = pool.connect()) {
                assertThat(traceOf(idle)).matches(trace -> !isFromTheWait(trace));
            }
        }
    }

    @Test
    void whoWaitsIsNotTracedIfThatIsOff() throws Exception {
        try (QueuePool pool = pool(Trace.OFF)) {
            Connection held = pool.connect();
            Borrower<Connection> waiter = Borrower.from(pool);
            await().until(() -> waiter.isParkedIn(Waiter.class));

            held.close();

            try (Connection served = waiter.get()) {
                ConnectionRecord record =
                        (ConnectionRecord) Objects.requireNonNull(((PoolProxiedConnection) served).entry());
                assertThat(record.trace(record.ticket())).isNull();
            }
        }
    }
}
