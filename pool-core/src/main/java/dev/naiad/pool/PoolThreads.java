/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a pool: started on demand, gone a few seconds after their last task. How many there are at once is for those
 * to limit who give them tasks.
 */
final class PoolThreads {

    private static final long IDLE_SECONDS = 5;

    private PoolThreads() {}

    static ThreadPoolExecutor of(PoolConfig config, String role) {
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                named("naiad-" + config.name() + "-" + role + "-"));
    }

    /** The threads must not inherit anything of whichever borrower comes first. */
    @SuppressWarnings("ThreadPriorityCheck") // the normal one, in place of an inherited one
    static ThreadFactory named(String prefix) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(null, task, prefix + count.incrementAndGet(), 0, false);
            thread.setDaemon(true);
            thread.setPriority(Thread.NORM_PRIORITY);
            thread.setContextClassLoader(loader);
            return thread;
        };
    }
}
