/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Does something later, on a thread on which nothing waits for anything else. */
@FunctionalInterface
public interface Timer {

    /** Null if there is no thread to be had. */
    @Nullable
    Future<?> after(long nanos, Runnable task);
}
