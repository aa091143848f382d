/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.ThreadIdentity;
import dev.naiad.pool.queue.VirtualThreads;

/** Says which thread one is. */
final class ThreadIdentities {

    private ThreadIdentities() {}

    static ThreadIdentity of(Thread thread) {
        return new ThreadIdentity(thread.getName(), thread.getId(), VirtualThreads.isVirtual(thread), thread.isAlive());
    }

    /** The same thread, of which nothing more is known. */
    static ThreadIdentity ended(ThreadIdentity thread) {
        return new ThreadIdentity(thread.name(), thread.id(), thread.virtual(), false);
    }

    /** The name, or {@code #} and the number of a thread that has none. */
    static String nameOf(ThreadIdentity thread) {
        return thread.name().isEmpty() ? "#" + thread.id() : thread.name();
    }
}
