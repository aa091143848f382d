/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.OpeningInFlight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The openings of a {@link QueuePool} that are under way and not abandoned.
 *
 * <p>Guarded by the lock of {@link Population}; only {@link #count()} is for everybody.
 */
final class OpeningsInFlight implements Iterable<Opening> {

    /** After how long nobody relies on an opening any more. */
    static final long DOUBT = TimeUnit.SECONDS.toNanos(5);

    private final Set<Opening> present = new HashSet<>();
    private volatile int count;
    private int concurrency;
    private long connectTimeout;

    /** The settings have changed. */
    void apply(PoolConfig config) {
        concurrency = config.connectConcurrency();
        connectTimeout =
                config.connectTimeout() == null ? Long.MAX_VALUE : PoolConfig.saturatedNanos(config.connectTimeout());
    }

    int count() {
        return count;
    }

    @Override
    public Iterator<Opening> iterator() {
        return present.iterator();
    }

    void add(Opening begun) {
        present.add(begun);
        count = present.size();
    }

    /** False if it had been abandoned. */
    boolean end(Opening task) {
        if (!present.remove(task)) {
            return false;
        }
        task.stage = Opening.Stage.OVER;
        count = present.size();
        return true;
    }

    void abandon(Opening overdue) {
        present.remove(overdue);
        overdue.abandon();
        count = present.size();
    }

    /** Whether as many are making headway as may be under way at the same time. */
    boolean isBusy() {
        int running = 0;
        for (Opening task : present) {
            if (task.stage == Opening.Stage.RUNNING) {
                running++;
            }
        }
        return running >= concurrency;
    }

    /** Those that replace nothing and that nobody asked for. */
    int spares() {
        int spares = 0;
        for (Opening task : present) {
            if (task.asker == null && task.predecessor == null) {
                spares++;
            }
        }
        return spares;
    }

    /** Whether something is being opened in the place of this one. */
    @SuppressWarnings("ReferenceEquality") // records have no other
    boolean replaces(ConnectionRecord record) {
        for (Opening task : present) {
            if (task.predecessor == record) {
                return true;
            }
        }
        return false;
    }

    /** Those that take too long to be waited for; the waiters of those that are doubtful may look for another one. */
    List<Opening> overdue(long now) {
        List<Opening> overdue = new ArrayList<>();
        for (Opening task : present) {
            long age = now - task.since;
            if (age >= connectTimeout) {
                overdue.add(task);
            } else if (age >= DOUBT && task.stage == Opening.Stage.RUNNING) {
                task.doubt();
            }
        }
        return overdue;
    }

    /** For reports: the oldest first. */
    List<OpeningInFlight> report(long now) {
        return present.stream()
                .map(task -> new OpeningInFlight(task.record.id(), Duration.ofNanos(Math.max(0, now - task.since))))
                .sorted(Comparator.comparing(OpeningInFlight::age).reversed())
                .toList();
    }
}
