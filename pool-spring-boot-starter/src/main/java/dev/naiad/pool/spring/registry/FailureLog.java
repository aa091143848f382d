/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.registry;

import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Remembers the latest failures of each pool, and how the latest opening of a connection went. Thread-safe. */
public final class FailureLog {

    private static final int KEPT = 20;
    private static final Set<PoolEvent.Kind> KINDS =
            EnumSet.of(PoolEvent.Kind.CONNECT, PoolEvent.Kind.CONNECT_FAILED, PoolEvent.Kind.TIMED_OUT);

    private final Clock clock;
    private final Map<Pool, History> histories = new ConcurrentHashMap<>();

    /** With the clock that failures are dated by. */
    public FailureLog(Clock clock) {
        this.clock = clock;
    }

    /** Starts to watch a pool, unless it does so already. */
    public void watch(Pool pool) {
        History history = new History(clock);
        if (histories.putIfAbsent(pool, history) == null) {
            pool.subscribe(KINDS, history::add);
        }
    }

    /** The latest failures, the newest first. */
    public List<PoolFailure> recent(Pool pool) {
        History history = histories.get(pool);
        return history == null ? List.of() : history.recent();
    }

    /** Why the latest opening of a connection failed; null if it succeeded or there was none. */
    public @Nullable PoolFailure connectFailure(Pool pool) {
        History history = histories.get(pool);
        return history == null ? null : history.connectFailure;
    }

    private static final class History {

        private final Clock clock;
        private final ReentrantLock change = new ReentrantLock();
        private final Deque<PoolFailure> failures = new ArrayDeque<>();
        private volatile @Nullable PoolFailure connectFailure;

        History(Clock clock) {
            this.clock = clock;
        }

        void add(PoolEvent event) {
            Instant now = clock.instant();
            if (event instanceof PoolEvent.Connect) {
                connectFailure = null;
            } else if (event instanceof PoolEvent.ConnectFailed failed) {
                PoolFailure failure = PoolFailure.of(failed, now);
                connectFailure = failure;
                keep(failure);
            } else if (event instanceof PoolEvent.TimedOut timedOut) {
                keep(PoolFailure.of(timedOut, now));
            }
        }

        private void keep(PoolFailure failure) {
            change.lock();
            try {
                failures.addFirst(failure);
                if (failures.size() > KEPT) {
                    failures.removeLast();
                }
            } finally {
                change.unlock();
            }
        }

        List<PoolFailure> recent() {
            change.lock();
            try {
                return List.copyOf(failures);
            } finally {
                change.unlock();
            }
        }
    }
}
