/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The departure of the connections a pool had at one moment. Idle ones leave at once, those in use when they come back.
 * Thread-safe.
 */
public final class Drain {

    private record Leaving(ConnectionRecord record, Connection connection) {

        @SuppressWarnings("ReferenceEquality") // drivers may define equality as they like
        boolean isGone() {
            return record.connection() != connection;
        }
    }

    private final Queue<Leaving> leaving = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int total;

    Drain() {}

    /** Before the drain is shown to others. */
    void add(ConnectionRecord record) {
        Connection connection = record.connection();
        if (connection != null) {
            leaving.add(new Leaving(record, connection));
            total++;
        }
    }

    /** Looks who has gone; true if everybody has. */
    boolean check() {
        leaving.removeIf(Leaving::isGone);
        return leaving.isEmpty() && (done.complete(null) || done.isDone());
    }

    /** How many connections there were. */
    public int total() {
        return total;
    }

    /** How many are still there. */
    public int remaining() {
        return stragglers().size();
    }

    /** The places of those that are still there, in use. */
    public List<ConnectionPoolEntry> stragglers() {
        return leaving.stream()
                .filter(each -> !each.isGone())
                .<ConnectionPoolEntry>map(Leaving::record)
                .toList();
    }

    /** Complete when the last has gone; never fails. What depends on it runs on a thread of the pool, or of a borrower. */
    public CompletionStage<Void> completion() {
        return done.minimalCompletionStage();
    }

    /**
     * Waits for the last to go.
     *
     * @return false if that did not come about in time
     */
    public boolean await(Duration patience) throws InterruptedException {
        try {
            done.get(PoolConfig.saturatedNanos(patience), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        return "Drain[" + remaining() + " of " + total + " remaining]";
    }
}
