/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Threads that write to a {@link Ledger} through a pool, one transaction after the other, whatever happens. */
final class LedgerLoad implements AutoCloseable {

    /** What a thread does after a failure, as a sensible program would. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(5);

    private final Pool pool;
    private final Ledger ledger;
    private final List<Borrower<Void>> threads = new ArrayList<>();
    private final Map<String, AtomicInteger> failures = new ConcurrentHashMap<>();
    private final AtomicLong longestWait = new AtomicLong();
    private final Map<Object, Thread> holders = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    LedgerLoad(Pool pool, Ledger ledger, int threadCount) {
        this.pool = pool;
        this.ledger = ledger;
        for (int i = 0; i < threadCount; i++) {
            threads.add(Borrower.of(this::work));
        }
    }

    private Void work() {
        while (!stopped) {
            try {
                addOne();
            } catch (SQLException e) {
                count(e);
                LockSupport.parkNanos(PAUSE_AFTER_FAILURE.toNanos());
            }
        }
        return null;
    }

    private void addOne() throws SQLException {
        long start = System.nanoTime();
        PoolProxiedConnection connection;
        try {
            connection = pool.connect();
        } finally {
            longestWait.accumulateAndGet(System.nanoTime() - start, Math::max);
        }
        Object place = connection.entry();
        Thread other = holders.putIfAbsent(place, Thread.currentThread());
        try (Connection closing = connection) {
            if (other != null) {
                throw new AssertionError(place + " is lent twice, also to " + other);
            }
            try {
                ledger.add(closing);
            } finally {
                holders.remove(place, Thread.currentThread());
            }
        }
    }

    private void count(SQLException e) {
        failures.computeIfAbsent(e.getClass().getSimpleName() + " " + e.getSQLState(), key -> new AtomicInteger())
                .incrementAndGet();
    }

    /** What callers have seen until now: how many of which kind. */
    Map<String, Integer> failures() {
        Map<String, Integer> seen = new TreeMap<>();
        failures.forEach((kind, count) -> seen.put(kind, count.get()));
        return seen;
    }

    int failureCount() {
        return failures().values().stream().mapToInt(count -> count).sum();
    }

    Duration longestWait() {
        return Duration.ofNanos(longestWait.get());
    }

    /** Waits until a number of further transactions has been confirmed, and tells how long that took. */
    Duration awaitProgress(int transactions) {
        long start = System.nanoTime();
        int goal = ledger.confirmed() + transactions;
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> ledger.confirmed() >= goal || isBroken());
        if (isBroken()) {
            throw new AssertionError("A thread has given up: " + failures);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private boolean isBroken() {
        return threads.stream().anyMatch(Borrower::isDone);
    }

    /** Lets everybody finish. */
    void stop() throws Exception {
        stopped = true;
        for (Borrower<Void> thread : threads) {
            thread.get();
        }
    }

    @Override
    public void close() {
        stopped = true;
    }
}
