/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.OpeningInFlight;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The openings for which callers wait in person, because there is nothing else that could serve them. They are done on threads of the
 * pool, so that neither {@code connect_timeout} nor the caller's deadline depends on the driver.
 */
final class AwaitedOpenings {

    private static final long FOR_EVER = Long.MAX_VALUE / 2;

    private final Map<ConnectionRecord, AwaitedOpening> present = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Pool pool;
    private final SteadyTime time;

    AwaitedOpenings(Pool pool) {
        this.pool = pool;
        time = new SteadyTime(pool.ticker());
    }

    /**
     * Opens the connection of a record that the caller owns. If that is given up, the record {@linkplain #isHanging hangs}.
     *
     * <p>Where nothing limits it, it is done in the caller's thread.
     */
    void open(ConnectionRecord record) throws SQLException {
        PoolConfig config = pool.config();
        Duration timeout = config.timeout();
        if (timeout == null && config.connectTimeout() == null) {
            pool.awaitRoom();
            record.open();
            return;
        }
        // Who does not wait for others waits for the driver.
        boolean hasDeadline = timeout != null && !timeout.isZero();
        open(
                new AwaitedOpening(this, record, sequelOf(record), now()),
                hasDeadline ? record.deadline() : pool.ticker().nanos() + FOR_EVER);
    }

    private static AwaitedOpening.Sequel sequelOf(ConnectionRecord record) {
        int attempt = record.nextAttempt();
        return new AwaitedOpening.Sequel() {
            @Override
            public void abandoned() {
                record.forsake(attempt);
            }

            @Override
            public void opened() {
                Overdue.cameLate(record);
            }

            @Override
            public void failed(Throwable cause) {} // the record has told so, and nobody wants the connection any more
        };
    }

    /** The same for a pool that {@linkplain #abandon gives up} by itself on what takes too long. */
    void openUnderCare(ConnectionRecord record, AwaitedOpening.Sequel sequel) throws SQLException {
        long now = pool.ticker().nanos();
        open(new AwaitedOpening(this, record, sequel, now + FOR_EVER), now + FOR_EVER);
    }

    private void open(AwaitedOpening opening, long deadline) throws SQLException {
        present.put(opening.record, opening);
        if (pool.isClosed()) { // since it was asked for; whoever closes it from now on sees this one
            opening.tryAbandon();
        }
        pool.inBackground(opening);
        pool.housekeep();
        opening.await(deadline);
    }

    /** The pool is closed, and says so: frees all callers. */
    void abandonAll() {
        present.values().forEach(AwaitedOpening::tryAbandon);
    }

    /** Frees the caller who waits for an opening, if one does. */
    void abandon(ConnectionRecord record) {
        AwaitedOpening opening = present.get(record);
        if (opening != null) {
            opening.tryAbandon();
        }
    }

    private long now() {
        lock.lock();
        try {
            return time.nanos();
        } finally {
            lock.unlock();
        }
    }

    /** The driver has let go of it. */
    void ended(AwaitedOpening opening) {
        present.remove(opening.record, opening);
    }

    /** Whether the driver is still busy with an opening of this record that was abandoned. Nobody else may open it meanwhile. */
    boolean isHanging(ConnectionRecord record) {
        AwaitedOpening opening = present.get(record);
        return opening != null && opening.isAbandoned();
    }

    /** Gives up on those that take too long; false if none is under way. */
    boolean check() {
        if (present.isEmpty()) {
            return false;
        }
        Duration limit = pool.config().connectTimeout();
        long longest = limit == null ? Long.MAX_VALUE : PoolConfig.saturatedNanos(limit);
        long now = now();
        present.values().forEach(opening -> {
            if (now - opening.since >= longest && opening.tryAbandon()) {
                Overdue.noteAbandoned(opening.record);
            }
        });
        return true;
    }

    boolean isBusy() {
        return !present.isEmpty();
    }

    /** How many callers wait for one. */
    int awaited() {
        return (int) present.values().stream()
                .filter(opening -> !opening.isForsaken())
                .count();
    }

    /** What is being opened, also what is of no use any more, the oldest first. */
    List<OpeningInFlight> inFlight(long now) {
        return present.values().stream()
                .map(opening ->
                        new OpeningInFlight(opening.record.id(), Duration.ofNanos(Math.max(0, now - opening.since))))
                .sorted(Comparator.comparing(OpeningInFlight::age).reversed())
                .toList();
    }
}
