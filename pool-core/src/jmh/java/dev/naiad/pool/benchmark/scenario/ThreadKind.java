/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.scenario;

import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Platform threads, and where the JDK has them, virtual ones; found by reflection, as the sources are of Java 17. */
public enum ThreadKind {
    PLATFORM,
    VIRTUAL;

    static List<ThreadKind> available() {
        return Stream.of(values()).filter(ThreadKind::isAvailable).toList();
    }

    public boolean isAvailable() {
        return this == PLATFORM || Runtime.version().feature() >= 21;
    }

    Thread start(Runnable task) {
        if (this == PLATFORM) {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            thread.start();
            return thread;
        }
        try {
            return (Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
