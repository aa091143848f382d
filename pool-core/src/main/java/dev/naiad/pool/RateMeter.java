/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.Rates;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Knows how busy a pool has been in the last ten seconds, from samples taken by whoever looks at it. */
final class RateMeter {

    private static final long WINDOW = TimeUnit.SECONDS.toNanos(10);
    private static final long SPACING = TimeUnit.MILLISECONDS.toNanos(400);

    private record Sample(long at, long checkouts, int inUse) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Sample> samples = new ArrayDeque<>();

    /** Takes a sample, unless one was taken a moment ago. */
    void sample(long now, long checkouts, int inUse) {
        if (!lock.tryLock()) {
            return; // somebody else is about to
        }
        try {
            Sample latest = samples.peekLast();
            if (latest == null || now - latest.at() >= SPACING) {
                samples.addLast(new Sample(now, checkouts, inUse));
                while (now - samples.getFirst().at() > WINDOW && samples.size() > 1) {
                    samples.removeFirst();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** With the figures of this moment as the last sample. */
    Rates rates(long now, long checkouts, int inUse) {
        lock.lock();
        try {
            Sample first = samples.peekFirst();
            if (first == null || now - first.at() <= 0) {
                return Rates.NONE;
            }
            long sum = inUse;
            for (Sample sample : samples) {
                sum += sample.inUse();
            }
            long window = now - first.at();
            return new Rates(
                    Duration.ofNanos(window),
                    (checkouts - first.checkouts()) * 1e9 / window,
                    sum / (samples.size() + 1.0));
        } finally {
            lock.unlock();
        }
    }
}
