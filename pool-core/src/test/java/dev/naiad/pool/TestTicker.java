/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only when told to. Starts close to the overflow of its counter, as {@code nanoTime} may. */
final class TestTicker implements Ticker {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000_000);

    @Override
    public long nanos() {
        return now.get();
    }

    void advance(Duration by) {
        now.addAndGet(by.toNanos());
    }
}
