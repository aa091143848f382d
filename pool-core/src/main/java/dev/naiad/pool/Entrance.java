/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.SlotQueue;
import dev.naiad.pool.queue.Waiter;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How somebody who finds nothing idle at a {@link QueuePool} comes by a connection, or learns why there is none. */
final class Entrance {

    private final QueuePool pool;
    private final SlotQueue<ConnectionRecord> queue;
    private final Openings openings;
    private final Returns returns;

    Entrance(QueuePool pool, SlotQueue<ConnectionRecord> queue, Openings openings, Returns returns) {
        this.pool = pool;
        this.queue = queue;
        this.openings = openings;
        this.returns = returns;
    }

    /**
     * For a new caller.
     *
     * @param stale a record that the caller has taken and that needs another connection, or null
     */
    ConnectionRecord get(@Nullable ConnectionRecord stale) throws SQLException {
        if (waitsForNobody()) {
            return getAtOnce(stale);
        }
        long start = pool.ticker().nanos();
        return getInTurn(stale, start, start + pool.timeoutNanos());
    }

    /** For one who got a record that turned out dead. What comes first, a new connection or a returned one, serves it. */
    ConnectionRecord getInstead(ConnectionRecord dead) throws SQLException {
        return waitsForNobody()
                ? getAtOnce(dead)
                : getInTurn(dead, pool.ticker().nanos(), dead.deadline());
    }

    private boolean waitsForNobody() {
        Duration timeout = pool.config().timeout();
        return timeout != null && timeout.isZero();
    }

    /** Without waiting for others: what is idle, or a connection opened here and now. */
    private ConnectionRecord getAtOnce(@Nullable ConnectionRecord stale) throws SQLException {
        if (pool.isClosed()) {
            if (stale != null) {
                returns.retire(stale, CloseReason.POOL_CLOSED);
            }
            throw new PoolClosedException(pool.name());
        }
        Suspension present = pool.suspension();
        if (present != null) {
            if (stale != null) {
                returns.vacate(stale);
            }
            throw refusal(present);
        }
        if (stale != null && stale.connection() == null) {
            returns.vacate(stale); // what it had may still be on its way out, and counts until then
            return getAtOnce(null);
        }
        ConnectionRecord opened = openings.openAtOnce(stale);
        if (pool.isClosed()) {
            returns.retire(opened, CloseReason.POOL_CLOSED);
            throw new PoolClosedException(pool.name());
        }
        Suspension meanwhile = pool.suspension();
        if (meanwhile != null) {
            returns.settle(opened, true);
            throw refusal(meanwhile);
        }
        opened.moveTo(Slot.Mode.IN_USE);
        return opened;
    }

    private SQLException refusal(Suspension present) {
        return present == Suspension.FAIL
                ? new PoolSuspendedException(pool.name())
                : pool.timedOut(Duration.ZERO, openings.lastFailure());
    }

    private ConnectionRecord getInTurn(@Nullable ConnectionRecord stale, long start, long deadline)
            throws SQLException {
        if (stale != null) {
            returns.refresh(stale);
        }
        pool.lostConnections().reclaim();
        checkEntrance();
        Waiter<ConnectionRecord> waiter = queue.join();
        InterruptedException interrupted = null;
        long end = start;
        boolean undisturbed = false;
        try {
            openings.grow();
            if (pool.isClosed()) {
                queue.fail(waiter, new PoolClosedException(pool.name()));
            } else if (pool.suspension() == Suspension.FAIL) {
                queue.fail(waiter, new PoolSuspendedException(pool.name()));
            }
            if (!waiter.attended() && !waiter.settled()) {
                pool.announce(PoolEvent.Kind.WAITING, () -> new PoolEvent.Waiting(pool, queue.waiting()));
            }
            waiter.await(pool.ticker()::nanos, deadline);
            end = pool.ticker().nanos();
            undisturbed = true;
        } catch (InterruptedException e) {
            interrupted = e;
            end = pool.ticker().nanos();
            undisturbed = true;
            Thread.currentThread().interrupt();
        } finally {
            queue.leave(waiter);
            ConnectionRecord unwanted = undisturbed ? null : waiter.slot();
            if (unwanted != null) {
                returns.settle(unwanted, false);
            }
        }
        ConnectionRecord record = waiter.slot();
        tellWaited(Duration.ofNanos(end - start), record != null);
        if (record != null) {
            record.setDeadline(deadline);
            return record;
        }
        Throwable failure = waiter.failure();
        if (failure != null) {
            throw Failures.asThrownHere(failure);
        }
        if (interrupted != null) {
            throw new SQLException(
                    "Pool '" + pool.name() + "': interrupted while waiting for a connection.", "HY008", interrupted);
        }
        throw pool.timedOut(Duration.ofNanos(end - start), openings.lastFailure());
    }

    private void tellWaited(Duration waited, boolean served) {
        pool.counters().waited(waited.toNanos());
        pool.announce(PoolEvent.Kind.WAITED, () -> new PoolEvent.Waited(pool, waited, served));
    }

    private void checkEntrance() throws SQLException {
        if (pool.suspension() == Suspension.FAIL && !pool.isClosed()) {
            throw new PoolSuspendedException(pool.name());
        }
        int limit = pool.config().maxWaiters();
        if (limit != Integer.MAX_VALUE && queue.waiting() >= limit) {
            throw new TooManyWaitersException(pool.snapshot(), limit);
        }
    }
}
