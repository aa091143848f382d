/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AlarmTests {

    private static final class Place extends Slot {}

    private record Plan(long nanos, FutureTask<Void> task) {}

    private static final long MILLI = Alarm.GRAIN;

    private final AtomicLong now = new AtomicLong();
    private final List<Plan> plans = new ArrayList<>();
    private boolean timerIsThere = true;
    private boolean tickerFails;
    private final SlotQueue<Place> queue =
            new SlotQueue<>(place -> true, place -> {}, this::ticker, 2 * MILLI, Order.AFFINE, this::plan);
    private final List<Sleeper> sleepers = new ArrayList<>();

    private long ticker() {
        if (tickerFails) {
            throw new IllegalStateException("no time");
        }
        return now.get();
    }

    private @Nullable Future<?> plan(long nanos, Runnable task) {
        if (!timerIsThere) {
            return null;
        }
        FutureTask<Void> future = new FutureTask<>(task, null);
        plans.add(new Plan(nanos, future));
        return future;
    }

    /** Relies on the alarm and sleeps until it is woken, whatever kind of thread that is. */
    private final class Sleeper {

        final Thread thread;
        final CompletableFuture<Waiter<Place>> joined = new CompletableFuture<>();
        final CompletableFuture<Boolean> relied = new CompletableFuture<>();
        final CompletableFuture<Void> woken = new CompletableFuture<>();

        Sleeper(long limit) {
            thread = new Thread(() -> {
                Waiter<Place> waiter = queue.join(now.get());
                joined.complete(waiter);
                boolean relies = waiter.setAlarm(limit);
                relied.complete(relies);
                while (relies && !woken.isDone()) {
                    LockSupport.park();
                    woken.complete(null);
                }
            });
            thread.setDaemon(true);
            thread.start();
            sleepers.add(this);
            relied.join();
            await().until(() -> thread.getState() != Thread.State.RUNNABLE);
        }

        boolean sleeps() {
            return !woken.isDone() && thread.getState() == Thread.State.WAITING;
        }
    }

    @AfterEach
    void wakeAll() {
        tickerFails = false;
        sleepers.forEach(sleeper -> {
            sleeper.woken.complete(null);
            LockSupport.unpark(sleeper.thread);
        });
    }

    private Plan lastPlan() {
        return plans.get(plans.size() - 1);
    }

    @Test
    void wakesWhoIsDueAndIsSetToTheNext() {
        Sleeper late = new Sleeper(50 * MILLI);
        Sleeper early = new Sleeper(30 * MILLI);
        assertThat(plans).extracting(Plan::nanos).containsExactly(50 * MILLI, 30 * MILLI);
        assertThat(plans.get(0).task).as("what nobody needs any more").isCancelled();

        now.set(30 * MILLI);
        lastPlan().task.run();

        early.woken.join();
        assertThat(late.sleeps()).isTrue();
        assertThat(lastPlan().nanos).isEqualTo(20 * MILLI);
        now.set(50 * MILLI);
        lastPlan().task.run();
        late.woken.join();
        assertThat(plans).hasSize(3);
    }

    @Test
    void plansNothingForWhoIsLookedAtEarlierAnyway() {
        new Sleeper(30 * MILLI);
        Sleeper late = new Sleeper(50 * MILLI);

        assertThat(plans).hasSize(1);
        now.set(30 * MILLI);
        lastPlan().task.run();
        assertThat(late.sleeps()).isTrue();
        assertThat(lastPlan().nanos).isEqualTo(20 * MILLI);
    }

    @Test
    void thatTheClockOfThePoolIsSlowWakesNobodyTooEarly() {
        Sleeper sleeper = new Sleeper(50 * MILLI);

        now.set(49 * MILLI);
        lastPlan().task.run();

        assertThat(sleeper.sleeps()).isTrue();
        assertThat(lastPlan().nanos).isEqualTo(MILLI);
        assertThat(plans).hasSize(2);
    }

    @Test
    void doesNotRingForEachOfManyThatAreDueAtNearlyTheSameTime() {
        new Sleeper(50 * MILLI);
        new Sleeper(50 * MILLI + 1);

        now.set(50 * MILLI);
        lastPlan().task.run();

        assertThat(lastPlan().nanos).isEqualTo(MILLI);
    }

    @Test
    void isSetNoMoreWhenAllAreServed() {
        Sleeper sleeper = new Sleeper(50 * MILLI);
        now.set(10 * MILLI);
        Place place = new Place();
        queue.add(place);
        queue.give(place, true);
        assertThat(sleeper.joined.join().slot()).isSameAs(place);

        lastPlan().task.run();

        assertThat(plans).hasSize(1);
    }

    @Test
    void withoutATimerEverybodyLooksForItself() {
        Sleeper relying = new Sleeper(50 * MILLI);
        timerIsThere = false;

        Sleeper other = new Sleeper(30 * MILLI);

        assertThat(other.relied.join()).isFalse();
        relying.woken.join();
        assertThat(new Sleeper(60 * MILLI).relied.join())
                .as("that the one before was set to")
                .isFalse();
    }

    @Test
    void wakesAllIfThereIsNoTimerForTheNext() {
        new Sleeper(30 * MILLI);
        Sleeper late = new Sleeper(50 * MILLI);
        timerIsThere = false;

        now.set(30 * MILLI);
        lastPlan().task.run();

        late.woken.join();
    }

    @Test
    void wakesAllIfTheTickerFails() {
        Sleeper sleeper = new Sleeper(50 * MILLI);
        tickerFails = true;

        lastPlan().task.run();

        sleeper.woken.join();
        assertThatThrownBy(() -> lastPlan().task.get()).hasRootCauseMessage("no time");
    }

    @Test
    void wakesAllWhenItIsStopped() {
        Sleeper sleeper = new Sleeper(50 * MILLI);

        queue.stopAlarm();

        sleeper.woken.join();
        assertThat(lastPlan().task).isCancelled();
    }

    @Test
    void thereIsNoneWithoutATimer() {
        SlotQueue<Place> plain = new SlotQueue<>(place -> true, place -> {}, now::get, 0, Order.AFFINE);

        assertThat(plain.join().setAlarm(50 * MILLI)).isFalse();
    }

    /** A limit that got lost would make this hang. */
    @Test
    void nobodyOversleeps() throws InterruptedException {
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        SlotQueue<Place> real = new SlotQueue<>(
                place -> true,
                place -> {},
                System::nanoTime,
                0,
                Order.AFFINE,
                (nanos, task) -> timer.schedule(task, nanos, TimeUnit.NANOSECONDS));
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Thread thread = new Thread(() -> {
                for (int round = 0; round < 200; round++) {
                    sleepAtMost(real, ThreadLocalRandom.current().nextLong(3 * MILLI));
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        timer.shutdownNow();
        assertThat(real.waiting()).isZero();
    }

    private static void sleepAtMost(SlotQueue<Place> queue, long nanos) {
        Waiter<Place> waiter = queue.join();
        long limit = System.nanoTime() + nanos;
        while (limit - System.nanoTime() > 0) {
            if (waiter.setAlarm(limit)) {
                LockSupport.park();
            }
        }
        queue.leave(waiter);
    }
}
