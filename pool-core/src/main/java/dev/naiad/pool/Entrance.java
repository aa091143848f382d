/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.SlotQueue;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How somebody who finds nothing idle at a {@link QueuePool} comes by a connection, or learns why there is none. */
final class Entrance {

    private final QueuePool pool;
    private final SlotQueue<ConnectionRecord> queue;
    private final Openings openings;
    private final Returns returns;
    private final NestedCheckouts nested;
    private final BriefReport.Source briefReports;

    Entrance(
            QueuePool pool,
            SlotQueue<ConnectionRecord> queue,
            Openings openings,
            Returns returns,
            NestedCheckouts nested) {
        this.pool = pool;
        this.queue = queue;
        this.openings = openings;
        this.returns = returns;
        this.nested = nested;
        briefReports = new BriefReport.Source(pool);
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
        Turn turn = new Turn(pool, queue, openings, returns, nested, start, deadline);
        Recorder.Span span = pool.recorder().waiting();
        try {
            ConnectionRecord record = turn.take();
            span.end(record, null);
            return record;
        } catch (Throwable e) {
            span.end(null, e);
            throw e;
        } finally {
            turn.end();
        }
    }

    private void checkEntrance() throws SQLException {
        if (pool.suspension() == Suspension.FAIL && !pool.isClosed()) {
            throw new PoolSuspendedException(pool.name());
        }
        int limit = pool.config().maxWaiters();
        if (limit != Integer.MAX_VALUE && queue.waiting() >= limit) {
            throw new TooManyWaitersException(briefReports.get(), pool.snapshot(), limit);
        }
        Duration shedAfter = pool.config().shedAfter();
        if (shedAfter != null && pool.suspension() == null) {
            Duration longestWait = Duration.ofNanos(queue.longestWait());
            if (longestWait.compareTo(shedAfter) > 0) {
                throw new PoolOverloadedException(briefReports.get(), pool.snapshot(), longestWait, shedAfter);
            }
        }
    }
}
