/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The recorder of one pool, made when it is seen that the JDK's flight recorder is in use. The first event that is as much as touched
 * gets that one ready, which takes longer than all else a pool has to do at its start.
 */
final class RecorderOnDemand {

    private final Pool pool;
    private final ReentrantLock making = new ReentrantLock();
    private volatile @Nullable Recorder made;

    RecorderOnDemand(Pool pool) {
        this.pool = pool;
        this.made = FlightRecorderPresence.isInUse() ? new FlightRecorder(pool) : null;
    }

    Recorder get() {
        Recorder recorder = made;
        if (recorder != null) {
            return recorder;
        }
        return FlightRecorderPresence.isInUse() ? make() : Recorder.NONE;
    }

    private Recorder make() {
        making.lock();
        try {
            Recorder recorder = made;
            if (recorder == null) {
                recorder = new FlightRecorder(pool);
                made = recorder;
            }
            return recorder;
        } finally {
            making.unlock();
        }
    }
}
