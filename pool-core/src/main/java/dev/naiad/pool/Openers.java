/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads on which a pool opens, or closes, connections: started on demand, gone a few seconds after the last one. */
final class Openers {

    private static final long IDLE_SECONDS = 5;

    private Openers() {}

    static ExecutorService of(PoolConfig config, String role) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                config.connectConcurrency(),
                config.connectConcurrency(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                named("naiad-" + config.name() + "-" + role + "-"));
        threads.allowCoreThreadTimeOut(true);
        return threads;
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
