/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.Waiter;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What has to happen to the connections a pool had at one moment: they are closed, idle ones at once and those in use when they
 * come back; or, when the pool is suspended, they come back. When it is resumed, what has to happen to those who waited then. A connection
 * whose closing has begun before is not among them. Thread-safe.
 */
public final class Drain {

    /** What is waited for. */
    enum Goal {
        /** That the connections are physically closed, detached, or given up because the driver does not close them. */
        CLOSED,
        /** That those in use come back. */
        RETURNED,
        /** That those who wait for a connection get one, or learn that they will not, or give up. */
        SERVED
    }

    /**
     * @param connection null while it is being opened
     */
    private record Leaving(
            ConnectionRecord record, @Nullable Connection connection, long ticket) {

        @SuppressWarnings("ReferenceEquality") // drivers may define equality as they like
        boolean isInPlace() {
            return record.connection() == connection;
        }

        @SuppressWarnings("ReferenceEquality") // records have no other
        boolean isOf(ConnectionRecord opening) {
            return connection == null && record == opening;
        }

        boolean isBack() {
            return !isInPlace() || record.ticket() != ticket && record.mode() != Slot.Mode.RETURNING;
        }
    }

    private final Goal goal;
    private final Executor threads;
    private final Queue<Leaving> leaving = new ConcurrentLinkedQueue<>();
    private final Queue<Waiter<?>> waiting = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile int total;
    private volatile boolean begun;

    /**
     * @param threads where what depends on the drain runs
     */
    Drain(Goal goal, Executor threads) {
        this.goal = goal;
        this.threads = threads;
    }

    /**
     * By one thread, before {@link #begin()}, while others may already call {@link #left}. A connection that is on its way out
     * at this moment is not waited for.
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread
    void add(ConnectionRecord record) {
        long ticket = record.ticket();
        Connection connection = record.connection();
        if (connection == null || goal == Goal.RETURNED && !record.inUse()) {
            return;
        }
        total++;
        if (!addPresent(new Leaving(record, connection, ticket))) {
            total--;
        }
    }

    private boolean addPresent(Leaving each) {
        leaving.add(each);
        return each.isInPlace() || !leaving.remove(each);
    }

    /** The same for a record whose connection is being opened. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread
    void addArriving(ConnectionRecord record) {
        if (record.connection() != null) {
            add(record);
        } else if (goal == Goal.CLOSED) {
            leaving.add(new Leaving(record, null, record.ticket()));
            total++;
        }
    }

    /** The connection that is being opened for this record is there. */
    void opened(ConnectionRecord record) {
        Connection connection = record.connection();
        if (connection != null && isAwaiting(record)) {
            addPresent(new Leaving(record, connection, record.ticket()));
        }
        forgo(record);
    }

    /** No connection is going to be opened for this record. */
    void forgo(ConnectionRecord record) {
        leaving.removeIf(each -> each.isOf(record));
    }

    private boolean isAwaiting(ConnectionRecord record) {
        return leaving.stream().anyMatch(each -> each.isOf(record));
    }

    /** By one thread, before {@link #begin()}. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread
    void add(Waiter<?> waiter) {
        waiting.add(waiter);
        total++;
    }

    /** All have been added. */
    void begin() {
        begun = true;
        check();
    }

    /** A connection is gone for good. */
    @SuppressWarnings("ReferenceEquality") // drivers may define equality as they like
    void left(Connection connection) {
        leaving.removeIf(each -> each.connection == connection);
        check();
    }

    /** Looks who has come back, or waits no more; true if it is over. */
    boolean check() {
        if (goal == Goal.RETURNED) {
            leaving.removeIf(Leaving::isBack);
        }
        waiting.removeIf(Waiter::settled);
        return begun && leaving.isEmpty() && waiting.isEmpty() && (done.complete(null) || done.isDone());
    }

    /** How many connections there were; of a pool that was resumed, how many callers waited. */
    public int total() {
        return total;
    }

    /** How many are still there, those included that are being closed at the moment; or still wait. */
    public int remaining() {
        check();
        return leaving.size() + waiting.size();
    }

    /** The places of those that are still there, in use. Who waits has no place: see {@link Pool#report()}. */
    public List<ConnectionPoolEntry> stragglers() {
        check();
        return leaving.stream()
                .filter(Leaving::isInPlace)
                .<ConnectionPoolEntry>map(Leaving::record)
                .toList();
    }

    /** Complete when there are none left; never fails. What depends on it runs on a thread of the pool. */
    public CompletionStage<Void> completion() {
        return done.thenRunAsync(() -> {}, threads).minimalCompletionStage();
    }

    /**
     * Waits until there are none left.
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
