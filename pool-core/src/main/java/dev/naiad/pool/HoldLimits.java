/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.Holder;
import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.jdbc.SessionState;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Deals with connections that are held for too long: see {@link PoolSettings#holdLimit}. It looks when the housekeeper does; what the
 * driver may take some time for is done on threads of its own.
 */
final class HoldLimits {

    private final ReentrantLock sweeping = new ReentrantLock();
    private final Map<ConnectionRecord, Loan> warned = new ConcurrentHashMap<>();
    private final Pool pool;

    HoldLimits(Pool pool) {
        this.pool = pool;
    }

    void sweep(long now) {
        if (!sweeping.tryLock()) {
            return;
        }
        try {
            checkWarned(now);
            PoolConfig config = pool.config();
            for (ConnectionRecord record : pool.lostConnections().records()) {
                SessionState session = record.session();
                if (session != null) {
                    session.setCancellable(config.holdLimitCancel() != null);
                }
                Loan loan = config.holdLimit() == null ? null : Loan.of(record, now);
                if (loan != null && !loan.isReturning(record)) {
                    check(record, loan, now, config);
                }
            }
        } finally {
            sweeping.unlock();
        }
    }

    private void check(ConnectionRecord record, Loan loan, long now, PoolConfig config) {
        Duration unchanged = loan.unchangedFor(now);
        boolean calling = loan.isCalling();
        boolean cancelled = calling && loan.cancelled == loan.calls();
        if (isOver(unchanged, config.holdLimitAbort()) && (!calling || cancelled)) {
            abort(record, loan, now);
        } else if (calling && !cancelled && isOver(unchanged, config.holdLimitCancel())) {
            loan.cancelled = loan.calls();
            cancel(record, loan, now);
        } else if (!calling && !warned.containsKey(record) && isOver(unchanged, config.holdLimit())) {
            warned.put(record, loan);
            pool.counters().heldTooLong.incrementAndGet();
            tell(record, loan, now, HoldLimitStep.WARN, "");
        }
    }

    private static boolean isOver(Duration time, @Nullable Duration limit) {
        return limit != null && time.compareTo(limit) >= 0;
    }

    private void cancel(ConnectionRecord record, Loan loan, long now) {
        tell(record, loan, now, HoldLimitStep.CANCEL, "; its statement is cancelled");
        SessionState session = record.session();
        if (session == null) {
            return;
        }
        pool.inBackground(() -> {
            try {
                session.cancel(loan.cancelled);
            } catch (Throwable e) { // a driver's; there is the next step
                pool.logSafely(log -> log.warn(
                        "Pool '{}': cancelling a statement of connection {} failed", pool.name(), record.id(), e));
            }
        });
    }

    /** As with one that is lost; but somebody may still have the proxy, whose ticket is void from now on. */
    private void abort(ConnectionRecord record, Loan loan, long now) {
        if (record.isExposedUnder(loan.ticket)) {
            return; // the driver's own object may be in use where nobody sees it
        }
        Holder holder = pool.watch().holder(record, loan, now, true);
        if (!record.tryBeginReturn(loan.ticket)) {
            return;
        }
        warned.remove(record);
        tell(record, holder, HoldLimitStep.ABORT, "; the connection is taken back and closed");
        pool.inBackground(() -> {
            try {
                record.closeConnection(CloseReason.HELD_TOO_LONG);
            } finally {
                record.checkin();
            }
        });
    }

    private void checkWarned(long now) {
        Iterator<Map.Entry<ConnectionRecord, Loan>> entries = warned.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<ConnectionRecord, Loan> entry = entries.next();
            ConnectionRecord record = entry.getKey();
            Loan loan = entry.getValue();
            if (loan.isOver(record)) {
                entries.remove();
                cameBack(record, loan, now);
            }
        }
    }

    private void cameBack(ConnectionRecord record, Loan loan, long now) {
        Duration held = loan.heldFor(now);
        pool.logSafely(log -> log.info(
                "Pool '{}': connection {}, held for too long by {}, came back after all, after {} s",
                pool.name(),
                record.id(),
                loan.borrower,
                held.toSeconds()));
        pool.chronicle().note(Transition.Kind.CAME_BACK, record.id(), loan.borrower.toString());
        pool.announce(PoolEvent.Kind.CAME_BACK, () -> new PoolEvent.CameBack(pool, record, loan.borrower, held));
    }

    /** It did not come back but was lost. */
    void forget(ConnectionRecord record) {
        warned.remove(record);
    }

    private void tell(ConnectionRecord record, Loan loan, long now, HoldLimitStep step, String consequence) {
        tell(record, pool.watch().holder(record, loan, now, true), step, consequence);
    }

    private void tell(ConnectionRecord record, Holder holder, HoldLimitStep step, String consequence) {
        pool.logSafely(log -> log.warn(
                "Pool '{}': connection {} has been held for {} s by {}, {} for {} s{}{}{}",
                pool.name(),
                record.id(),
                holder.heldFor().toSeconds(),
                holder.thread(),
                step == HoldLimitStep.CANCEL || holder.activity() == Holder.Activity.CALLING
                        ? "in a call to the database"
                        : "unused",
                holder.unchangedFor().toSeconds(),
                holder.sql() == null ? "" : "; last SQL: " + holder.sql(),
                holder.borrowedAt().isEmpty()
                        ? ""
                        : "; borrowed at " + holder.borrowedAt().get(0),
                consequence));
        pool.chronicle().note(Transition.Kind.HELD_TOO_LONG, record.id(), step + ", " + holder.thread());
        pool.recorder().heldTooLong(holder, step);
        pool.announce(PoolEvent.Kind.HELD_TOO_LONG, () -> new PoolEvent.HeldTooLong(pool, record, holder, step));
    }
}
