/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A thread that does something with a pool, observed by a test. */
final class Borrower<T> {

    private static final long PATIENCE_SECONDS = 20;

    private final CompletableFuture<T> result = new CompletableFuture<>();
    final Thread thread;

    private Borrower(ThreadFactory threads, Callable<T> task) {
        thread = threads.newThread(() -> {
            try {
                result.complete(task.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    static <T> Borrower<T> of(Callable<T> task) {
        return on(Thread::new, task);
    }

    static <T> Borrower<T> on(ThreadFactory threads, Callable<T> task) {
        return new Borrower<>(threads, task);
    }

    /** Takes a connection. */
    static Borrower<Connection> from(Pool pool) {
        return of(pool::connect);
    }

    /** Takes several connections, on the caller's thread. */
    static List<Connection> manyFrom(Pool pool, int count) throws SQLException {
        List<Connection> borrowed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            borrowed.add(pool.connect());
        }
        return borrowed;
    }

    /** Takes a connection, and is waiting for it when this returns. */
    static Borrower<Connection> waitingFor(Pool pool) {
        int before = pool.snapshot().waiting();
        Borrower<Connection> borrower = from(pool);
        await().failFast(borrower::failIfDone)
                .untilAsserted(() -> assertThat(
                                pool.snapshot().waiting() > before ? borrower.isWaiting() : borrower.isParked())
                        .as(() -> pool.snapshot() + ", " + borrower.thread.getState() + " at "
                                + List.of(borrower.thread.getStackTrace()))
                        .isTrue());
        return borrower;
    }

    void failIfDone() {
        if (isDone()) {
            throw new AssertionError("It does not wait, but comes to an end: " + result);
        }
    }

    private boolean isParked() {
        return thread.getState() == Thread.State.WAITING;
    }

    /** Seen from its stack, since it wakes up now and then for a look at the clock. */
    boolean isWaiting() {
        return isParked()
                || Stream.of(thread.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().startsWith("await"));
    }

    /** Whether it is parked for a limited time in a method of that class, or in one called by it. */
    boolean isParkedIn(Class<?> type) {
        return thread.getState() == Thread.State.TIMED_WAITING
                && Stream.of(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(type.getName()));
    }

    /** Lets it look at the clock. */
    void nudge() {
        LockSupport.unpark(thread);
    }

    boolean isDone() {
        return result.isDone();
    }

    T get() throws Exception {
        try {
            return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    Throwable failure() throws InterruptedException, TimeoutException {
        try {
            throw new AssertionError("Expected a failure but got " + result.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }
}
