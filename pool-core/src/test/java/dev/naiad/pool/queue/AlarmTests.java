/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AlarmTests {

    private static final class Place extends Slot {}

    private static final long MILLI = Alarm.GRAIN;
    private static final long NEVER = Long.MAX_VALUE;

    private final AtomicLong now = new AtomicLong();
    private final SlotQueue<Place> queue = new SlotQueue<>(place -> true, place -> {});
    private final Queue<Waiter<Place>> waiters = new ConcurrentLinkedQueue<>();
    private final Queue<Waiter<?>> woken = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    private final List<Alarm> alarms = new ArrayList<>();
    private final AtomicInteger starts = new AtomicInteger();

    /** Takes down whom it wakes. */
    private final class ObservedAlarm extends Alarm {

        ObservedAlarm(LongSupplier ticker, @Nullable ThreadFactory threads, long linger) {
            super(waiters, ticker, threads, NEVER, linger);
            alarms.add(this);
        }

        @Override
        void wake(Waiter<?> waiter) {
            woken.add(waiter);
            super.wake(waiter);
        }
    }

    /** An alarm whose thread does this when it is started, and no more. */
    private Alarm alarm(Runnable whenStarted) {
        return new ObservedAlarm(
                now::get,
                task -> new Thread(task) {
                    @Override
                    public synchronized void start() {
                        starts.incrementAndGet();
                        whenStarted.run();
                    }
                },
                NEVER);
    }

    private Alarm realAlarm(LongSupplier ticker, long linger) {
        return new ObservedAlarm(
                ticker,
                task -> {
                    starts.incrementAndGet();
                    Thread thread = new Thread(task);
                    thread.setDaemon(true);
                    thread.setUncaughtExceptionHandler((failed, e) -> uncaught.add(e));
                    return thread;
                },
                linger);
    }

    @AfterEach
    void endAlarms() {
        alarms.forEach(Alarm::end);
    }

    private Waiter<Place> waiter() {
        Waiter<Place> waiter = queue.join();
        waiters.add(waiter);
        return waiter;
    }

    private Waiter<Place> sleeper(Alarm alarm, long limit) {
        Waiter<Place> waiter = waiter();
        assertThat(waiter.relyOn(alarm, limit)).isTrue();
        return waiter;
    }

    @Test
    void wakesWhoIsDueAndNobodyElse() {
        Alarm alarm = alarm(() -> {});
        Waiter<Place> late = sleeper(alarm, 50 * MILLI);
        Waiter<Place> early = sleeper(alarm, 30 * MILLI);
        assertThat(starts).as("one for all").hasValue(1);

        assertThat(alarm.look(29 * MILLI)).isEqualTo(MILLI);
        assertThat(woken).isEmpty();
        assertThat(alarm.look(30 * MILLI)).isEqualTo(20 * MILLI);
        assertThat(woken).containsExactly(early);
        queue.leave(early);
        assertThat(alarm.look(50 * MILLI)).isEqualTo(NEVER);
        assertThat(woken).containsExactly(early, late);
    }

    @Test
    void doesNotLookForEachOfManyThatAreDueAtNearlyTheSameTime() {
        Alarm alarm = alarm(() -> {});
        sleeper(alarm, 50 * MILLI + 1);

        assertThat(alarm.look(50 * MILLI)).isEqualTo(MILLI);

        for (int i = 0; i < 2500; i++) {
            sleeper(alarm, 70 * MILLI);
        }
        assertThat(alarm.look(50 * MILLI)).isEqualTo(3 * MILLI);
    }

    @Test
    void hasNothingToDoForWhoIsServed() {
        Alarm alarm = alarm(() -> {});
        Waiter<Place> waiter = sleeper(alarm, 50 * MILLI);
        Place place = new Place();
        queue.add(place);
        queue.give(place, true);
        assertThat(waiter.slot()).isSameAs(place);

        assertThat(alarm.look(50 * MILLI)).isEqualTo(NEVER);
        assertThat(woken).isEmpty();
    }

    @Test
    void hasNothingToDoForWhoLooksAtTheClock() {
        Alarm alarm = alarm(() -> {});
        waiter();

        assertThat(alarm.look(50 * MILLI)).isEqualTo(NEVER);
    }

    /** Else a look that comes in between would miss it. */
    @Test
    void aLimitIsNotedBeforeAnybodyIsAskedToLook() {
        AtomicLong left = new AtomicLong();
        List<Alarm> looking = new ArrayList<>();
        Alarm alarm = alarm(() -> left.set(looking.get(0).look(50 * MILLI)));
        looking.add(alarm);

        Waiter<Place> waiter = sleeper(alarm, 50 * MILLI);

        assertThat(woken).containsExactly(waiter);
        assertThat(left).hasValue(NEVER);
    }

    @Test
    void withoutAThreadEverybodyLooksAtTheClock() {
        Waiter<Place> other = waiter();
        List<Alarm> failing = new ArrayList<>();
        Alarm alarm = alarm(() -> {
            assertThat(other.relyOn(failing.get(0), 30 * MILLI)).as("meanwhile").isTrue();
            throw new OutOfMemoryError("no thread");
        });
        failing.add(alarm);

        assertThat(waiter().relyOn(alarm, 50 * MILLI)).isFalse();

        assertThat(woken).contains(other);
        assertThat(other.relyOn(alarm, 30 * MILLI)).isFalse();
        assertThat(starts).as("tried again only after a while").hasValue(1);
    }

    @Test
    void nobodyReliesOnAnAlarmThatIsNotThere() {
        assertThat(waiter().relyOn(new ObservedAlarm(now::get, null, NEVER), 50 * MILLI))
                .isFalse();
        Alarm alarm = alarm(() -> {});
        alarm.end();
        assertThat(waiter().relyOn(alarm, 50 * MILLI)).isFalse();
        assertThat(starts).hasValue(0);
    }

    @Test
    void whoeverReliedOnItIsWokenWhenItEnds() {
        Alarm alarm = realAlarm(now::get, NEVER);
        Waiter<Place> waiter = sleeper(alarm, 50 * MILLI);

        alarm.end();

        await().untilAsserted(() -> assertThat(woken).contains(waiter));
    }

    @Test
    void whoeverReliedOnItIsWokenWhenItFails() {
        Alarm alarm = realAlarm(
                () -> {
                    throw new IllegalStateException("no time");
                },
                NEVER);
        Waiter<Place> waiter = sleeper(alarm, 50 * MILLI);

        await().untilAsserted(() -> assertThat(woken).contains(waiter));
        await().untilAsserted(() ->
                assertThat(uncaught).singleElement().hasToString("java.lang.IllegalStateException: no time"));
    }

    @Test
    void whoIsInAHurryHastensIt() {
        Alarm alarm = realAlarm(System::nanoTime, NEVER);
        long start = System.nanoTime();
        Waiter<Place> patient = sleeper(alarm, start + TimeUnit.HOURS.toNanos(1));
        await().until(() -> starts.get() == 1);

        Waiter<Place> hurried = sleeper(alarm, start + 20 * MILLI);

        await().untilAsserted(() -> assertThat(woken).contains(hurried));
        assertThat(woken).doesNotContain(patient);
    }

    /** A limit that got lost would make this hang: with one sleeper nobody else's limit saves it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16})
    void nobodyOversleepsAlsoWhileItComesAndGoes(int sleepers) throws InterruptedException {
        Alarm alarm = realAlarm(System::nanoTime, 50_000);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < sleepers; i++) {
            Thread thread = new Thread(() -> {
                for (int round = 0; round < 1000; round++) {
                    sleep(alarm, ThreadLocalRandom.current().nextLong(MILLI / 4));
                }
            });
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(uncaught).isEmpty();
    }

    private void sleep(Alarm alarm, long nanos) {
        long limit = System.nanoTime() + nanos;
        Waiter<Place> waiter = waiter();
        while (limit - System.nanoTime() > 0) {
            if (waiter.relyOn(alarm, limit)) {
                LockSupport.park();
            }
        }
        queue.leave(waiter);
        waiters.remove(waiter);
    }
}
