/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of a run. They have its name, because the pool's reports speak of threads. */
final class Crew {

    private final ExecutorService threads;

    Crew(String name) {
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    <T> Future<T> start(Callable<T> task) {
        return threads.submit(task);
    }

    /** Interrupts who is still at it, and takes nobody any more. */
    void dismiss() {
        threads.shutdownNow();
    }
}
