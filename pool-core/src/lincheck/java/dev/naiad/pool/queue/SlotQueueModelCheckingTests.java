/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

import java.util.HashSet;
import java.util.Set;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Has Lincheck lead two and three threads through the interleavings of taking, giving, waiting, giving up and replacing, step by
 * step of the machine. What the operations return is not compared with a sequential queue, since one with waiters may refuse
 * a newcomer; what counts is what is left: no slot is lost or lent twice, and nobody waits while a slot is idle.
 */
@Timeout(600)
class SlotQueueModelCheckingTests {

    private static final int ITERATIONS = Integer.getInteger("naiad.lincheck.iterations", 10);

    @Test
    @Tag("E3-05")
    void twoThreadsAndOneSlotInOrderOfArrival() {
        check(OneSlot.class, 2);
    }

    @Test
    @Tag("E3-05")
    void twoThreadsAndOneSlotWithPatience() {
        check(OneSlotWithPatience.class, 2);
    }

    @Test
    @Tag("E3-05")
    void threeThreadsAndOneSlotInOrderOfArrival() {
        check(OneSlot.class, 3);
    }

    @Test
    @Tag("E3-05")
    void threeThreadsAndTwoSlotsWithPatience() {
        check(TwoSlotsWithPatience.class, 3);
    }

    private static void check(Class<?> scenario, int threads) {
        new ModelCheckingOptions()
                .threads(threads)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(0)
                .iterations(ITERATIONS)
                .invocationsPerIteration(1_000)
                .verifier(EpsilonVerifier.class)
                .check(scenario);
    }

    private static final class Place extends Slot {}

    /** What one thread has. */
    private static final class Part {
        @Nullable
        Place held;

        @Nullable
        Waiter<Place> waiter;

        /** Looks for what it was called for, and whether it has been served. */
        void look() {
            Waiter<Place> waiting = waiter;
            if (waiting != null && held == null) {
                try {
                    waiting.await(() -> 0, 0);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                held = waiting.slot();
            }
        }
    }

    /** A queue and those who use it. */
    public abstract static class Scenario {

        private final SlotQueue<Place> queue;
        private final Part[] parts = {new Part(), new Part(), new Part(), new Part()};
        private final int slots;

        Scenario(int slots, long patience) {
            this.slots = slots;
            queue = new SlotQueue<>(
                    place -> true,
                    place -> {
                        throw new AssertionError("every place is usable");
                    },
                    () -> 0,
                    patience);
            for (int i = 0; i < slots; i++) {
                Place place = new Place();
                queue.add(place);
                queue.rest(place);
            }
        }

        @Operation
        public void take(@Param(gen = ThreadIdGen.class) int thread) {
            Part part = parts[thread];
            if (part.held == null && part.waiter == null) {
                part.held = queue.tryTake();
                if (part.held == null) {
                    part.waiter = queue.join();
                }
            }
        }

        @Operation
        public void give(@Param(gen = ThreadIdGen.class) int thread) {
            Part part = parts[thread];
            part.look();
            Place place = part.held;
            if (place != null) {
                depart(part);
                part.held = null;
                queue.give(place, false);
            }
        }

        @Operation
        public void replace(@Param(gen = ThreadIdGen.class) int thread) {
            Part part = parts[thread];
            part.look();
            Place place = part.held;
            if (place != null) {
                depart(part);
                part.held = null;
                place.moveTo(Slot.Mode.RETIRED);
                queue.remove(place);
                Place fresh = new Place();
                queue.add(fresh);
                queue.give(fresh, true);
            }
        }

        @Operation
        public void giveUp(@Param(gen = ThreadIdGen.class) int thread) {
            Part part = parts[thread];
            Waiter<Place> waiter = part.waiter;
            if (waiter != null) {
                depart(part);
                part.held = waiter.slot();
            }
        }

        private void depart(Part part) {
            if (part.waiter != null) {
                queue.leave(part.waiter);
                part.waiter = null;
            }
        }

        @Validate
        public void nothingIsLostAndNobodyWaitsForNothing() {
            int waiting = 0;
            for (Part part : parts) {
                part.look();
                waiting += part.waiter != null && part.held == null ? 1 : 0;
            }
            int idle = queue.resting();
            Set<Place> lent = new HashSet<>();
            int held = 0;
            for (Part part : parts) {
                if (part.held != null) {
                    held++;
                    lent.add(part.held);
                }
            }
            if (lent.size() != held) {
                throw new IllegalStateException("lent twice");
            }
            if (held + idle != slots) {
                throw new IllegalStateException(held + " lent, " + idle + " idle of " + slots);
            }
            if (waiting > 0 && idle > 0) {
                throw new IllegalStateException(waiting + " wait while " + idle + " are idle");
            }
            if (queue.waiting() != waiting) {
                throw new IllegalStateException(waiting + " wait, but " + queue.waiting() + " are counted");
            }
        }
    }

    public static final class OneSlot extends Scenario {
        public OneSlot() {
            super(1, 0);
        }
    }

    public static final class OneSlotWithPatience extends Scenario {
        public OneSlotWithPatience() {
            super(1, 1);
        }
    }

    public static final class TwoSlotsWithPatience extends Scenario {
        public TwoSlotsWithPatience() {
            super(2, 1);
        }
    }
}
