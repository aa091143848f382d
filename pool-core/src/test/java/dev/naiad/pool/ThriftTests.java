/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.queue.Crowd;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThriftTests {

    private static final Duration OPENING = Duration.ofMillis(160);
    private static final Duration WATCH = OPENING.dividedBy(Thrift.WATCH);

    private final StubDatabase database = new StubDatabase();
    private final TestTicker ticker = new TestTicker();
    private QueuePool pool;

    @BeforeEach
    void aPoolThatKnowsHowLongOpeningsTake() throws Exception {
        pool = new QueuePool(database.settings()
                .ticker(ticker)
                .poolSize(1)
                .maxOverflow(9)
                .patience(Duration.ZERO)
                .build());
        pool.housekeeper().stop(); // it goes by the real clock
        database.script((call, connection) -> {
            if (call.equals("open")) {
                ticker.advance(OPENING);
            }
        });
        pool.connect().close();
        ticker.advance(Duration.ofSeconds(1));
    }

    @AfterEach
    void everythingIsClosed() {
        pool.close(Duration.ZERO);
        assertThat(database.open).hasValue(0);
    }

    @Test
    void aCrowdThatIsServedFastGetsNoConnectionOfItsOwn() throws Exception {
        Connection shared = pool.connect();
        List<Borrower<Connection>> crowd = crowd(8);

        shared = pass(shared, crowd, 2);
        ticker.advance(WATCH);
        pool.grow();
        assertThat(pool.snapshot().opening()).isZero();
        shared = pass(shared, crowd, 6);

        assertThat(database.attempts).hasValue(1);
        shared.close();
    }

    @Test
    void aCrowdThatNobodyServesGetsConnectionsAfterAMoment() throws Exception {
        Connection kept = pool.connect();
        List<Borrower<Connection>> crowd = crowd(2);
        ticker.advance(WATCH.minusNanos(1));
        pool.grow();
        assertThat(database.attempts).hasValue(1);

        ticker.advance(Duration.ofNanos(1));
        pool.grow();

        crowd.get(0).get().close();
        await().until(() -> crowd.get(1).isDone());
        crowd.get(1).get().close();
        assertThat(database.attempts.get()).isGreaterThan(1);
        kept.close();
    }

    @Test
    void aCrowdTooLargeForWhatComesBackGetsConnections() throws Exception {
        Connection shared = pool.connect();
        List<Borrower<Connection>> crowd = crowd(40);

        shared = pass(shared, crowd, 2);
        ticker.advance(WATCH);
        pool.grow();

        await().until(() -> database.attempts.get() > 1);
        shared.close();
        for (Borrower<Connection> each : crowd) {
            each.get().close();
        }
    }

    @Test
    void aCrowdThatStaysGetsConnectionsHoweverFastItIsServed() throws Exception {
        Connection shared = pool.connect();
        List<Borrower<Connection>> crowd = crowd(8);
        shared = pass(shared, crowd, 6);

        ticker.advance(OPENING);
        pool.grow();

        await().until(() -> database.attempts.get() > 1);
        shared.close();
        for (Borrower<Connection> each : crowd) {
            each.get().close();
        }
    }

    @Test
    void whereNewConnectionsHaveNotComeBackNoMoreAreWaitedFor() {
        Thrift thrift = new Thrift();
        long opening = OPENING.toNanos();
        Crowd crowd = new Crowd(0, 0);
        thrift.opened(opening, crowd, opening, 0);
        assertThat(thrift.holdBack(opening, crowd, 0, 40)).isEqualTo(WATCH.toNanos());
        assertThat(thrift.holdBack(opening + WATCH.toNanos(), crowd, 0, 40)).isZero();

        thrift.opened(opening, crowd, 3 * opening, 0);

        assertThat(thrift.holdBack(3 * opening, crowd, 0, 40)).isZero();
    }

    @Test
    void whoWaitsWhileNothingIsLentWaitsForNothingElse() throws Exception {
        pool.dispose();

        pool.connect().close();

        assertThat(database.attempts).hasValue(2);
    }

    @Test
    void whoeverIsHeldBackIsServedWithoutAnybodysDoing() throws Exception {
        try (QueuePool real =
                new QueuePool(database.settings().poolSize(1).maxOverflow(1).build())) {
            database.script((call, connection) -> {
                if (call.equals("open")) {
                    long begin = System.nanoTime();
                    while (System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(40)) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                    }
                }
            });
            Connection kept = real.connect();

            Borrower<Connection> other = Borrower.from(real);

            other.get().close();
            kept.close();
        }
    }

    private List<Borrower<Connection>> crowd(int size) throws Exception {
        List<Borrower<Connection>> crowd = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            crowd.add(Borrower.waitingFor(pool));
        }
        return crowd;
    }

    /** Each closes the connection for the next to get it. */
    private static Connection pass(Connection first, List<Borrower<Connection>> crowd, int times) throws Exception {
        Connection shared = first;
        for (int i = 0; i < times; i++) {
            shared.close();
            shared = crowd.remove(0).get();
        }
        return shared;
    }
}
