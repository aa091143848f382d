/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Platform threads that do something once, all at the same moment. */
final class Arrival {

    interface Task {
        /** Returns what is to be known of it, in nanoseconds. */
        long run() throws Exception;
    }

    /**
     * @param millis until the last was done
     * @param worstMillis the greatest of what the tasks returned
     */
    record Outcome(double millis, double worstMillis) {}

    private Arrival() {}

    static Outcome of(int threads, Task task) throws Exception {
        CountDownLatch ready = new CountDownLatch(threads);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(threads);
        long[] answers = new long[threads];
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> started = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int index = i;
            started.add(ThreadKind.PLATFORM.start(() -> {
                try {
                    ready.countDown();
                    go.await();
                    answers[index] = task.run();
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                } finally {
                    done.countDown();
                }
            }));
        }
        ready.await();
        long start = System.nanoTime();
        go.countDown();
        boolean inTime = done.await(1, TimeUnit.MINUTES);
        long nanos = System.nanoTime() - start;
        if (!inTime || failure.get() != null) {
            throw new IllegalStateException("Some of " + started.size() + " threads failed.", failure.get());
        }
        long worst = 0;
        for (long answer : answers) {
            worst = Math.max(worst, answer);
        }
        return new Outcome(nanos / 1e6, worst / 1e6);
    }
}
