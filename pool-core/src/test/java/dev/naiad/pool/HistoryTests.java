/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static java.util.Comparator.comparingLong;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.diagnose.Transition.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HistoryTests {

    private final StubDatabase database = new StubDatabase().withoutAutoCommit();
    private final TestTicker ticker = new TestTicker();
    private final QueuePool pool = new QueuePool(database.settings()
            .ticker(ticker)
            .poolSize(1)
            .maxOverflow(0)
            .timeout(Duration.ZERO)
            .failFastAfter(Duration.ZERO)
            .holdLimit(Duration.ofMinutes(1))
            .build());

    @AfterEach
    void close() {
        pool.close();
    }

    private List<Kind> kinds() {
        return pool.history().stream().map(Transition::kind).toList();
    }

    private Transition last() {
        List<Transition> all = pool.history();
        return all.get(all.size() - 1);
    }

    private void refuseToOpen(String message) {
        database.script((call, connection) -> {
            if (call.equals("open")) {
                throw new SQLException(message);
            }
        });
    }

    @Test
    void lendingAndTakingBackLeaveNoTrace() throws SQLException {
        for (int i = 0; i < 10; i++) {
            pool.connect().close();
        }

        assertThat(kinds()).containsExactly(Kind.OPENED);
    }

    @Test
    void aTransitionTellsWhenWhereWhichAndWhy() throws SQLException {
        Instant before = Instant.now();
        pool.connect().invalidate(new SQLException("dead"));

        assertThat(kinds()).containsExactly(Kind.OPENED, Kind.INVALIDATED, Kind.CLOSED);
        Transition invalidated = pool.history().get(1);
        assertThat(invalidated.time()).isBetween(before, Instant.now());
        assertThat(invalidated.thread()).isEqualTo(Thread.currentThread().getName());
        assertThat(invalidated.connection()).isEqualTo(1);
        assertThat(invalidated.detail()).isEqualTo("java.sql.SQLException: dead");
        assertThat(last().detail()).isEqualTo("INVALIDATED");
        assertThat(invalidated).asString().contains("INVALIDATED connection 1", "dead");
    }

    @Test
    void whatAnOperatorDoesIsNoted() throws SQLException {
        pool.connect().close();
        pool.suspend(Suspension.FAIL);
        pool.resume();
        pool.reconfigure(settings -> settings.poolSize(2));
        pool.dispose();
        pool.close();
        pool.close();

        assertThat(kinds())
                .containsExactly(
                        Kind.OPENED,
                        Kind.SUSPENDED,
                        Kind.RESUMED,
                        Kind.RECONFIGURED,
                        Kind.DISPOSED,
                        Kind.CLOSED,
                        Kind.POOL_CLOSED);
    }

    @Test
    void aDatabaseThatGoesAndComesIsNotedWithoutPasswords() throws SQLException {
        refuseToOpen("cannot reach jdbc:stub:shop?password=hunter2");
        assertThatThrownBy(pool::connect).isInstanceOf(SQLException.class);
        database.script((call, connection) -> {});
        ticker.advance(Duration.ofSeconds(2));
        pool.connect().close();

        assertThat(kinds()).containsExactly(Kind.OPEN_FAILED, Kind.CIRCUIT_OPENED, Kind.OPENED, Kind.CIRCUIT_CLOSED);
        assertThat(pool.history().get(0).detail()).contains("cannot reach").doesNotContain("hunter2");
    }

    @Test
    void whoeverWaitedInVainIsNotedWithTheVerdict() throws SQLException {
        try (Connection held = pool.connect()) {
            assertThat(held.isClosed()).isFalse();
            assertThatThrownBy(pool::connect)
                    .isInstanceOfSatisfying(
                            PoolTimeoutException.class,
                            exception -> assertThat(last().detail())
                                    .isEqualTo(exception
                                            .report()
                                            .diagnosis()
                                            .verdict()
                                            .name()));
        }
        assertThat(last().kind()).isEqualTo(Kind.TIMED_OUT);
    }

    @Test
    void whoHoldsForTooLongIsNotedAndThatItCameBack() throws SQLException {
        Connection held = pool.connect();
        pool.sweep();
        ticker.advance(Duration.ofMinutes(2));
        pool.sweep();
        held.close();
        pool.sweep();

        assertThat(kinds()).containsExactly(Kind.OPENED, Kind.HELD_TOO_LONG, Kind.CAME_BACK);
    }

    @Test
    void detachingAndOutdatingAreNoted() throws SQLException {
        PoolProxiedConnection detached = pool.connect();
        detached.detach();
        detached.close();
        PoolProxiedConnection outdated = pool.connect();
        pool.invalidate(outdated, null);

        assertThat(kinds())
                .containsExactly(
                        Kind.OPENED,
                        Kind.DETACHED,
                        Kind.CLOSED,
                        Kind.OPENED,
                        Kind.OUTDATED,
                        Kind.INVALIDATED,
                        Kind.CLOSED);
    }

    private void lose() throws SQLException {
        pool.connect();
    }

    @Test
    void aLostConnectionIsNotedWithItsBorrower() throws SQLException {
        lose();
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            System.gc();
            pool.sweep();
            return kinds().contains(Kind.CLOSED);
        });

        assertThat(kinds()).containsExactly(Kind.OPENED, Kind.LOST, Kind.CLOSED);
    }

    @Test
    void onlyTheLastAreKept() {
        History history = new History();
        for (int i = 0; i < History.LENGTH + 10; i++) {
            history.note(Kind.OPENED, i);
        }

        assertThat(history.transitions())
                .extracting(Transition::number)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(11, History.LENGTH + 10).boxed().toList());
    }

    @Test
    void whatIsFrequentDoesNotDriveOutWhatIsRare() {
        History history = new History();
        history.note(Kind.SUSPENDED);
        for (int i = 0; i < 10 * History.LENGTH; i++) {
            history.note(Kind.OPENED, i);
            history.note(Kind.CLOSED, i);
        }
        history.note(Kind.RESUMED);

        List<Transition> all = history.transitions();
        assertThat(all).hasSize(2 + 2 * History.LENGTH).isSortedAccordingTo(comparingLong(Transition::number));
        assertThat(all.get(0).kind()).isEqualTo(Kind.SUSPENDED);
        assertThat(all.get(all.size() - 1).kind()).isEqualTo(Kind.RESUMED);
    }

    @Test
    void aReportEndsWithTwoThingsOfAKindAtMost() throws SQLException {
        pool.suspend(Suspension.FAIL);
        pool.resume();
        for (int i = 0; i < 5; i++) {
            pool.connect().invalidate(null);
        }

        assertThat(pool.report().toString().lines().filter(line -> line.contains("Lately")))
                .hasSize(8)
                .anyMatch(line -> line.contains("RESUMED"))
                .satisfies(lines -> assertThat(lines.stream().filter(line -> line.contains("OPENED")))
                        .hasSize(2));
    }

    @Test
    void threadsThatWriteAtTheSameTimeLoseNothing() throws Exception {
        int threads = 4;
        int rounds = 1_000;
        List<History> histories =
                IntStream.range(0, rounds).mapToObj(round -> new History()).toList();
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Borrower<Integer>> writers = LongStream.range(0, threads)
                .mapToObj(writer -> Borrower.of(() -> {
                    for (History history : histories) {
                        start.await();
                        for (int i = 0; i < History.LENGTH / threads; i++) {
                            history.note(Kind.OPENED, writer);
                        }
                    }
                    return 0;
                }))
                .toList();
        for (Borrower<Integer> writer : writers) {
            writer.get();
        }

        assertThat(histories)
                .allSatisfy(history -> assertThat(history.transitions())
                        .extracting(Transition::number)
                        .containsExactlyElementsOf(LongStream.rangeClosed(1, History.LENGTH)
                                .boxed()
                                .toList()));
    }
}
