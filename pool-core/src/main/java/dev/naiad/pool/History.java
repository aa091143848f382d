/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.Transition;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The last {@value #LENGTH} transitions of each kind in a pool, so that those that are frequent do not drive out those that are rare. Never
 * blocks, so that it may be written to under a lock.
 */
final class History {

    /** Some 100 kB if all kinds fill theirs, which few pools live to see; more would rather be the business of a log. */
    static final int LENGTH = 32;

    private static final int LONGEST_DETAIL = 300;

    private final Map<Transition.Kind, Ring> rings = new EnumMap<>(Transition.Kind.class);
    private final AtomicLong last = new AtomicLong();

    History() {
        for (Transition.Kind kind : Transition.Kind.values()) {
            rings.put(kind, new Ring());
        }
    }

    private static final class Ring {

        private final AtomicReferenceArray<@Nullable Transition> places = new AtomicReferenceArray<>(LENGTH);
        private final AtomicLong added = new AtomicLong();

        void add(Transition transition) {
            // Of two threads a whole round apart, the later one prevails.
            places.accumulateAndGet(
                    (int) (added.getAndIncrement() % LENGTH),
                    transition,
                    (present, next) ->
                            present == null || next != null && present.number() < next.number() ? next : present);
        }

        Stream<Transition> transitions() {
            return IntStream.range(0, LENGTH).mapToObj(places::get).filter(Objects::nonNull);
        }
    }

    void note(Transition.Kind kind) {
        note(kind, 0, null);
    }

    void note(Transition.Kind kind, long connection) {
        note(kind, connection, null);
    }

    /**
     * @param connection the connection's number, or 0
     * @param detail without secrets
     */
    void note(Transition.Kind kind, long connection, @Nullable String detail) {
        Thread thread = Thread.currentThread();
        Transition transition = new Transition(
                last.incrementAndGet(),
                Instant.now(),
                kind,
                thread.getName().isEmpty() ? "#" + thread.getId() : thread.getName(),
                connection,
                detail == null ? null : shortened(detail));
        Objects.requireNonNull(rings.get(kind)).add(transition);
    }

    /** With what an exception says. */
    void noteFailure(Transition.Kind kind, long connection, @Nullable Throwable cause) {
        note(kind, connection, cause == null ? null : textOf(cause));
    }

    private static String textOf(Throwable cause) {
        return cause.getClass().getName() + ": " + Secrets.masked(Failures.messageOf(cause));
    }

    private static String shortened(String detail) {
        String line = detail.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST_DETAIL ? line : line.substring(0, LONGEST_DETAIL) + "…";
    }

    /** The oldest first. */
    List<Transition> transitions() {
        return rings.values().stream()
                .flatMap(Ring::transitions)
                .sorted(Comparator.comparingLong(Transition::number))
                .toList();
    }
}
