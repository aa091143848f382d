/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.SlotQueue;
import java.sql.Connection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The drains of a {@link QueuePool} that are not over. */
final class Drains {

    private final SlotQueue<ConnectionRecord> queue;
    private final Queue<Drain> present = new ConcurrentLinkedQueue<>();

    Drains(SlotQueue<ConnectionRecord> queue) {
        this.queue = queue;
    }

    /** Has a drain wait for the present connections; it hears of their departure before it is begun. */
    Drain prepare(Drain drain) {
        present.add(drain);
        queue.forEach(drain::add);
        return drain;
    }

    /** A connection is gone for good. */
    void left(Connection connection) {
        if (present.isEmpty()) {
            return;
        }
        present.forEach(drain -> drain.left(connection));
        check();
    }

    /** Looks who has come back; a matter of rounds, as a return must not cost anything. */
    void check() {
        present.removeIf(Drain::check);
    }
}
