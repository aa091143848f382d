/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Waiter;
import org.jspecify.annotations.Nullable;

/** A connection that a {@link QueuePool} is opening. */
final class Opening {

    /** How it stands; guarded by the lock of {@link Population}. */
    enum Stage {
        RUNNING,
        /** It takes so long that nobody relies on it any more. */
        DOUBTFUL,
        /** It took too long: its record is forgotten, and what may yet come of it is closed. */
        ABANDONED,
        OVER
    }

    final ConnectionRecord record;

    /** Whether the record never had a connection: if this fails it is forgotten, else it stays as a vacant place. */
    final boolean first;

    /** For whom it is opened: gets the connection, or the failure, unless it has been served otherwise. */
    final @Nullable Waiter<ConnectionRecord> asker;

    /** Which idle record it is to take the place of, or null. */
    final @Nullable ConnectionRecord predecessor;

    /** When it was asked for, in the ticker's time. */
    final long since;

    Opening(
            ConnectionRecord record,
            boolean first,
            @Nullable Waiter<ConnectionRecord> asker,
            @Nullable ConnectionRecord predecessor,
            long since) {
        this.record = record;
        this.first = first;
        this.asker = asker;
        this.predecessor = predecessor;
        this.since = since;
    }

    Stage stage = Stage.RUNNING;

    /** From now on nobody relies on it, and its waiter may look for another one. */
    void doubt() {
        stage = Stage.DOUBTFUL;
        neglectAsker();
    }

    void abandon() {
        stage = Stage.ABANDONED;
        neglectAsker();
    }

    private void neglectAsker() {
        if (asker != null) {
            asker.neglect();
        }
    }

    boolean isStray() {
        return asker == null || asker.settled() || stage == Stage.DOUBTFUL;
    }

    /** Nobody wants any more what comes of it. */
    void forsake() {
        record.forsake(record.attempt());
    }
}
