/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.jfr.ConnectionHeldEvent;
import dev.naiad.pool.jfr.ConnectionResetEvent;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Has the flight recorder told of each loan and each reset. To that end it observes the pool, but only as long as a recording wants
 * it, because a pool that is observed lends and takes back by the long way. The housekeeper, who is awake while anything is
 * lent, looks if that has changed.
 */
final class LoanRecorder {

    private static final Set<PoolEvent.Kind> OBSERVED =
            EnumSet.of(PoolEvent.Kind.CHECKOUT, PoolEvent.Kind.RESET, PoolEvent.Kind.CHECKIN, PoolEvent.Kind.DETACH);

    /** Never written; asked whether somebody records its kind. */
    private static final ConnectionHeldEvent ANY_LOAN = new ConnectionHeldEvent();

    private static final ConnectionResetEvent ANY_RESET = new ConnectionResetEvent();

    private final ReentrantLock changing = new ReentrantLock();
    private final Map<ConnectionPoolEntry, ConnectionHeldEvent> held = new ConcurrentHashMap<>();
    private final Map<ConnectionPoolEntry, ConnectionResetEvent> returning = new ConcurrentHashMap<>();
    private final Pool pool;
    private @Nullable Registration observing;

    LoanRecorder(Pool pool) {
        this.pool = pool;
        sweep();
    }

    void sweep() {
        boolean wanted = ANY_LOAN.isEnabled() || ANY_RESET.isEnabled();
        changing.lock();
        try {
            if (wanted && observing == null) {
                observing = pool.listeners().addOwn(OBSERVED, this::observe);
            } else if (!wanted && observing != null) {
                observing.close();
                observing = null;
                held.clear();
                returning.clear();
            }
        } finally {
            changing.unlock();
        }
    }

    private void observe(PoolEvent event) {
        if (event instanceof PoolEvent.Checkout checkout) {
            lent(checkout.entry());
        } else if (event instanceof PoolEvent.Reset reset) {
            ConnectionPoolEntry entry = reset.entry();
            if (entry != null) {
                comesBack(entry);
            }
        } else if (event instanceof PoolEvent.Checkin checkin) {
            cameBack(checkin.entry(), checkin.connection() != null);
        } else if (event instanceof PoolEvent.Detach detach) {
            cameBack(detach.entry(), false);
        }
    }

    private void lent(ConnectionPoolEntry entry) {
        ConnectionHeldEvent event = new ConnectionHeldEvent();
        if (event.isEnabled()) {
            event.borrower = Thread.currentThread();
            event.begin();
            held.put(entry, event);
        }
    }

    /** From here on its borrower has nothing to do with it. */
    private void comesBack(ConnectionPoolEntry entry) {
        endLoan(entry);
        ConnectionResetEvent reset = new ConnectionResetEvent();
        if (reset.isEnabled()) {
            reset.begin();
            returning.put(entry, reset);
        }
    }

    /** Without a reset, if its connection was invalidated. */
    private void cameBack(ConnectionPoolEntry entry, boolean kept) {
        ConnectionResetEvent reset = returning.remove(entry);
        if (reset != null) {
            reset.end();
            if (reset.shouldCommit()) {
                reset.pool = pool.name();
                reset.connection = entry.id();
                reset.kept = kept;
                reset.commit();
            }
        }
        endLoan(entry);
    }

    private void endLoan(ConnectionPoolEntry entry) {
        ConnectionHeldEvent loan = held.remove(entry);
        if (loan != null) {
            loan.end();
            if (loan.shouldCommit()) {
                loan.pool = pool.name();
                loan.connection = entry.id();
                loan.commit();
            }
        }
    }
}
