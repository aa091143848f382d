/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Waiter;
import java.sql.Connection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** The drains of a pool that are not over. */
final class Drains {

    private final Consumer<Consumer<ConnectionRecord>> records;
    private final Queue<Drain> present = new ConcurrentLinkedQueue<>();

    /**
     * @param records calls back for each record of the pool
     */
    Drains(Consumer<Consumer<ConnectionRecord>> records) {
        this.records = records;
    }

    /** Has a drain wait for the present connections; it hears of their departure before it is begun. */
    Drain prepare(Drain drain) {
        present.add(drain);
        records.accept(drain::add);
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
