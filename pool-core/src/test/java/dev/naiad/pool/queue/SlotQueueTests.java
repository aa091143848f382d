/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SlotQueueTests {

    private static final class Place extends Slot {

        volatile boolean spoiled;
    }

    private static final long PATIENCE = 10;

    private final List<Place> refreshed = new ArrayList<>();
    private final SlotQueue<Place> queue = new SlotQueue<>(place -> !place.spoiled, refreshed::add);

    private final AtomicLong now = new AtomicLong();
    private final SlotQueue<Place> patientQueue =
            new SlotQueue<>(place -> !place.spoiled, refreshed::add, now::get, PATIENCE);

    private Place idlePlace() {
        return idlePlace(queue);
    }

    private static Place idlePlace(SlotQueue<Place> queue) {
        Place place = new Place();
        queue.add(place);
        queue.give(place, false);
        return place;
    }

    @Test
    void takesWhatIsIdleAndNothingElse() {
        assertThat(queue.tryTake()).isNull();
        Place place = idlePlace();

        assertThat(queue.tryTake()).isSameAs(place);
        assertThat(place.mode()).isEqualTo(Slot.Mode.IN_USE);
        assertThat(queue.tryTake()).isNull();
    }

    @Test
    void aPlaceThatWasEmptiedWhileItWasLookedAtRestsLikeAnyOther() {
        SlotQueue<Place> inOrder = new SlotQueue<>(place -> true, refreshed::add, now::get, 0, Order.OLDEST_FIRST);
        Place first = idlePlace(inOrder);
        Place second = idlePlace(inOrder);
        assertThat(inOrder.tryTake()).isSameAs(first);
        inOrder.keepPlace(first);
        first.moveTo(Slot.Mode.VACANT);

        assertThat(first.tryReserve()).isTrue();
        inOrder.give(first, true);

        assertThat(inOrder.tryTake()).isSameAs(second);
    }

    @Test
    void aTicketIsGoodForOneReturn() {
        Place place = idlePlace();
        queue.tryTake();
        long ticket = place.ticket();

        assertThat(place.tryBeginReturn(ticket)).isTrue();
        assertThat(place.tryBeginReturn(ticket)).isFalse();
        queue.give(place, false);
        queue.tryTake();
        assertThat(place.tryBeginReturn(ticket)).as("lent again meanwhile").isFalse();
    }

    @Test
    void aTicketIsGoodForOneReturnAlsoOnTheShortWay() {
        Place place = idlePlace();
        queue.tryTake();
        long ticket = place.ticket();

        assertThat(queue.tryRest(place, ticket)).isTrue();
        assertThat(place.mode()).isEqualTo(Slot.Mode.IDLE);
        assertThat(queue.tryRest(place, ticket)).isFalse();
        assertThat(place.tryBeginReturn(ticket)).isFalse();
    }

    @Test
    void whatLingersKeepsItsTicketButNotTheShortWayBack() {
        Place place = idlePlace();
        queue.tryTake();
        long ticket = place.ticket();

        assertThat(place.linger(ticket)).isTrue();
        assertThat(place.linger(ticket)).as("once more").isTrue();
        assertThat(place.mode()).isEqualTo(Slot.Mode.IN_USE);
        assertThat(place.ticket()).isEqualTo(ticket);
        assertThat(queue.tryRest(place, ticket)).isFalse();
        assertThat(place.tryBeginReturn(ticket)).isTrue();
        assertThat(place.tryBeginReturn(ticket)).isFalse();
        assertThat(place.linger(ticket)).isFalse();
    }

    @Test
    void theShortWayBackIsNotForSlotsThatSomebodyWaitsFor() {
        Place place = idlePlace();
        queue.tryTake();
        Waiter<Place> waiter = queue.join();

        assertThat(queue.tryRest(place, place.ticket())).isFalse();
        queue.give(place, true);
        assertThat(waiter.slot()).isSameAs(place);
        queue.leave(waiter);
    }

    @Test
    void waitersAreServedInOrderAndNewcomersDoNotOvertake() {
        Place place = idlePlace();
        queue.tryTake();
        Waiter<Place> first = queue.join();
        Waiter<Place> second = queue.join();
        assertThat(queue.waiting()).isEqualTo(2);

        queue.give(place, false);
        assertThat(first.slot()).isSameAs(place);
        assertThat(second.slot()).isNull();
        assertThat(queue.tryTake()).isNull();
        queue.give(place, false);
        assertThat(second.slot()).isSameAs(place);
        assertThat(queue.waiting()).isZero();
        assertThat(queue.hasWaiters()).isFalse();
    }

    @Test
    void aWaiterThatLeavesIsPassedOver() {
        Place place = idlePlace();
        queue.tryTake();
        Waiter<Place> first = queue.join();
        Waiter<Place> second = queue.join();
        queue.leave(first);

        queue.give(place, false);

        assertThat(first.slot()).isNull();
        assertThat(second.slot()).isSameAs(place);
        queue.leave(second);
        assertThat(second.slot()).as("too late to leave").isSameAs(place);
    }

    @Test
    void whoJoinsFindsWhatIsIdle() {
        Place place = idlePlace();

        assertThat(queue.join().slot()).isSameAs(place);
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void whatIsMeantForAWaiterGoesToItUnlessItWasServed() {
        Waiter<Place> oldest = queue.join();
        Waiter<Place> younger = queue.join();
        Place one = new Place();
        Place two = new Place();
        queue.add(one);
        queue.add(two);

        assertThat(queue.offer(one, younger)).isTrue();
        assertThat(queue.offer(two, younger)).isFalse();
        queue.give(two, false);

        assertThat(younger.slot()).isSameAs(one);
        assertThat(oldest.slot()).isSameAs(two);
    }

    @Test
    void aSpoiledSlotIsRefreshedInsteadOfHandedOver() {
        Place place = idlePlace();
        queue.tryTake();
        Waiter<Place> waiter = queue.join();
        place.spoiled = true;

        queue.give(place, false);

        assertThat(waiter.slot()).isNull();
        assertThat(refreshed).containsExactly(place);
    }

    @Test
    void aFailureSettlesOnce() {
        Waiter<Place> waiter = queue.join();
        Exception failure = new Exception();

        assertThat(queue.fail(waiter, failure)).isTrue();
        assertThat(queue.fail(waiter, new Exception())).isFalse();

        assertThat(waiter.failure()).isSameAs(failure);
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void vacantSlotsAreReservedOnceAndCountAsResting() {
        Place place = idlePlace();
        queue.tryTake();
        assertThat(queue.resting()).isZero();
        place.moveTo(Slot.Mode.VACANT);

        assertThat(queue.resting()).isEqualTo(1);
        assertThat(queue.hasVacant()).isTrue();
        assertThat(queue.tryReserve()).isSameAs(place);
        assertThat(queue.tryReserve()).isNull();
        queue.remove(place);
        assertThat(queue.hasVacant()).isFalse();
    }

    @Test
    void aNewcomerMayOvertakeUntilTheOldestHasLostPatience() {
        Place place = idlePlace(patientQueue);
        patientQueue.tryTake();
        Waiter<Place> waiter = patientQueue.join();

        now.set(PATIENCE);
        patientQueue.give(place, false);
        assertThat(waiter.slot()).isNull();
        assertThat(patientQueue.tryTake()).isSameAs(place);
        now.set(PATIENCE + 1);
        patientQueue.give(place, false);

        assertThat(waiter.slot()).isSameAs(place);
        assertThat(patientQueue.waiting()).isZero();
    }

    @Test
    void whoHasLostPatienceIsServedBeforeWhoCameLater() {
        Place place = idlePlace(patientQueue);
        patientQueue.tryTake();
        Waiter<Place> first = patientQueue.join();
        now.set(PATIENCE);
        Waiter<Place> second = patientQueue.join();

        now.set(PATIENCE + 1);
        patientQueue.give(place, false);
        assertThat(first.slot()).isSameAs(place);
        patientQueue.give(place, false);
        assertThat(second.slot()).as("has waited for 1 only").isNull();
        assertThat(patientQueue.tryTake()).isSameAs(place);
        now.set(2 * PATIENCE + 1);
        patientQueue.give(place, false);
        assertThat(second.slot()).isSameAs(place);
    }

    @Test
    void whoIsCalledTakesWhatHasBecomeIdle() throws InterruptedException {
        Place place = idlePlace(patientQueue);
        patientQueue.tryTake();
        Waiter<Place> waiter = patientQueue.join();
        patientQueue.give(place, false);

        waiter.await(System::nanoTime, Long.MAX_VALUE);

        assertThat(waiter.slot()).isSameAs(place);
        assertThat(place.mode()).isEqualTo(Slot.Mode.IN_USE);
        assertThat(patientQueue.waiting()).isZero();
        assertThat(patientQueue.hasWaiters()).isFalse();
    }

    @Test
    void whoLeavesPassesTheCallOn() throws InterruptedException {
        Place place = idlePlace(patientQueue);
        patientQueue.tryTake();
        Waiter<Place> first = patientQueue.join();
        Waiter<Place> second = patientQueue.join();
        patientQueue.give(place, false);

        patientQueue.leave(first);
        second.await(System::nanoTime, Long.MAX_VALUE);

        assertThat(first.slot()).isNull();
        assertThat(second.slot()).isSameAs(place);
    }

    @Test
    void whoIsServedPassesOnTheCallForASecondSlot() throws InterruptedException {
        Place one = idlePlace(patientQueue);
        Place two = idlePlace(patientQueue);
        patientQueue.tryTake();
        patientQueue.tryTake();
        Waiter<Place> first = patientQueue.join();
        Waiter<Place> second = patientQueue.join();
        patientQueue.give(one, false);
        patientQueue.give(two, false);

        first.await(System::nanoTime, Long.MAX_VALUE);
        patientQueue.leave(first);
        second.await(System::nanoTime, Long.MAX_VALUE);

        assertThat(List.of(first.slot(), second.slot())).containsExactlyInAnyOrder(one, two);
    }

    @Test
    void whoIsCalledHasASpoiledSlotRefreshed() throws InterruptedException {
        Place good = idlePlace(patientQueue);
        Place bad = idlePlace(patientQueue);
        patientQueue.tryTake();
        patientQueue.tryTake();
        Waiter<Place> waiter = patientQueue.join();
        patientQueue.give(bad, false);
        patientQueue.give(good, false);
        bad.spoiled = true;
        good.spoiled = true;

        waiter.await(System::nanoTime, System.nanoTime());

        assertThat(waiter.slot()).isNull();
        assertThat(refreshed).containsExactlyInAnyOrder(good, bad);
    }

    @Test
    void aTickerThatThrowsCostsNoSlot() {
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        SlotQueue<Place> failing = new SlotQueue<>(
                place -> true,
                refreshed::add,
                () -> {
                    if (failure.get() != null) {
                        throw failure.get();
                    }
                    return 0;
                },
                PATIENCE);
        Place place = idlePlace(failing);
        failing.tryTake();
        Waiter<Place> waiter = failing.join();
        failure.set(new IllegalStateException("no time"));

        assertThatThrownBy(() -> failing.give(place, false)).isSameAs(failure.get());

        assertThat(waiter.slot()).isSameAs(place);
    }

    /** Takers that park for ever unless they are served: a lost wake-up makes this hang, a slot lent twice makes it fail. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1_000, 2_000_000, Long.MAX_VALUE})
    void nobodyIsForgottenAndNothingIsLentTwice(long patience) throws InterruptedException {
        SlotQueue<Place> queue = new SlotQueue<>(place -> true, refreshed::add, System::nanoTime, patience);
        int threads = 8;
        int rounds = 20_000;
        for (int i = 0; i < 3; i++) {
            idlePlace(queue);
        }
        AtomicInteger lent = new AtomicInteger();
        AtomicInteger tooMany = new AtomicInteger();
        List<Thread> takers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread taker = new Thread(() -> {
                for (int round = 0; round < rounds; round++) {
                    Place place = take(queue);
                    if (lent.incrementAndGet() > 3) {
                        tooMany.incrementAndGet();
                    }
                    lent.decrementAndGet();
                    if (!place.tryBeginReturn(place.ticket())) {
                        tooMany.incrementAndGet();
                    }
                    queue.give(place, false);
                }
            });
            taker.start();
            takers.add(taker);
        }
        for (Thread taker : takers) {
            taker.join();
        }

        assertThat(tooMany).hasValue(0);
        assertThat(queue.resting()).isEqualTo(3);
        assertThat(queue.waiting()).isZero();
    }

    private static Place take(SlotQueue<Place> queue) {
        Place place = queue.tryTake();
        if (place != null) {
            return place;
        }
        Waiter<Place> waiter = queue.join();
        try {
            waiter.await(System::nanoTime, System.nanoTime() + Long.MAX_VALUE / 2);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            queue.leave(waiter);
        }
        @Nullable Place served = waiter.slot();
        if (served == null) {
            throw new IllegalStateException("woken without a slot");
        }
        return served;
    }
}
