/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Crowd;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a pool from opening connections for a crowd that will have been served by those there are before any could be opened.
 *
 * <p>Where openings take long, those who wait are watched for a small part of that time: if connections come back so fast that the
 * last of them will be served within the time of one opening, nothing is opened. A crowd that is still there after that time
 * is not to be waited out, whatever it looks like. A new connection makes all begin anew, since it has yet to show how soon it
 * comes back; unless those that came before it for the same crowd have shown that they do not.
 *
 * <p>Guarded by the lock of {@link Population}.
 */
final class Thrift {

    /** The part of an opening's time that is spent on watching. */
    static final int WATCH = 16;

    private static final long WORTHWHILE = WATCH * TimeUnit.MILLISECONDS.toNanos(1);

    private long typicalOpening;
    private @Nullable Crowd lastArrival;
    private boolean fruitless;

    /** A connection has been opened for those who wait, or in advance. */
    void opened(long took, Crowd crowd, long now, long served) {
        Crowd before = lastArrival;
        if (before == null || before.since() - crowd.since() < 0) {
            fruitless = false;
        } else if (now - before.since() >= watch()) {
            fruitless = served == before.served();
        }
        // The first ones are slow, and tell little: what is short is believed at once.
        typicalOpening = before == null || took < typicalOpening ? took : (3 * typicalOpening + took) / 4;
        lastArrival = new Crowd(now, served);
    }

    private long watch() {
        return typicalOpening / WATCH;
    }

    /**
     * For how long it is better to wait and see than to open; 0 if it is better to open.
     *
     * @param served how many waiters have been served by connections that came back
     * @param waiting how many wait for more of them
     */
    long holdBack(long now, Crowd crowd, long served, int waiting) {
        Crowd arrival = lastArrival;
        if (arrival == null || typicalOpening < WORTHWHILE) {
            return 0;
        }
        boolean arrivedSince = crowd.since() - arrival.since() < 0;
        Crowd begin = arrivedSince ? arrival : crowd;
        long passed = now - begin.since();
        if (passed < watch() && !(arrivedSince && fruitless)) {
            return watch() - passed;
        }
        long gone = served - begin.served();
        if (gone <= 0 || passed >= typicalOpening) {
            return 0;
        }
        double left = (double) passed / gone * waiting;
        return passed + left < typicalOpening ? watch() : 0;
    }
}
