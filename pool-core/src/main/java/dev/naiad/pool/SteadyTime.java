/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.concurrent.TimeUnit;

/**
 * The time during which somebody was there to see it pass. When the machine, or the JVM, has stood still, what is under way has
 * not taken that long; so a leap of more than {@link #LEAP} between two looks counts for next to nothing. Whoever measures
 * something by this must look at least once a {@link Housekeeper#INTERVAL_MILLIS} meanwhile.
 *
 * <p>Guarded by a lock of its owner.
 */
final class SteadyTime {

    static final long LEAP = TimeUnit.SECONDS.toNanos(60);

    private final Ticker ticker;
    private long lastLook;
    private long missed;

    SteadyTime(Ticker ticker) {
        this.ticker = ticker;
        lastLook = ticker.nanos();
    }

    /** Like the ticker's, meaningful in differences only. */
    long nanos() {
        long now = ticker.nanos();
        long passed = now - lastLook;
        lastLook = now;
        if (passed > LEAP) {
            missed += passed - TimeUnit.MILLISECONDS.toNanos(Housekeeper.INTERVAL_MILLIS);
        }
        return now - missed;
    }
}
