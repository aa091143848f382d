/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.SlotQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks idle connections of a {@link QueuePool} whether they are alive, on threads of its own, a few at a time. Meanwhile they
 * cannot be lent. One that does not answer is invalidated and its place is vacant; the others are not judged by it.
 */
final class Probes {

    static final int CONCURRENCY = 4;
    static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
    private static final int PING_SECONDS = 5;

    /** A connection being asked. Its record belongs to whoever ends this. */
    private static final class Probe {

        final ConnectionRecord record;
        final long since;
        private final AtomicBoolean over = new AtomicBoolean();

        Probe(ConnectionRecord record, long since) {
            this.record = record;
            this.since = since;
        }

        boolean tryEnd() {
            return over.compareAndSet(false, true);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<ConnectionRecord> pending = new LinkedHashSet<>();
    private final Set<Probe> running = new HashSet<>();
    private final QueuePool pool;
    private final SlotQueue<ConnectionRecord> queue;
    private final SteadyTime time;
    private final ThreadPoolExecutor ownThreads;
    private final Executor threads;

    Probes(QueuePool pool, SlotQueue<ConnectionRecord> queue) {
        this.pool = pool;
        this.queue = queue;
        time = new SteadyTime(pool.ticker());
        ownThreads = PoolThreads.of(pool.config(), "prober");
        threads = Objects.requireNonNullElse(pool.config().closers(), ownThreads);
    }

    /** Asks all of these that are idle when their turn comes. */
    void request(List<ConnectionRecord> records) {
        lock.lock();
        try {
            pending.addAll(records);
        } finally {
            lock.unlock();
        }
        startNext();
    }

    private void startNext() {
        Probe next;
        while ((next = next()) != null) {
            Probe probe = next;
            try {
                threads.execute(() -> run(probe));
                pool.housekeep();
            } catch (
                    Throwable e) { // the pool was closed meanwhile, or there is no thread to be had: whoever borrows it
                // asks
                end(probe, ConnectionRecord::markSuspect);
                return;
            }
        }
    }

    private @Nullable Probe next() {
        lock.lock();
        try {
            while (running.size() < CONCURRENCY && !pending.isEmpty()) {
                ConnectionRecord record = pending.iterator().next();
                pending.remove(record);
                if (record.tryTake()) {
                    queue.keepPlace(record);
                    record.moveTo(Slot.Mode.OPENING); // so that nobody takes it for lent
                    Probe probe = new Probe(record, time.nanos());
                    running.add(probe);
                    return probe;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void run(Probe probe) {
        Consumer<ConnectionRecord> verdict = ConnectionRecord::markAlive;
        try {
            Connection connection = probe.record.connection();
            if (connection != null) {
                ask(probe.record, connection);
            }
        } catch (SQLException | RuntimeException | Error e) {
            verdict = record -> record.invalidate(e);
        }
        try {
            end(probe, verdict);
        } finally {
            startNext();
        }
    }

    private void ask(ConnectionRecord record, Connection connection) throws SQLException {
        pool.logDetail("Pool '{}': pinging idle connection {}", pool.name(), record.id());
        Recorder.Span span = pool.recorder().validating();
        try {
            record.markAsked();
            if (!pool.dialect().ping(connection, PING_SECONDS)) {
                throw new SQLTransientConnectionException("It did not answer the ping.", "08006");
            }
            if (!connection.getAutoCommit()) {
                pool.dialect().rollback(connection); // what some drivers ask with begins a transaction
            }
        } catch (SQLException | RuntimeException | Error e) {
            span.end(record, e);
            throw e;
        }
        span.end(record, null);
    }

    /** Only who ends it may touch the record: afterwards it is another's, perhaps with another connection. */
    private void end(Probe probe, Consumer<ConnectionRecord> verdict) {
        if (!probe.tryEnd()) {
            return; // given up before, or answered in the last moment
        }
        try {
            verdict.accept(probe.record);
        } finally {
            lock.lock();
            try {
                running.remove(probe);
            } finally {
                lock.unlock();
            }
            pool.restore(probe.record);
            pool.housekeep();
        }
    }

    /** Gives up on connections that do not answer at all; false if none is being asked. */
    boolean check() {
        for (Probe probe : overdue()) {
            pool.housekeeper().apart(() -> {
                end(
                        probe,
                        record -> record.invalidate(new SQLTransientConnectionException(
                                "It neither answered the ping nor failed.", "08006")));
                startNext();
            });
        }
        startNext();
        return running() > 0;
    }

    private List<Probe> overdue() {
        List<Probe> overdue = new ArrayList<>();
        lock.lock();
        try {
            long now = time.nanos();
            for (Probe probe : running) {
                if (now - probe.since >= PATIENCE) {
                    overdue.add(probe);
                }
            }
        } finally {
            lock.unlock();
        }
        return overdue;
    }

    /** How many are likely to be back in a moment. */
    int promising() {
        int count = 0;
        lock.lock();
        try {
            for (Probe probe : running) {
                if (time.nanos() - probe.since < Growth.STRAY_PATIENCE) {
                    count++;
                }
            }
        } finally {
            lock.unlock();
        }
        return count;
    }

    int running() {
        lock.lock();
        try {
            return running.size();
        } finally {
            lock.unlock();
        }
    }

    /** The pool has been closed. */
    void stop() {
        lock.lock();
        try {
            pending.clear();
        } finally {
            lock.unlock();
        }
        ownThreads.shutdown();
    }
}
