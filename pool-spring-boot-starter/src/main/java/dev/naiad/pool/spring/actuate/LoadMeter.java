/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.ConnectionPoolEntry;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.Registration;
import dev.naiad.pool.diagnose.Demand;
import dev.naiad.pool.diagnose.Forecast;
import dev.naiad.pool.diagnose.Sizing;
import java.time.Duration;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures what is asked of a pool while somebody looks. Then each checkout and each return reads the clock under a lock, well under
 * a microsecond. The first of them that comes ten seconds after the last look ends it; after that the pool is as it was, and
 * without checkouts there is nothing to end. Thread-safe.
 */
final class LoadMeter {

    /** For how long one look has it measured. */
    static final long LEASE = TimeUnit.SECONDS.toNanos(10);

    static final Duration TARGET = Duration.ofMillis(5);

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int MINUTE = 60;
    private static final int LATELY = 10;

    /** Fewer checkouts than that tell nothing of a distribution. */
    private static final int FEWEST = 20;

    private static final int MOST_FORECASTS = 40;

    private static final EnumSet<PoolEvent.Kind> OBSERVED =
            EnumSet.of(PoolEvent.Kind.CHECKOUT, PoolEvent.Kind.CHECKIN, PoolEvent.Kind.DETACH, PoolEvent.Kind.WAITED);

    /** What happened in one second, as sums, which can be put together. */
    private static final class Second {

        final Histogram waits = new Histogram();
        final Histogram holds = new Histogram();
        long checkouts;
        long waitsInVain;
        long returns;
        double holdNanos;
        double holdSquares;
        long gaps;
        double gapNanos;
        double gapSquares;
        double inUseNanos;
        int mostInUse;

        void clear(int inUse) {
            waits.clear();
            holds.clear();
            checkouts = waitsInVain = returns = gaps = 0;
            holdNanos = holdSquares = gapNanos = gapSquares = inUseNanos = 0;
            mostInUse = inUse;
        }

        void add(Second other) {
            checkouts += other.checkouts;
            returns += other.returns;
            holdNanos += other.holdNanos;
            holdSquares += other.holdSquares;
            gaps += other.gaps;
            gapNanos += other.gapNanos;
            gapSquares += other.gapSquares;
            inUseNanos += other.inUseNanos;
            mostInUse = Math.max(mostInUse, other.mostInUse);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ConnectionPoolEntry, Long> lentSince = new IdentityHashMap<>();
    private final Pool pool;
    private @Nullable Registration observing;
    private Second[] seconds = {};
    private long start;
    private long lastLook;
    private long lastChange;
    private long lastArrival;
    private boolean arrived;
    private long second;

    LoadMeter(Pool pool) {
        this.pool = pool;
    }

    private long now() {
        return pool.config().ticker().nanos();
    }

    /** What was asked of the pool lately, as far as it was measured; and has it measured for another while. */
    PoolLoad look() {
        lock.lock();
        try {
            long now = now();
            if (observing != null && now - lastLook > LEASE) {
                end(); // nothing has been lent since, and what is known is old
            }
            if (observing == null) {
                begin(now);
            }
            lastLook = now;
            advance(now);
            return load(now);
        } finally {
            lock.unlock();
        }
    }

    boolean isMeasuring() {
        lock.lock();
        try {
            return observing != null;
        } finally {
            lock.unlock();
        }
    }

    private void begin(long now) {
        seconds = IntStream.range(0, MINUTE).mapToObj(i -> new Second()).toArray(Second[]::new);
        start = now;
        lastChange = now;
        second = 0;
        arrived = false;
        observing = pool.subscribe(OBSERVED, this::note);
    }

    private void end() {
        if (observing != null) {
            observing.close();
            observing = null;
        }
        lentSince.clear();
        seconds = new Second[0];
    }

    private void note(PoolEvent event) {
        lock.lock();
        try {
            long now = now();
            if (observing == null) {
                return; // ended meanwhile
            }
            if (now - lastLook > LEASE) {
                end();
                return;
            }
            Second present = advance(now);
            if (event instanceof PoolEvent.Checkout checkout) {
                lent(checkout.entry(), now, present);
            } else if (event instanceof PoolEvent.Checkin checkin) {
                back(checkin.entry(), now, present);
            } else if (event instanceof PoolEvent.Detach detach) {
                back(detach.entry(), now, present);
            } else if (event instanceof PoolEvent.Waited waited) {
                present.waits.add(waited.waited().toNanos());
                if (!waited.served()) {
                    present.waitsInVain++;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** To the second that it is now. */
    private Second advance(long now) {
        long reached = (now - start) / SECOND;
        for (long next = Math.max(second, reached - MINUTE) + 1; next <= reached; next++) {
            seconds[(int) (next % MINUTE)].clear(lentSince.size());
        }
        second = Math.max(second, reached);
        Second present = seconds[(int) (second % MINUTE)];
        present.inUseNanos += (double) Math.max(0, now - lastChange) * lentSince.size();
        lastChange = now;
        return present;
    }

    private void lent(ConnectionPoolEntry entry, long now, Second present) {
        if (arrived) {
            double gap = now - lastArrival;
            present.gaps++;
            present.gapNanos += gap;
            present.gapSquares += gap * gap;
        }
        arrived = true;
        lastArrival = now;
        present.checkouts++;
        lentSince.put(entry, now);
        present.mostInUse = Math.max(present.mostInUse, lentSince.size());
    }

    /** What was lent before the measurement began is left out of account. */
    private void back(ConnectionPoolEntry entry, long now, Second present) {
        Long since = lentSince.remove(entry);
        if (since != null) {
            double held = now - since;
            present.returns++;
            present.holdNanos += held;
            present.holdSquares += held * held;
            present.holds.add(now - since);
        }
    }

    private PoolLoad load(long now) {
        Histogram waits = new Histogram();
        Histogram holds = new Histogram();
        long callers = 0;
        long waited = 0;
        for (long i = Math.max(0, second - LATELY + 1); i <= second; i++) {
            Second one = seconds[(int) (i % MINUTE)];
            waits.addAll(one.waits);
            holds.addAll(one.holds);
            callers += one.checkouts + one.waitsInVain;
            waited += one.waits.count();
        }
        waits.addZeros(Math.max(0, callers - waited));
        Demand demand = demand(now);
        if (demand == null) {
            return new PoolLoad(waits.distribution(), holds.distribution(), null, List.of(), TARGET, null);
        }
        Sizing sizing = new Sizing(demand);
        OptionalInt enough = sizing.fewestFor(TARGET);
        return new PoolLoad(
                waits.distribution(),
                holds.distribution(),
                demand,
                forecasts(sizing, demand, enough),
                TARGET,
                enough.isPresent() ? enough.getAsInt() : null);
    }

    private @Nullable Demand demand(long now) {
        Second sum = new Second();
        for (Second one : seconds) {
            sum.add(one);
        }
        if (sum.checkouts < FEWEST || sum.returns < FEWEST) {
            return null;
        }
        long window = second < MINUTE ? now - start : now - start - (second - MINUTE + 1) * SECOND;
        return new Demand(
                Duration.ofNanos(Math.max(1, window)),
                sum.checkouts,
                Duration.ofNanos(Math.round(sum.holdNanos / sum.returns)),
                variation(sum.returns, sum.holdNanos, sum.holdSquares),
                variation(sum.gaps, sum.gapNanos, sum.gapSquares),
                sum.inUseNanos / Math.max(1, window),
                sum.mostInUse);
    }

    /** The squared coefficient of variation; 1, as of independent events, while it cannot be told. */
    private static double variation(long count, double sum, double squares) {
        double mean = sum / count;
        return count < 2 || mean == 0 ? 1 : Math.max(0, squares / count / (mean * mean) - 1);
    }

    /** From one connection to twice as many as there may be, or as would be enough. */
    private List<Forecast> forecasts(Sizing sizing, Demand demand, OptionalInt enough) {
        int limit = pool.snapshot().limit().orElse(demand.mostInUse());
        int most = Math.max(10, Math.max(2 * Math.min(limit, 10_000), (int) (1.25 * enough.orElse(0))));
        int step = (most + MOST_FORECASTS - 1) / MOST_FORECASTS;
        return IntStream.iterate(step, size -> size <= most, size -> size + step)
                .mapToObj(sizing::forecast)
                .toList();
    }
}
