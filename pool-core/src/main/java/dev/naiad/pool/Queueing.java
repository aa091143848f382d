/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.SlotQueue;
import dev.naiad.pool.queue.Waiter;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How the wait of a caller in a queue comes to its end, in every pool that has one. */
final class Queueing {

    /** What the caller does while it is in the queue. */
    interface Stay {
        void await() throws InterruptedException, SQLException;
    }

    private Queueing() {}

    /**
     * Stays in the queue, and leaves it in any case. A thread that is interrupted stays so.
     *
     * @param unwanted takes a place that came at the moment when the stay ended by an exception
     * @return what interrupted it, or null; the waiter's outcome is final now
     */
    static @Nullable InterruptedException stay(
            SlotQueue<ConnectionRecord> queue,
            Waiter<ConnectionRecord> waiter,
            Stay stay,
            Consumer<ConnectionRecord> unwanted)
            throws SQLException {
        boolean undisturbed = false;
        try {
            stay.await();
            undisturbed = true;
            return null;
        } catch (InterruptedException e) {
            undisturbed = true;
            Thread.currentThread().interrupt();
            return e;
        } finally {
            queue.leave(waiter);
            ConnectionRecord place = undisturbed ? null : waiter.slot();
            if (place != null) {
                unwanted.accept(place);
            }
        }
    }

    /**
     * What the caller gets: a place, the failure it was told, or that it was interrupted; null if it has waited in vain.
     *
     * @param interrupted what {@link #stay} returned
     */
    static @Nullable ConnectionRecord outcome(
            Pool pool, Waiter<ConnectionRecord> waiter, @Nullable InterruptedException interrupted)
            throws SQLException {
        Throwable failure = waiter.failure();
        if (failure != null) {
            throw Failures.asThrownHere(failure);
        }
        ConnectionRecord place = waiter.slot();
        if (place == null && interrupted != null) {
            throw new SQLException(
                    "Pool '" + pool.name() + "': interrupted while waiting for a connection.", "HY008", interrupted);
        }
        return place;
    }
}
