/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.Transition;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The last {@value #LENGTH} transitions of a pool. Never blocks, so that it may be written to under a lock. */
final class History {

    /** Some 20 kB when full; more would rather be the business of a log. */
    static final int LENGTH = 128;

    private static final int LONGEST_DETAIL = 300;

    private final AtomicReferenceArray<@Nullable Transition> ring = new AtomicReferenceArray<>(LENGTH);
    private final AtomicLong last = new AtomicLong();

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
        long number = last.incrementAndGet();
        Transition transition = new Transition(
                number,
                Instant.now(),
                kind,
                thread.getName().isEmpty() ? "#" + thread.getId() : thread.getName(),
                connection,
                detail == null ? null : shortened(detail));
        // Of two threads a whole round apart, the later one prevails.
        ring.accumulateAndGet(
                (int) (number % LENGTH),
                transition,
                (present, next) ->
                        present == null || next != null && present.number() < next.number() ? next : present);
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
        return IntStream.range(0, LENGTH)
                .mapToObj(ring::get)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparingLong(Transition::number))
                .toList();
    }
}
