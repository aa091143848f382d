/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An interrupt before, during and after the wait: the thread stays interrupted, and no connection is lost. */
@Timeout(60)
class InterruptTests {

    private static final int ROUNDS = 1_000;

    private final StubDatabase database = new StubDatabase();
    private QueuePool pool = pool(Duration.ofMillis(2));

    private QueuePool pool(Duration patience) {
        return new QueuePool(database.settings()
                .poolSize(1)
                .maxOverflow(0)
                .patience(patience)
                .build());
    }

    /** When the interrupt comes, compared with the connection. */
    enum Moment {
        FIRST,
        LAST,
        AT_THE_SAME_TIME
    }

    private record Outcome(boolean served, boolean interrupted) {}

    @AfterEach
    void nothingIsLost() throws SQLException {
        try (Connection connection = pool.connect()) {
            assertThat(database.behind(connection).number).isEqualTo(1);
        }
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        assertThat(pool.snapshot().waiting()).isZero();
        pool.close();
        assertThat(database.open).hasValue(0);
    }

    private Outcome borrow() throws SQLException {
        try (Connection connection = pool.connect()) {
            return new Outcome(true, Thread.currentThread().isInterrupted());
        } catch (SQLException e) {
            if (!e.getSQLState().equals("HY008")) {
                throw e;
            }
            return new Outcome(false, Thread.currentThread().isInterrupted());
        }
    }

    @Test
    void anInterruptedThreadGetsWhatIsIdle() throws Exception {
        pool.connect().close();
        Borrower<Outcome> borrower = Borrower.of(() -> {
            Thread.currentThread().interrupt();
            return borrow();
        });

        assertThat(borrower.get()).isEqualTo(new Outcome(true, true));
    }

    @Test
    void anInterruptedThreadDoesNotWait() throws Exception {
        try (Connection held = pool.connect()) {
            Borrower<Outcome> borrower = Borrower.of(() -> {
                Thread.currentThread().interrupt();
                return borrow();
            });

            assertThat(borrower.get()).isEqualTo(new Outcome(false, true));
        }
    }

    /** The waiter parks again and again; of what happens while it does, both ends of the race are met. */
    @ParameterizedTest
    @EnumSource
    @Tag("E3-05")
    void anInterruptAtTheHandOverLosesNothing(Moment moment) throws Exception {
        if (moment == Moment.LAST) {
            pool = pool(Duration.ZERO); // which hands over at once
        }
        AtomicInteger served = new AtomicInteger();
        Semaphore start = new Semaphore(0);
        Semaphore end = new Semaphore(0);
        Semaphore over = new Semaphore(0);
        Borrower<Void> waiter = Borrower.of(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                start.acquireUninterruptibly();
                Outcome outcome = borrow();
                served.addAndGet(outcome.served() ? 1 : 0);
                if (!outcome.served()) {
                    assertThat(outcome.interrupted()).isTrue();
                }
                end.release();
                over.acquireUninterruptibly();
                Thread.interrupted();
            }
            return null;
        });
        for (int i = 0; i < ROUNDS; i++) {
            Connection held = pool.connect();
            start.release();
            while (pool.snapshot().waiting() == 0) {
                Thread.onSpinWait();
            }
            switch (moment) {
                case FIRST -> {
                    waiter.thread.interrupt();
                    held.close();
                }
                case LAST -> {
                    held.close();
                    waiter.thread.interrupt();
                }
                case AT_THE_SAME_TIME -> {
                    Borrower<Void> other = Borrower.of(() -> {
                        held.close();
                        return null;
                    });
                    waiter.thread.interrupt();
                    other.get();
                }
            }
            end.acquire();
            over.release();
        }
        waiter.get();
        Figures.note("interrupts %s: %d of %d were served all the same", moment, served.get(), ROUNDS);
        if (moment == Moment.LAST) {
            assertThat(served).as("who has a connection keeps it").hasValue(ROUNDS);
        }
    }
}
