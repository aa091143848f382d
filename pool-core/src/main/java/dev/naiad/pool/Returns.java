/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.SlotQueue;

/** What becomes of a record of a {@link QueuePool} that is free: a waiter gets it, it rests, is emptied, or leaves the pool. */
final class Returns {

    private final QueuePool pool;
    private final SlotQueue<ConnectionRecord> queue;
    private final Population population;

    Returns(QueuePool pool, SlotQueue<ConnectionRecord> queue, Population population) {
        this.pool = pool;
        this.queue = queue;
        this.population = population;
    }

    /** Finds a use for a record that is free: a waiter, rest, or the end. */
    void settle(ConnectionRecord record, boolean fresh) {
        long era = record.era();
        switch (population.isCrowded() ? population.judge(record) : Population.Verdict.WANTED) {
            case WANTED -> putBack(record, fresh);
            case RESTS -> {
                queue.attend();
                pool.grow();
            }
            case SURPLUS -> retire(record, CloseReason.OVERFLOW);
        }
        sweepIfOutdated(era);
    }

    /** Puts back a record that was idle and has been looked at; that is no occasion to judge whether it is needed. */
    void restore(ConnectionRecord record) {
        long era = record.era();
        putBack(record, false); // it may have become stale meanwhile
        sweepIfOutdated(era);
    }

    private void putBack(ConnectionRecord record, boolean fresh) {
        if (record.connection() == null) {
            record.moveTo(Slot.Mode.VACANT);
            pool.grow();
        } else {
            queue.give(record, fresh);
        }
        if (population.isCrowded()) {
            retireSurplus();
        }
    }

    void retire(ConnectionRecord record, CloseReason reason) {
        record.moveTo(Slot.Mode.RETIRED);
        try {
            record.closeConnection(reason);
        } finally {
            record.dismissSentinel();
            population.remove(record);
            pool.grow();
        }
    }

    /** Puts a new record in the place of one that is due to be replaced, unless that one has found another end. */
    void succeed(ConnectionRecord predecessor, ConnectionRecord successor) {
        if (predecessor.tryTake()) {
            if (predecessor.isDue()) {
                retire(predecessor, CloseReason.RECYCLED);
            } else {
                settle(predecessor, false);
            }
        } else if (predecessor.tryReserve()) {
            retire(predecessor, CloseReason.RECYCLED); // a borrower has emptied the place, and gets the successor
        }
        settle(successor, false); // the pool may have been disposed of since it was opened
    }

    void retireSurplus() {
        ConnectionRecord surplus;
        while ((surplus = population.takeSurplus()) != null) {
            retire(surplus, CloseReason.OVERFLOW);
        }
    }

    /** Whoever puts a record to rest looks afterwards whether the pool was disposed of or closed meanwhile. */
    void sweepIfOutdated(long era) {
        if (pool.isClosed() || !pool.isOfPresentEpoch(era)) {
            retireOutdated();
        }
    }

    void retireOutdated() {
        CloseReason reason = pool.closeReason();
        queue.forEach(record -> {
            if (record.tryReserve()) {
                retire(record, reason);
            } else if (record.tryTake()) {
                if (pool.isOutdated(record)) {
                    retire(record, reason);
                } else {
                    queue.keepPlace(record);
                    queue.give(record, false);
                }
            }
        });
    }

    /** Has the stale connection of a record replaced, if there is a waiter for whom nothing is being opened yet. */
    void refresh(ConnectionRecord stale) {
        vacate(stale);
        pool.grow();
    }

    void vacate(ConnectionRecord record) {
        long era = record.era();
        record.closeConnection(CloseReason.RECYCLED);
        record.moveTo(Slot.Mode.VACANT);
        sweepIfOutdated(era);
    }
}
