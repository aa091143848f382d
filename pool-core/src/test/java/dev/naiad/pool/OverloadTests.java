/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More is asked of a pool than it can do, and then no longer. */
@Timeout(120)
class OverloadTests {

    private static final Duration WORK = Duration.ofMillis(100);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration SHED_AFTER = Duration.ofMillis(300);
    private static final int STEPS_OF_OVERLOAD = 60;
    private static final int STEPS_TO_RECOVER = 60;
    private static final int STEPS_AFTERWARDS = 200;

    private final StubDatabase database = new StubDatabase();
    private final TestTicker ticker = new TestTicker();
    private final Random random = new Random(42);
    private @Nullable QueuePool pool;

    @AfterEach
    void close() {
        if (pool != null) {
            pool.close(Duration.ZERO);
        }
    }

    /** One connection; each who gets it works for one step of time. */
    private final class Simulation {

        private record Caller(Borrower<Connection> borrower, int step) {}

        private final QueuePool simulated;
        private final Deque<Caller> waiting = new ArrayDeque<>();
        private final List<Integer> waits = new ArrayList<>();
        private @Nullable Connection held;
        private int step;
        private int served;
        private int timedOut;
        private int shed;

        Simulation(QueuePool simulated) {
            this.simulated = simulated;
        }

        void run(int steps, double arrivalsPerStep) throws Exception {
            for (int i = 0; i < steps; i++) {
                if (held != null) {
                    held.close();
                    held = null;
                }
                collect();
                int arrivals = (int) (arrivalsPerStep / 2) + random.nextInt(2) + random.nextInt(2);
                for (int k = 0; k < arrivals; k++) {
                    arrive();
                }
                ticker.advance(WORK);
                step++;
                expire();
            }
        }

        private void arrive() throws Exception {
            Caller caller = new Caller(Borrower.from(simulated), step);
            while (!caller.borrower.isDone()
                    && !(simulated.snapshot().waiting() > pending()
                            && caller.borrower.thread.getState() == Thread.State.TIMED_WAITING)) {
                Thread.onSpinWait();
            }
            waiting.add(caller);
            collect();
        }

        private void expire() throws Exception {
            for (Caller caller : waiting) {
                if (WORK.multipliedBy(step - caller.step).compareTo(TIMEOUT) >= 0) {
                    caller.borrower.nudge();
                    while (!caller.borrower.isDone()) {
                        Thread.onSpinWait();
                    }
                }
            }
            collect();
        }

        /** Whoever has been given the connection, or has been told that there is none. */
        private void collect() throws Exception {
            while (simulated.snapshot().waiting() < pending()) {
                Thread.onSpinWait();
            }
            for (Caller caller : List.copyOf(waiting)) {
                if (caller.borrower.isDone()) {
                    waiting.remove(caller);
                    settle(caller);
                }
            }
        }

        private long pending() {
            return waiting.stream().filter(caller -> !caller.borrower.isDone()).count();
        }

        private void settle(Caller caller) throws Exception {
            try {
                held = caller.borrower.get();
                served++;
                waits.add(step - caller.step);
            } catch (PoolTimeoutException e) {
                timedOut++;
            } catch (PoolOverloadedException e) {
                shed++;
            }
        }

        void forget() {
            served = 0;
            timedOut = 0;
            shed = 0;
            waits.clear();
        }

        int longestWait() {
            return waits.stream().mapToInt(each -> each).max().orElse(0);
        }
    }

    private Simulation afterAnOverload(PoolConfig.Builder settings) throws Exception {
        pool = new QueuePool(settings.build());
        Simulation simulation = new Simulation(pool);
        simulation.run(STEPS_OF_OVERLOAD, 2);
        simulation.run(STEPS_TO_RECOVER, 1);
        simulation.forget();
        simulation.run(STEPS_AFTERWARDS, 1);
        return simulation;
    }

    private PoolConfig.Builder settings() {
        return database.settings()
                .poolSize(1)
                .maxOverflow(0)
                .patience(Duration.ZERO)
                .timeout(TIMEOUT)
                .ticker(ticker);
    }

    @Test
    void withoutSheddingCallersGoOnWaitingAlmostAsLongAsTheyCan() throws Exception {
        Simulation simulation = afterAnOverload(settings());

        assertThat(simulation.shed).isZero();
        assertThat(simulation.timedOut).isPositive();
    }

    @Test
    void withSheddingTimeoutsSubsideWhenNoMoreIsAskedForThanCanBeDone() throws Exception {
        Simulation simulation = afterAnOverload(settings().shedAfter(SHED_AFTER));

        assertThat(simulation.timedOut).isZero();
        assertThat(simulation.longestWait()).isLessThan((int) TIMEOUT.dividedBy(WORK));
        assertThat(simulation.served).as("the connection is not idle for it").isGreaterThan(STEPS_AFTERWARDS * 8 / 10);
    }

    @Test
    void whoComesWhenOthersHaveWaitedTooLongIsToldAtOnce() throws Exception {
        pool = new QueuePool(settings().shedAfter(SHED_AFTER).build());
        Connection held = pool.connect();
        Borrower<Connection> first = Borrower.waitingFor(pool);
        ticker.advance(SHED_AFTER);
        Borrower<Connection> second = Borrower.waitingFor(pool);
        ticker.advance(Duration.ofNanos(1));

        assertThatExceptionOfType(PoolOverloadedException.class)
                .isThrownBy(pool::connect)
                .withMessageContaining("shed_after PT0.3S")
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("HYT00"))
                .satisfies(e -> assertThat(e.snapshot().waiting()).isEqualTo(2));

        held.close();
        first.get().close();
        second.get().close();
        pool.connect().close();
    }
}
