/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.ThreadIdentity;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** Says which thread one is. */
final class ThreadIdentities {

    /** Null before Java 21, where there are no virtual threads. */
    private static final @Nullable MethodHandle IS_VIRTUAL = find();

    private ThreadIdentities() {}

    private static @Nullable MethodHandle find() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    static ThreadIdentity of(Thread thread) {
        return new ThreadIdentity(thread.getName(), thread.getId(), isVirtual(thread), thread.isAlive());
    }

    /** The same thread, of which nothing more is known. */
    static ThreadIdentity ended(ThreadIdentity thread) {
        return new ThreadIdentity(thread.name(), thread.id(), thread.virtual(), false);
    }

    private static boolean isVirtual(Thread thread) {
        try {
            return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(thread);
        } catch (Throwable e) { // it throws nothing
            throw new IllegalStateException(e);
        }
    }

    /** The name, or {@code #} and the number of a thread that has none. */
    static String nameOf(ThreadIdentity thread) {
        return thread.name().isEmpty() ? "#" + thread.id() : thread.name();
    }
}
