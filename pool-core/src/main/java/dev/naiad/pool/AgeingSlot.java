/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A slot whose connection grows old, and may go without being used. The times are in {@link dev.naiad.pool.queue.SlotNotes}; what is to be
 * done when one has come is for others to decide.
 */
abstract class AgeingSlot extends SessionSlot {

    private static final long NEVER = Long.MAX_VALUE;

    /** By which part of its life, at most by how much, a connection may be replaced early if there is a chance to. */
    private static final long LEAD_PART = 20;

    private static final long LONGEST_LEAD = TimeUnit.SECONDS.toNanos(30);

    /** What the upkeep saw at its last look. */
    private boolean wasDue;

    /** The life of a new connection begins; for the owner. */
    final void beginLife(Pool pool) {
        openedAt = pool.ticker().nanos();
        lifetime = drawLifetime(pool.config());
    }

    private static long drawLifetime(PoolConfig config) {
        Duration recycle = config.recycle();
        if (recycle == null) {
            return NEVER;
        }
        double kept = 1 - config.recycleJitter() * ThreadLocalRandom.current().nextDouble();
        return (long) (PoolConfig.saturatedNanos(recycle) * kept);
    }

    final long ageNanos(Pool pool) {
        return pool.ticker().nanos() - openedAt;
    }

    final boolean isExpired(Pool pool) {
        return lifetime != NEVER && ageNanos(pool) > lifetime;
    }

    /** How long until its age makes it due to be replaced. */
    final long untilDue(Pool pool) {
        if (lifetime == NEVER) {
            return NEVER;
        }
        long lead = pool.config().recycleJitter() == 0 ? 0 : Math.min(lifetime / LEAD_PART, LONGEST_LEAD);
        return lifetime - lead + 1 - ageNanos(pool);
    }

    /** Remembers whether it is due; returns whether it was at the last look. */
    final boolean wasDue(boolean isDue) {
        boolean before = wasDue;
        wasDue = isDue;
        return before;
    }

    /** Looks whether the slot has been used since the last look; true if it has been at rest. */
    final boolean rests(long now) {
        long word = ticket();
        boolean same = word == restWord;
        if (!same) {
            restWord = word;
            restSince = now;
            keepaliveDraw = ThreadLocalRandom.current().nextDouble();
        }
        return same;
    }

    /** How long until a connection at rest has been silent for that long, less a part at random. */
    final long untilSilent(long keepalive, double jitter, long now) {
        return (long) (keepalive * (1 - jitter * keepaliveDraw)) - (now - restSince);
    }
}
