/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** The kinds of threads a test is run on; virtual ones where this JDK has them. */
enum Threads {
    PLATFORM(Thread::new),
    VIRTUAL(virtualThreads());

    final @Nullable ThreadFactory factory;

    Threads(@Nullable ThreadFactory factory) {
        this.factory = factory;
    }

    static List<Threads> ofThisJdk() {
        return Arrays.stream(values()).filter(kind -> kind.factory != null).toList();
    }

    private static @Nullable ThreadFactory virtualThreads() {
        if (Runtime.version().feature() < 21) {
            return null;
        }
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            return (ThreadFactory) Class.forName("java.lang.Thread$Builder")
                    .getMethod("factory")
                    .invoke(builder);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
