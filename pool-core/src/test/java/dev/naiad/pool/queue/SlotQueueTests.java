/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SlotQueueTests {

    private static final class Place extends Slot {

        volatile boolean spoiled;
    }

    private final List<Place> refreshed = new ArrayList<>();
    private final SlotQueue<Place> queue = new SlotQueue<>(place -> !place.spoiled, refreshed::add);

    private Place idlePlace() {
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

    /** Takers that park for ever unless they are served: a lost wake-up makes this hang, a slot lent twice makes it fail. */
    @Test
    void nobodyIsForgottenAndNothingIsLentTwice() throws InterruptedException {
        int threads = 8;
        int rounds = 20_000;
        for (int i = 0; i < 3; i++) {
            idlePlace();
        }
        AtomicInteger lent = new AtomicInteger();
        AtomicInteger tooMany = new AtomicInteger();
        List<Thread> takers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread taker = new Thread(() -> {
                for (int round = 0; round < rounds; round++) {
                    Place place = take();
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

    private Place take() {
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
