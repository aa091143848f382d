/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** A pool's totals. Only slow paths count: opening, closing, waiting, timing out, losing. */
final class Counters {

    final AtomicLong opened = new AtomicLong();
    final AtomicLong openNanos = new AtomicLong();
    final AtomicLong openFailures = new AtomicLong();
    final AtomicLong leftOpen = new AtomicLong();
    final LongAdder waits = new LongAdder();
    final LongAdder waitNanos = new LongAdder();
    final AtomicLong timeouts = new AtomicLong();
    final AtomicLong lost = new AtomicLong();

    final AtomicLong nested = new AtomicLong();
    final AtomicLong deadlocks = new AtomicLong();
    final AtomicLong heldTooLong = new AtomicLong();

    /** Checkouts of records that are gone; the others count for themselves. */
    final AtomicLong checkouts = new AtomicLong();

    /** Log statements that threw. */
    final AtomicLong unlogged = new AtomicLong();

    private final AtomicLongArray closed = new AtomicLongArray(CloseReason.values().length);

    /** A caller's wait is over. */
    void waited(long nanos) {
        waits.increment();
        waitNanos.add(nanos);
    }

    void closed(CloseReason reason) {
        closed.incrementAndGet(reason.ordinal());
    }

    Map<CloseReason, Long> closed() {
        Map<CloseReason, Long> totals = new EnumMap<>(CloseReason.class);
        for (CloseReason reason : CloseReason.values()) {
            totals.put(reason, closed.get(reason.ordinal()));
        }
        return totals;
    }
}
