/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.stub;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waiting as a driver waits for its server: parked. */
public final class Pause {

    private Pause() {}

    public static void forMicros(long micros) {
        if (micros == 0) {
            return;
        }
        long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros);
        long left;
        while ((left = end - System.nanoTime()) > 0) {
            LockSupport.parkNanos(left);
        }
    }
}
