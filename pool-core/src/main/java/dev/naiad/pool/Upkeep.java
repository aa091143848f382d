/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.SlotQueue;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the housekeeper does for the idle connections of a {@link QueuePool} on each of its rounds, a little at a time, so that
 * many that are due together are not dealt with together.
 *
 * <ul>
 *   <li>A stale connection is replaced: the next one is opened before it goes, where the limit allows, else afterwards. One that
 *       was not needed lately goes without replacement, if {@code idle_timeout} is set.
 *   <li>What failed of the connections to begin with is tried again; {@code min_idle} is kept.
 *   <li>What the demand during {@code idle_timeout} did not need is closed.
 *   <li>What has rested for {@code keepalive} is asked if it is alive.
 * </ul>
 *
 * <p>Opening for nobody in particular pauses for longer and longer while it fails.
 */
final class Upkeep {

    private static final int GENTLENESS = 8;
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(30);
    private static final long SHORTEST_SLEEP = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_SLEEP = TimeUnit.MINUTES.toNanos(1);
    private static final double KEEPALIVE_JITTER = 0.2;

    private final QueuePool pool;
    private final SlotQueue<ConnectionRecord> queue;
    private final Population population;
    private final Openings openings;
    private final Returns returns;
    private final Probes probes;
    private final ReentrantLock lock = new ReentrantLock();

    /** Since when it has been warming up. */
    private volatile long warmingSince;

    /** Whether that is over. */
    private volatile boolean warm;

    /** When somebody last needed a new connection: a pool that was disposed of stays empty until somebody does. */
    private volatile long neededSince;

    // Guarded by the lock.
    private @Nullable Duration demandPeriod;
    private @Nullable PeakDemand demand;
    private long pause = FIRST_PAUSE;
    private long retryAt;
    private boolean failing;
    private volatile int owed;
    private long owedSince;
    private boolean alarmSet;
    private long alarmAt;

    Upkeep(
            QueuePool pool,
            SlotQueue<ConnectionRecord> queue,
            Population population,
            Openings openings,
            Returns returns,
            Probes probes) {
        this.pool = pool;
        this.queue = queue;
        this.population = population;
        this.openings = openings;
        this.returns = returns;
        this.probes = probes;
    }

    /** What the idle connections are like. */
    private static final class Survey {

        int idle;
        final List<ConnectionRecord> stale = new ArrayList<>();
        final List<ConnectionRecord> silent = new ArrayList<>();
        final List<ConnectionRecord> rested = new ArrayList<>();
        long next = Long.MAX_VALUE;
    }

    /** Somebody needs connections, now. */
    void need() {
        neededSince = pool.era();
    }

    /** The connections to begin with, opened in the background. */
    void warmUp() {
        need();
        warmingSince = pool.era();
        int wanted = warm(pool.config());
        int started = 0;
        while (started < wanted && openings.openSpare(null)) {
            started++;
        }
        lock.lock();
        try {
            owed = wanted - started;
            owedSince = pool.era();
        } finally {
            lock.unlock();
        }
        if (wanted > 0) {
            pool.housekeep();
        }
    }

    private static int warm(PoolConfig config) {
        int most = config.poolSize() == 0 ? Integer.MAX_VALUE : config.poolSize();
        return Math.min(most, Math.max(config.warmUp(), config.minIdle()));
    }

    boolean isWarm() {
        boolean over = warm || !pool.isOfPresentEpoch(warmingSince) || population.connections() >= warm(pool.config());
        if (over) {
            warm = true;
        }
        return over;
    }

    void awaitWarm(Duration patience) throws SQLException {
        int wanted = warm(pool.config());
        int present = population.awaitConnections(wanted, patience);
        if (present < wanted) {
            throw new SQLTransientConnectionException(
                    "Pool '" + pool.name() + "': " + present + " of " + wanted
                            + " connections to begin with are open after " + patience + ".",
                    "08001",
                    openings.lastFailure());
        }
    }

    /** One round; true if there is more to do in the next. */
    boolean sweep() {
        if (pool.isClosed() || pool.suspension() != null) {
            return false;
        }
        if (!lock.tryLock()) {
            return true;
        }
        try {
            return tend(pool.config(), pool.ticker().nanos());
        } finally {
            lock.unlock();
        }
    }

    private boolean tend(PoolConfig config, long now) {
        int wanted = wanted(config, now);
        Survey survey = survey(config, now);
        noteFailures(now);
        boolean more = payDebts(now);
        more |= replace(survey, wanted, now);
        more |= replenish(survey, config, now);
        more |= goOnWarming(config, now);
        more |= shrink(survey, wanted);
        if (!survey.silent.isEmpty()) {
            probes.request(survey.silent);
            more = true;
        }
        if (!more) {
            comeBack(survey, now);
        }
        return more;
    }

    /** How many connections are worth keeping. */
    private int wanted(PoolConfig config, long now) {
        Duration period = config.idleTimeout();
        if (period == null) {
            demand = null;
            demandPeriod = null;
            return Integer.MAX_VALUE;
        }
        PeakDemand present = demand;
        if (present == null || !period.equals(demandPeriod)) {
            present = new PeakDemand(PoolConfig.saturatedNanos(period), now);
            demand = present;
            demandPeriod = period;
        }
        int inUse = population.live() - queue.resting() - population.opening() - probes.running();
        present.note(now, Math.max(Math.max(0, inUse) + queue.waiting(), population.takeHighWater()));
        int peak = present.peak();
        return peak > Integer.MAX_VALUE - config.minIdle() ? peak : Math.max(peak, config.minIdle());
    }

    private Survey survey(PoolConfig config, long now) {
        Survey survey = new Survey();
        long keepalive = config.keepalive() == null ? Long.MAX_VALUE : PoolConfig.saturatedNanos(config.keepalive());
        queue.forEach(record -> look(record, survey, keepalive, now));
        return survey;
    }

    private void look(ConnectionRecord record, Survey survey, long keepalive, long now) {
        boolean rested = record.rests(now);
        if (record.mode() != Slot.Mode.IDLE) {
            return;
        }
        boolean due = record.isDue();
        boolean before = record.wasDue(due);
        if (due) {
            if (before) { // whoever asked for it to be replaced may be about to borrow it
                survey.stale.add(record);
            }
            survey.next = 0;
            return;
        }
        survey.idle++;
        survey.next = Math.min(survey.next, record.untilDue(pool));
        if (rested) {
            survey.rested.add(record);
        }
        if (keepalive != Long.MAX_VALUE) {
            long left = record.untilSilent(keepalive, KEEPALIVE_JITTER, now);
            if (left <= 0) {
                survey.silent.add(record);
            }
            survey.next = Math.min(survey.next, Math.max(0, left));
        }
    }

    private void noteFailures(long now) {
        boolean fails = openings.lastFailure() != null;
        if (!fails) {
            pause = FIRST_PAUSE;
            failing = false;
        } else if (!failing) {
            failing = true;
            retryAt = now + pause;
        }
    }

    /** Starts an opening for nobody in particular, unless it is better to wait. */
    private boolean open(@Nullable ConnectionRecord predecessor, long now) {
        if (failing && now - retryAt < 0) {
            return false;
        }
        if (!openings.openSpare(predecessor)) {
            return false;
        }
        if (failing) {
            pause = Math.min(2 * pause, LONGEST_PAUSE);
            retryAt = now + pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
        }
        return true;
    }

    /** Opens in the place of what had to be closed first. */
    private boolean payDebts(long now) {
        int left = pool.isOfPresentEpoch(owedSince) && population.hasRoom() ? owed : 0;
        while (left > 0 && open(null, now)) {
            left--;
        }
        owed = left;
        return left > 0;
    }

    /** Tries again what failed of the connections to begin with. */
    private boolean goOnWarming(PoolConfig config, long now) {
        if (isWarm()) {
            return false;
        }
        int underWay =
                population.spares() + owed; // before those that are open: what is neither must not be opened twice
        int missing = warm(config) - underWay - population.connections();
        while (missing > 0 && open(null, now)) {
            missing--;
        }
        return true;
    }

    /** As {@link #sweep()}, but only what had to wait for an opening or a closing to end. */
    void goOn() {
        if (owed == 0 || pool.isClosed() || pool.suspension() != null || !lock.tryLock()) {
            return;
        }
        try {
            payDebts(pool.ticker().nanos());
        } finally {
            lock.unlock();
        }
    }

    private boolean replace(Survey survey, int wanted, long now) {
        int quota = 1 + survey.stale.size() / GENTLENESS;
        for (ConnectionRecord stale : survey.stale) {
            if (quota == 0) {
                break;
            }
            if (population.isBeingReplaced(stale)) {
                continue;
            }
            if (population.connections() > wanted) {
                retire(stale, CloseReason.RECYCLED);
            } else if (!open(stale, now)) {
                if (owed == 0 && !failing && population.isFull() && retire(stale, CloseReason.RECYCLED)) {
                    owed = 1;
                    owedSince = pool.era();
                }
                break;
            }
            quota--;
        }
        return survey.next == 0;
    }

    private boolean replenish(Survey survey, PoolConfig config, long now) {
        if (config.minIdle() == 0 || !pool.isOfPresentEpoch(neededSince)) {
            return false;
        }
        int missing = config.minIdle() - survey.idle - population.spares();
        boolean room = true;
        while (missing > 0 && (room = open(null, now))) {
            missing--;
        }
        return !room && failing || population.spares() > 0;
    }

    private boolean shrink(Survey survey, int wanted) {
        int excess = population.connections() - wanted;
        int quota = excess <= 0 ? 0 : 1 + excess / GENTLENESS;
        for (ConnectionRecord rested : survey.rested) {
            if (quota == 0) {
                break;
            }
            if (retire(rested, CloseReason.IDLE)) {
                quota--;
            }
        }
        return excess > 0 && !survey.rested.isEmpty();
    }

    private boolean retire(ConnectionRecord idle, CloseReason reason) {
        boolean taken = idle.tryTake();
        if (taken) {
            returns.retire(idle, reason);
        }
        return taken;
    }

    /** Has the housekeeper woken when something is due, as it sleeps while nothing is lent. */
    private void comeBack(Survey survey, long now) {
        long left = survey.next;
        if (demand != null && population.connections() > pool.config().minIdle()) {
            left = Math.min(left, demand.untilNextPart(now));
        }
        if (left == Long.MAX_VALUE) {
            return;
        }
        long sleep = Math.min(Math.max(left, SHORTEST_SLEEP), LONGEST_SLEEP);
        long present = System.nanoTime();
        if (alarmSet && alarmAt - present > 0 && alarmAt - present <= sleep) {
            return;
        }
        alarmSet = true;
        alarmAt = present + sleep;
        pool.housekeeper().later(pool::housekeep, sleep);
    }
}
