/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Ends the JVMs that a trial has started if it does not come to an end by itself. */
final class Watchdog implements AutoCloseable {

    private final CountDownLatch over = new CountDownLatch(1);
    private final Duration patience;
    private volatile boolean impatient;

    private Watchdog(Duration patience) {
        this.patience = patience;
    }

    static Watchdog over(Duration patience) {
        Watchdog watchdog = new Watchdog(patience);
        Set<Long> others =
                ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
        Thread thread = new Thread(() -> watchdog.watch(others), "watchdog");
        thread.setDaemon(true);
        thread.start();
        return watchdog;
    }

    private void watch(Set<Long> others) {
        try {
            if (!over.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                impatient = true;
                ProcessHandle.current()
                        .children()
                        .filter(child -> !others.contains(child.pid()))
                        .forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is to be said of the failure of what was watched. */
    String verdict(Exception failure) {
        if (impatient) {
            return "not done after " + patience.toSeconds() + " s";
        }
        Throwable root = failure;
        Throwable deeper;
        while ((deeper = reasonOf(root)) != null) {
            root = deeper;
        }
        return root.toString();
    }

    /** JMH hides what a benchmark has thrown among the suppressed. */
    private static @Nullable Throwable reasonOf(Throwable failure) {
        Throwable[] suppressed = failure.getSuppressed();
        return failure.getCause() == null && suppressed.length > 0 ? suppressed[0] : failure.getCause();
    }

    boolean hasActed() {
        return impatient;
    }

    @Override
    public void close() {
        over.countDown();
    }
}
