/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.Demand;
import dev.naiad.pool.diagnose.Sizing;
import java.time.Duration;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Measures what is asked of a pool, for as long as it is open, in order to find the size it should have: see {@link Sizing}.
 *
 * <pre>{@code
 * try (DemandMeter meter = DemandMeter.of(pool)) {
 *     // … a few minutes of usual traffic
 *     log.info(meter.sizing().advice(20, Duration.ofMillis(5)));
 * }
 * }</pre>
 *
 * <p>Meanwhile each checkout and each return reads the clock under a lock, well under a microsecond; before and afterwards it costs
 * nothing. Thread-safe.
 */
public final class DemandMeter implements AutoCloseable {

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ConnectionPoolEntry, Long> lentSince = new IdentityHashMap<>();
    private final Moments holds = new Moments();
    private final Moments gaps = new Moments();
    private final Ticker ticker;
    private final long start;
    private final Registration registration;
    private long lastChange;
    private long lastArrival;
    private long checkouts;
    private int mostInUse;
    private double inUseNanos;

    /** Mean and variance of some figures, by Welford's method. */
    private static final class Moments {

        private long count;
        private double mean;
        private double squares;

        void add(double value) {
            count++;
            double off = value - mean;
            mean += off / count;
            squares += off * (value - mean);
        }

        /** The squared coefficient of variation; 1, as of independent events, while it cannot be told. */
        double variation() {
            return count < 2 || mean == 0 ? 1 : squares / count / (mean * mean);
        }
    }

    private DemandMeter(Pool pool) {
        ticker = pool.ticker();
        start = ticker.nanos();
        lastChange = start;
        lastArrival = start;
        registration = pool.subscribe(
                EnumSet.of(PoolEvent.Kind.CHECKOUT, PoolEvent.Kind.CHECKIN, PoolEvent.Kind.DETACH), this::note);
    }

    /** Begins to measure. What is in use already is left out of account until it comes back. */
    public static DemandMeter of(Pool pool) {
        return new DemandMeter(pool);
    }

    private void note(PoolEvent event) {
        lock.lock();
        try {
            long now = ticker.nanos();
            inUseNanos += (double) (now - lastChange) * lentSince.size();
            lastChange = now;
            if (event instanceof PoolEvent.Checkout checkout) {
                if (checkouts++ > 0) {
                    gaps.add(now - lastArrival);
                }
                lastArrival = now;
                lentSince.put(checkout.entry(), now);
                mostInUse = Math.max(mostInUse, lentSince.size());
            } else if (event instanceof PoolEvent.Checkin checkin) {
                back(checkin.entry(), now);
            } else if (event instanceof PoolEvent.Detach detach) {
                back(detach.entry(), now);
            }
        } finally {
            lock.unlock();
        }
    }

    private void back(ConnectionPoolEntry entry, long now) {
        Long since = lentSince.remove(entry);
        if (since != null) {
            holds.add(now - since);
        }
    }

    /** What was asked of the pool until now. */
    public Demand demand() {
        lock.lock();
        try {
            long now = ticker.nanos();
            double window = Math.max(1, now - start);
            double used = inUseNanos + (double) (now - lastChange) * lentSince.size();
            return new Demand(
                    Duration.ofNanos((long) window),
                    checkouts,
                    Duration.ofNanos(Math.round(holds.mean)),
                    holds.variation(),
                    gaps.variation(),
                    used / window,
                    mostInUse);
        } finally {
            lock.unlock();
        }
    }

    /** What pools of other sizes would mean, as far as can be told until now. */
    public Sizing sizing() {
        return new Sizing(demand());
    }

    /** Ends the measurement; its results stay. */
    @Override
    public void close() {
        registration.close();
    }
}
