/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Closes the connections of a pool on threads of its own, so that no borrower waits, or none for ever, for a database that does
 * not answer.
 *
 * <p>A connection that has not been closed after {@link #PATIENCE} is aborted; if it is still there after as long again, it is
 * given up: it no longer counts against the pool's limit. A few are closed at a time; but as long as one hangs that has been aborted, all are
 * that are to be closed, as each may take as long.
 */
final class Closer {

    static final int CONCURRENCY = 8;
    static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);
    private static final long SHORTEST_PATIENCE = TimeUnit.SECONDS.toNanos(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Closing> pending = new ArrayDeque<>();
    private final Set<Closing> running = new HashSet<>();
    private final SteadyTime time;
    private final Pool pool;
    private final ThreadPoolExecutor ownThreads;
    private final Executor threads;
    private final int concurrency;
    private final Consumer<Connection> ended;

    /**
     * @param concurrency how many at a time
     * @param ended told of each connection that is gone or given up
     */
    Closer(Pool pool, int concurrency, Consumer<Connection> ended) {
        this.pool = pool;
        time = new SteadyTime(pool.ticker());
        ownThreads = PoolThreads.of(pool.config(), "closer");
        threads = Objects.requireNonNullElse(pool.config().closers(), ownThreads);
        this.concurrency = concurrency;
        this.ended = ended;
    }

    void close(Closing closing) {
        lock.lock();
        try {
            pending.add(closing);
        } finally {
            lock.unlock();
        }
        startNext();
    }

    /** Returns when the connection is gone, or when its caller has waited for that long enough. */
    void closeAndWait(Closing closing) {
        closeAndWait(closing, Long.MAX_VALUE);
    }

    /** The same for a caller who has no more than so much time. */
    void closeAndWait(Closing closing, long timeLeft) {
        close(closing);
        if (!closing.isOver()) {
            pool.housekeep();
            closing.await(pool.ticker(), Math.min(patience(), timeLeft));
        }
    }

    private long patience() {
        long timeout = pool.timeoutNanos();
        return timeout == 0 ? SHORTEST_PATIENCE : Math.min(PATIENCE, timeout);
    }

    /** Returns when the connection is gone or given up. For who holds up nobody. */
    void closeToTheEnd(Closing closing) {
        close(closing);
        if (!closing.isOver()) {
            pool.housekeep();
            closing.await();
        }
    }

    /** Aborts a connection that somebody holds who is not done with it. */
    void abort(Connection held, CloseReason reason) {
        close(Closing.byAbort(pool, held, reason));
        pool.housekeep();
    }

    /** False if there is none to start at present. */
    private boolean startNext() {
        Closing next = next();
        if (next == null) {
            return false;
        }
        try {
            threads.execute(() -> run(next));
        } catch (Throwable e) { // no thread to be had
            pool.logSafely(log -> log.warn("Pool '{}': closing a connection on the caller's thread", pool.name(), e));
            run(next);
        }
        return true;
    }

    private @Nullable Closing next() {
        lock.lock();
        try {
            long now = time.nanos();
            boolean mayBegin = running.size() < concurrency || running.stream().anyMatch(Closing::isAborted);
            Closing next = mayBegin ? pending.poll() : null;
            if (next != null) {
                running.add(next);
                next.begin(now);
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void run(Closing closing) {
        try {
            closing.run();
        } finally {
            end(closing);
        }
    }

    private void end(Closing closing) {
        if (!closing.tryEnd()) {
            return; // given up before
        }
        lock.lock();
        try {
            running.remove(closing);
        } finally {
            lock.unlock();
        }
        try {
            ended.accept(closing.connection);
        } finally {
            startNext();
        }
    }

    /** Waits as long as there are too many under way for which others have waited in vain. */
    void awaitForsaken(IntPredicate tooMany) {
        while (true) {
            List<Closing> forsaken =
                    underWay().stream().filter(Closing::isForsaken).toList();
            if (forsaken.isEmpty() || !tooMany.test(forsaken.size())) {
                return;
            }
            forsaken.get(0).await();
        }
    }

    /** The pool has been closed; what comes back late is closed here all the same, but no thread waits for it. */
    void expectLess() {
        ownThreads.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
    }

    /** Deals with those that take too long; false if there is nothing under way. */
    boolean check() {
        long now = now();
        boolean stuck = false;
        for (Closing closing : underWay()) {
            long age = now - closing.since();
            if (age >= 2 * PATIENCE) {
                giveUp(closing);
            } else if (age >= PATIENCE && closing.tryAbort()) {
                pool.logSafely(log -> log.warn(
                        "Pool '{}': closing a connection ({}) takes longer than {} s; it is aborted",
                        pool.name(),
                        closing.reason,
                        TimeUnit.NANOSECONDS.toSeconds(PATIENCE)));
                startAbort(closing);
                stuck = true;
            }
        }
        while (stuck && startNext()) {
            // the rest, none of which is to wait for its turn now
        }
        return isBusy();
    }

    /** Whether something is under way. */
    boolean isBusy() {
        return !underWay().isEmpty();
    }

    private long now() {
        lock.lock();
        try {
            return time.nanos();
        } finally {
            lock.unlock();
        }
    }

    private List<Closing> underWay() {
        lock.lock();
        try {
            return new ArrayList<>(running);
        } finally {
            lock.unlock();
        }
    }

    private void startAbort(Closing closing) {
        try {
            threads.execute(() -> abort(closing));
        } catch (Throwable e) { // no thread to be had, and this one has others to look after
            pool.logSafely(log -> log.error("Pool '{}': a connection cannot be aborted", pool.name(), e));
        }
    }

    private void abort(Closing closing) {
        try {
            closing.connection.abort(Runnable::run);
        } catch (Throwable e) {
            pool.logSafely(log -> log.error("Pool '{}': aborting a connection failed", pool.name(), e));
        }
    }

    private void giveUp(Closing closing) {
        pool.logSafely(log -> log.error(
                "Pool '{}': the driver neither closes nor aborts a connection ({}); it is given up and may still be open at"
                        + " the database",
                pool.name(),
                closing.reason));
        end(closing);
    }
}
