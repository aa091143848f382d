/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.concurrent.TimeUnit;

/**
 * The limit of a pool that makes do with fewer connections for a while, because the database accepts no more. It ends by the clock, also
 * when the machine stood still: nothing is lost if the database is asked again early.
 *
 * <p>Guarded by the lock of {@link Population}.
 */
final class Modesty {

    static final long PERIOD = TimeUnit.SECONDS.toNanos(10);

    private final Ticker ticker;
    private int enough;
    private long until;

    Modesty(Ticker ticker) {
        this.ticker = ticker;
    }

    void begin(int present) {
        enough = present;
        until = ticker.nanos() + PERIOD;
    }

    int limit(int regular) {
        return enough > 0 && ticker.nanos() - until < 0 ? Math.min(regular, enough) : regular;
    }
}
