/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Waiter;
import java.sql.Connection;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The drains of a pool that are not over, and the connections that are being opened: an epoch that begins divides these, too, so
 * that no connection of the old one can turn up after a drain is over.
 */
final class Drains {

    private final Pool pool;
    private final Queue<Drain> present = new ConcurrentLinkedQueue<>();
    private final Set<ConnectionRecord> arriving = new HashSet<>();
    private final ReentrantLock lock = new ReentrantLock();

    Drains(Pool pool) {
        this.pool = pool;
    }

    /**
     * Has a drain wait for the present connections; it hears of their departure before it is begun.
     *
     * @param turn what divides the present ones from those to come
     */
    Drain prepare(Drain drain, Runnable turn) {
        lock.lock();
        try {
            present.add(drain);
            arriving.forEach(drain::addArriving);
            for (ConnectionRecord record : pool.lostConnections().records()) {
                if (!arriving.contains(record)) {
                    drain.add(record);
                }
            }
            turn.run();
        } finally {
            lock.unlock();
        }
        return drain;
    }

    /** Has a drain wait for these. */
    Drain prepare(Drain drain, List<? extends Waiter<?>> waiters) {
        present.add(drain);
        waiters.forEach(drain::add);
        return drain;
    }

    /** Has a drain begin to which all have been added. */
    void begin(Drain drain) {
        drain.begin();
        check();
    }

    /**
     * A connection is going to be opened.
     *
     * @return the era it belongs to
     */
    long arriving(ConnectionRecord record) {
        lock.lock();
        try {
            arriving.add(record);
            return pool.era();
        } finally {
            lock.unlock();
        }
    }

    /** It is open, and in its place. */
    void opened(ConnectionRecord record) {
        tell(drain -> drain.opened(record));
    }

    /**
     * Nobody waits for its arrival any more, unless it is another attempt's by now; of a connection that is there already only the end is
     * waited for.
     */
    void forsaken(ConnectionRecord record, int attempt) {
        lock.lock();
        try {
            if (record.attempt() == attempt) {
                arriving.remove(record);
                opened(record);
            }
        } finally {
            lock.unlock();
        }
        check();
    }

    /** It has arrived, and others know of it; or it will not. */
    void arrived(ConnectionRecord record) {
        lock.lock();
        try {
            arriving.remove(record);
        } finally {
            lock.unlock();
        }
        tell(drain -> drain.forgo(record));
        check();
    }

    private void tell(Consumer<Drain> news) {
        lock.lock(); // no drain is half prepared
        try {
            present.forEach(news);
        } finally {
            lock.unlock();
        }
    }

    /** A connection is gone for good. */
    void left(Connection connection) {
        if (present.isEmpty()) {
            return;
        }
        present.forEach(drain -> drain.left(connection));
        check();
    }

    /** Looks who has come back, which is a matter of rounds, as a return must not cost anything; and who waits no more. */
    void check() {
        present.removeIf(Drain::check);
    }
}
