/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
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
 * Has Lincheck lead two and three threads through the interleavings of taking, giving, waiting, timing out, being interrupted,
 * discarding and opening anew, step by step of the machine: scenarios that were chosen, and with {@code -Plincheck} random ones
 * besides. What the operations return is not compared with a sequential queue, since one with waiters may refuse a newcomer; what
 * counts is what is left: no slot is lost or lent twice, and nobody waits while a slot is idle.
 */
@Tag("lincheck")
@Timeout(600)
class SlotQueueModelCheckingTests {

    private static final int ITERATIONS = Integer.getInteger("naiad.lincheck.iterations", 0);
    private static final int INVOCATIONS = Integer.getInteger("naiad.lincheck.invocations", 50);

    /** Of each thread what it does. */
    private static final List<List<String>> TWO_THREADS = List.of(
            List.of("take give take", "take give"),
            List.of("take give take", "take timeOut take"),
            List.of("take give take", "take interrupt give"),
            List.of("take discard open", "take give"),
            List.of("take replace", "take timeOut take"));

    private static final List<List<String>> THREE_THREADS = List.of(
            List.of("take give", "take give", "take give"),
            List.of("take give", "take interrupt", "take give"),
            List.of("take discard open", "take give", "take timeOut"));

    @Test
    @Tag("E3-05")
    void twoThreadsAndOneSlotInOrderOfArrival() {
        check(OneSlot.class, TWO_THREADS);
    }

    @Test
    @Tag("E3-05")
    void twoThreadsAndOneSlotWithPatience() {
        check(OneSlotWithPatience.class, TWO_THREADS);
    }

    @Test
    @Tag("E3-05")
    void threeThreadsAndOneSlotInOrderOfArrival() {
        check(OneSlot.class, THREE_THREADS);
    }

    @Test
    @Tag("E3-05")
    void threeThreadsAndOneSlotWithPatience() {
        check(OneSlotWithPatience.class, THREE_THREADS);
    }

    @Test
    @Tag("E3-05")
    void threeThreadsAndTwoSlotsWithPatience() {
        check(TwoSlotsWithPatience.class, THREE_THREADS);
    }

    private static void check(Class<?> queue, List<List<String>> scenarios) {
        ModelCheckingOptions options = new ModelCheckingOptions()
                .threads(scenarios.get(0).size())
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(0)
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .verifier(EpsilonVerifier.class);
        scenarios.forEach(scenario -> options.addCustomScenario(scenario(scenario)));
        options.check(queue);
    }

    private static ExecutionScenario scenario(List<String> threads) {
        List<List<Actor>> parallel = new ArrayList<>();
        for (int i = 0; i < threads.size(); i++) {
            int thread = i;
            parallel.add(Arrays.stream(threads.get(i).split(" "))
                    .map(operation -> new Actor(operation(operation), List.of(thread)))
                    .toList());
        }
        return new ExecutionScenario(List.of(), parallel, List.of(), null);
    }

    private static Method operation(String name) {
        try {
            return Scenario.class.getMethod(name, int.class);
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Place extends Slot {}

    /** What one thread has. */
    private static final class Part {
        @Nullable
        Place held;

        @Nullable
        Waiter<Place> waiter;

        int discarded;

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
            if (retire(parts[thread])) {
                Place fresh = new Place();
                queue.add(fresh);
                queue.give(fresh, true);
            }
        }

        @Operation
        public void discard(@Param(gen = ThreadIdGen.class) int thread) {
            if (retire(parts[thread])) {
                parts[thread].discarded++;
            }
        }

        /** For one that was discarded; to whoever has waited longest. */
        @Operation
        public void open(@Param(gen = ThreadIdGen.class) int thread) {
            if (parts[thread].discarded > 0) {
                parts[thread].discarded--;
                Waiter<Place> oldest = queue.oldestUnattended();
                Place fresh = new Place();
                queue.add(fresh);
                if (oldest == null || !queue.offer(fresh, oldest)) {
                    queue.give(fresh, true);
                }
            }
        }

        @Operation
        public void timeOut(@Param(gen = ThreadIdGen.class) int thread) {
            stopWaiting(parts[thread]);
        }

        @Operation
        public void interrupt(@Param(gen = ThreadIdGen.class) int thread) {
            Waiter<Place> waiter = parts[thread].waiter;
            if (waiter != null) {
                Thread.currentThread().interrupt();
                try {
                    waiter.await(() -> 0, Long.MAX_VALUE); // over at once, one way or the other
                    Thread.interrupted();
                } catch (InterruptedException e) {
                    stopWaiting(parts[thread]);
                }
            }
        }

        private boolean retire(Part part) {
            part.look();
            Place place = part.held;
            if (place == null) {
                return false;
            }
            depart(part);
            part.held = null;
            place.moveTo(Slot.Mode.RETIRED);
            queue.remove(place);
            return true;
        }

        private void stopWaiting(Part part) {
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
            int discarded = 0;
            for (Part part : parts) {
                discarded += part.discarded;
                if (part.held != null) {
                    held++;
                    lent.add(part.held);
                }
            }
            if (lent.size() != held) {
                throw new IllegalStateException("lent twice");
            }
            if (held + idle + discarded != slots) {
                throw new IllegalStateException(
                        held + " lent, " + idle + " idle, " + discarded + " discarded of " + slots);
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
