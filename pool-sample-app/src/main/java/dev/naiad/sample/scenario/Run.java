/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One performance of a scenario: what it was asked for, how far it has come, what it has found. Thread-safe. */
final class Run {

    /** How far a run has come. */
    enum State {
        RUNNING,
        /** It is putting things in order, because somebody wants it to end. */
        STOPPING,
        /** It came to its end. */
        FINISHED,
        /** It was ended before. */
        STOPPED,
        FAILED
    }

    /** Something worth telling that happened in it. */
    record Note(Instant time, String text) {}

    private static final int MOST_NOTES = 50;

    private final String name;
    private final Map<String, Integer> arguments;
    private final Clock clock;
    private final Instant startedAt;
    private final CountDownLatch stopRequest = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<Note> notes = new CopyOnWriteArrayList<>();
    private final Crew crew;
    private volatile DoubleSupplier progress = () -> 0;
    private volatile Supplier<Map<String, ?>> figures = Map::of;
    private volatile @Nullable Ending ending;

    private record Ending(State state, double progress, Map<String, ?> figures, Instant time) {}

    Run(String name, Map<String, Integer> arguments, Clock clock) {
        this.name = name;
        this.arguments = Map.copyOf(arguments);
        this.clock = clock;
        this.startedAt = now();
        this.crew = new Crew(name);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    // For the scenario

    int argument(String parameter) {
        return Objects.requireNonNull(arguments.get(parameter), parameter);
    }

    /** The threads for what is to go on at the same time. They are ended with the run. */
    Crew crew() {
        return crew;
    }

    /** How far it has come, from 0 to 1, from now on. */
    void progress(DoubleSupplier share) {
        progress = share;
    }

    /** What is measured, by name, from now on. */
    void figures(Supplier<Map<String, ?>> present) {
        figures = present;
    }

    /** Tells something; of too much, the beginning. */
    void note(String text) {
        if (notes.size() < MOST_NOTES) {
            notes.add(new Note(now(), text));
        }
    }

    boolean isStopRequested() {
        return stopRequest.getCount() == 0;
    }

    /** Waits; true if it is to go on, false if it is to stop. */
    boolean pause(Duration duration) throws InterruptedException {
        return !stopRequest.await(duration.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits as long as the run was asked to go on, and has the progress tell so; false if it is to stop. */
    boolean pause(String secondsParameter) throws InterruptedException {
        Duration duration = Duration.ofSeconds(argument(secondsParameter));
        long start = System.nanoTime();
        progress(() -> (double) (System.nanoTime() - start) / duration.toNanos());
        return pause(duration);
    }

    // For the runner

    void requestStop() {
        stopRequest.countDown();
    }

    void finished() {
        end(isStopRequested() ? State.STOPPED : State.FINISHED);
    }

    void failed(Throwable failure) {
        note("Failed: " + Causes.text(failure));
        end(State.FAILED);
    }

    private void end(State state) {
        ending = new Ending(state, state == State.FINISHED ? 1 : share(), new LinkedHashMap<>(figures.get()), now());
        end.countDown();
    }

    boolean hasEnded() {
        return ending != null;
    }

    boolean awaitEnd(Duration patience) throws InterruptedException {
        return end.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private double share() {
        return Math.max(0, Math.min(1, progress.getAsDouble()));
    }

    // For those who ask

    /**
     * A run as it is at one moment.
     *
     * @param progress in percent
     * @param seconds for how long it has been running, or did run
     * @param figures what it has measured, by name
     */
    record View(
            State state,
            int progress,
            Instant startedAt,
            double seconds,
            Map<String, Integer> arguments,
            List<Note> notes,
            Map<String, ?> figures) {}

    View view() {
        Ending over = ending;
        State state = over != null ? over.state() : isStopRequested() ? State.STOPPING : State.RUNNING;
        double share = over != null ? over.progress() : Math.min(share(), 0.99);
        Instant until = over != null ? over.time() : now();
        return new View(
                state,
                (int) (100 * share),
                startedAt,
                Duration.between(startedAt, until).toMillis() / 1e3,
                arguments,
                List.copyOf(notes),
                new LinkedHashMap<>(over != null ? over.figures() : figures.get()));
    }

    @Override
    public String toString() {
        return name;
    }
}
