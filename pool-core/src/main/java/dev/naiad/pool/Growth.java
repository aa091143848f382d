/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.SlotQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Knows whether those who wait in a {@link QueuePool} would wait in vain unless it grows.
 *
 * <ul>
 *   <li>An opening whose waiter was served by a returned connection is a <em>stray</em>. Whoever comes then relies on it for a
 *       second, instead of opening yet another connection; after that it is taken to hang.
 *   <li>Where openings take long, a crowd that is about to be served by connections that come back gets none: see {@link Thrift}.
 * </ul>
 *
 * <p>Guarded by the lock of {@link Population}.
 */
final class Growth {

    static final long STRAY_PATIENCE = TimeUnit.SECONDS.toNanos(1);

    private final SlotQueue<ConnectionRecord> queue;
    private final IntSupplier comingBack;
    private final Ticker ticker;
    private final Thrift thrift = new Thrift();
    private long lookAgain;

    /**
     * @param comingBack how many idle records are kept from being lent only for a moment
     */
    Growth(SlotQueue<ConnectionRecord> queue, IntSupplier comingBack, Ticker ticker) {
        this.queue = queue;
        this.comingBack = comingBack;
        this.ticker = ticker;
    }

    /**
     * Whether more wait without an opening of their own than there are strays and idle connections that will serve them soon.
     *
     * @param ready how many records are not being opened
     * @param now in steady time
     */
    boolean isWanted(OpeningsInFlight openings, int ready, long now) {
        int own = 0;
        // Somebody has been called to take what is idle.
        int promising = queue.resting() - queue.vacant() + comingBack.getAsInt();
        for (Opening task : openings) {
            if (!task.isStray()) {
                own++;
            } else if (now - task.since < STRAY_PATIENCE) {
                promising++;
            }
        }
        int unattended = queue.waiting() - own;
        if (unattended <= promising) {
            if (unattended > 0) {
                lookAgainIn(STRAY_PATIENCE);
            }
            return false;
        }
        boolean lent = ready > queue.resting();
        long pause = lent ? thrift.holdBack(ticker.nanos(), queue.crowd(), queue.served(), unattended - promising) : 0;
        if (pause > 0) {
            lookAgainIn(pause);
        }
        return pause <= 0;
    }

    private void lookAgainIn(long nanos) {
        lookAgain = lookAgain == 0 ? nanos : Math.min(lookAgain, nanos);
    }

    /** In how many nanoseconds somebody has to look again who was told that no growth is wanted; 0 if nobody has. */
    long takeLookAgain() {
        long answer = lookAgain;
        lookAgain = 0;
        return answer;
    }

    void opened(long took) {
        thrift.opened(took, queue.crowd(), ticker.nanos(), queue.served());
    }
}
