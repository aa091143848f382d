/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Time in which nothing is done. */
final class Pauses {

    private Pauses() {}

    /** Waits for about that long, or until the thread is interrupted, and tells how long it really was. */
    static Duration pause(Duration wanted) {
        long start = System.nanoTime();
        long paused = 0;
        while (paused < wanted.toNanos() && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(Pauses.class, wanted.toNanos() - paused);
            paused = System.nanoTime() - start;
        }
        return Duration.ofNanos(paused);
    }
}
