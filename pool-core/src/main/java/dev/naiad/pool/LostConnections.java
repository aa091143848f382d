/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.RecentFailure;
import dev.naiad.pool.diagnose.Transition;
import dev.naiad.pool.jdbc.SessionState;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the borrowed connections of a pool that nobody can reach any more, and has their places given back.
 *
 * <p>There is one reference per physical connection, made when that is opened, so lending costs nothing. It is phantom, not
 * weak: as long as some finalizer may still close the connection, it is not lost. What it leads to must not lead to the proxy;
 * and it is itself held here, since one that is lost together with what it watches is never heard of.
 *
 * <p>Only the proxy knew the open statements and what was changed in the session, so a lost connection is not reset and lent
 * again but closed. That is done on threads of its own, because a driver may take its time.
 */
final class LostConnections {

    private static final VarHandle RESTING;

    static {
        try {
            RESTING = MethodHandles.lookup().findVarHandle(PlaceSentinel.class, "resting", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Pool pool;
    private final ReferenceQueue<Object> queue = new ReferenceQueue<>();
    private final Set<DetachedSentinel> detached = ConcurrentHashMap.newKeySet();
    private final Map<ConnectionRecord, PlaceSentinel> records = new ConcurrentHashMap<>();
    private final ReentrantLock sweeping = new ReentrantLock();

    LostConnections(Pool pool) {
        this.pool = pool;
    }

    /** Stands for one physical connection while its borrower is watched. */
    abstract static class Sentinel extends PhantomReference<Object> {

        private Sentinel(Object watched, ReferenceQueue<Object> queue) {
            super(watched, queue);
        }

        /** Watches no more; false if it did not before. */
        abstract boolean rest();

        void dismiss() {
            rest();
        }

        /** Whether a later sweep may find something to do. */
        abstract boolean sweep();

        /** What is to be done now that nobody can reach the connection; null if nothing. */
        abstract @Nullable Runnable onLoss();
    }

    /** The sentinel of a connection in its place. */
    final class PlaceSentinel extends Sentinel {

        private final ConnectionRecord record;

        @SuppressWarnings("unused") // through RESTING
        private volatile boolean resting;

        PlaceSentinel(ConnectionRecord record, SessionState session) {
            super(session, queue);
            this.record = record;
        }

        @Override
        boolean rest() {
            return RESTING.compareAndSet(this, false, true);
        }

        @Override
        void dismiss() {
            super.dismiss();
            if (records.remove(record, this)) { // it is not another connection's by now
                pool.counters().checkouts.addAndGet(record.takeLoans());
            }
        }

        @Override
        boolean sweep() {
            long word = record.ticket();
            if (record.returnsTooLong(word)) {
                SessionState session = record.session();
                tryBreakOff(
                        word,
                        TimeUnit.NANOSECONDS.toSeconds(pool.returnLimitNanos()) + " s",
                        session == null ? null : session.borrower(),
                        session == null ? null : session.borrower());
            }
            return record.sweep();
        }

        /**
         * Breaks off the return that is under way under this word; false if it has ended. Whoever calls the driver for it stays there until the
         * driver lets go.
         *
         * @param limit what it takes longer than
         * @param borrower who gives the connection back, if known
         * @param runner who calls the driver for it, if known
         */
        boolean tryBreakOff(long word, String limit, @Nullable Thread borrower, @Nullable Thread runner) {
            if (!record.tryBreakOff(word)) {
                return false;
            }
            pool.inBackground(() -> breakOff(limit, borrower, runner));
            return true;
        }

        private void breakOff(String limit, @Nullable Thread borrower, @Nullable Thread runner) {
            long word = record.brokenOffUnder();
            dismiss(); // before there can be another connection in the place
            pool.holdLimits().forget(record);
            try {
                String news = "giving back connection " + record.id() + " takes longer than " + limit;
                pool.logSafely(log -> log.warn(
                        "Pool '{}': {}{}; it is aborted", pool.name(), news, DriverCall.whereabouts(borrower, runner)));
                SQLException cause = new SQLTimeoutException("Pool '" + pool.name() + "': " + news + ".", "HYT00");
                pool.failures().note(RecentFailure.Place.RESETTING, cause);
                record.end(cause, CloseReason.INVALIDATED);
            } finally {
                pool.writeOff(record, word);
            }
        }

        @Override
        @Nullable
        Runnable onLoss() {
            long ticket = record.ticket();
            if (!record.isLentUnder(ticket)) {
                return null; // another connection came to the place, or somebody has just taken it
            }
            String borrower = Loan.lastBorrower(record);
            List<StackTraceElement> borrowedAt = record.borrowedAt(ticket);
            pool.holdLimits().forget(record);
            Connection connection = record.connection();
            if (connection != null && record.isExposedUnder(ticket)) {
                return () -> report(record, connection, borrower, borrowedAt, false);
            }
            return !record.tryBeginReturn(ticket)
                    ? null
                    : () -> {
                        try {
                            report(record, connection, borrower, borrowedAt, true);
                        } finally {
                            try {
                                record.closeConnection(CloseReason.LOST);
                            } finally {
                                record.checkin();
                            }
                        }
                    };
        }
    }

    /** The sentinel of a connection that has left the pool. */
    final class DetachedSentinel extends Sentinel {

        private final Connection connection;
        private final String borrower;
        private volatile boolean exposed;

        /** Who is closing the connection. */
        private volatile @Nullable Thread closer;

        // The housekeeper's alone.
        private boolean seenClosing;
        private long closingSince;
        private boolean aborted;

        private DetachedSentinel(DetachedConnection watched, Connection connection, boolean exposed) {
            super(watched, queue);
            this.connection = connection;
            this.borrower = Thread.currentThread().getName();
            this.exposed = exposed;
        }

        @Override
        boolean rest() {
            return detached.remove(this);
        }

        /** Notes that one of the driver's objects is handed out. */
        void markExposed() {
            exposed = true;
        }

        /** From now on until this is dismissed the connection is being reset, which is not to take too long. */
        void watchEnd(Thread who) {
            closer = who;
            pool.housekeep();
        }

        @Override
        boolean sweep() {
            Thread who = closer;
            long now = pool.ticker().nanos();
            if (who != null && !seenClosing) {
                seenClosing = true;
                closingSince = now;
            }
            if (who != null && !aborted && now - closingSince >= pool.returnLimitNanos()) {
                aborted = true;
                pool.inBackground(() -> abort(who));
            }
            return true;
        }

        private void abort(Thread who) {
            pool.logSafely(log -> log.warn(
                    "Pool '{}': giving back a detached connection takes longer than {} s{}; it is aborted",
                    pool.name(),
                    TimeUnit.NANOSECONDS.toSeconds(pool.returnLimitNanos()),
                    DriverCall.whereabouts(who, who)));
            pool.awaitedCloser().abort(connection, CloseReason.DETACHED);
        }

        @Override
        Runnable onLoss() {
            return () -> {
                report(null, connection, borrower, List.of(), !exposed);
                if (!exposed) {
                    pool.closeDetached(
                            connection, CloseReason.LOST, () -> pool.dialect().terminate(connection));
                }
            };
        }
    }

    /** Watches over a new connection; the place must not let go of the session before it is lent. */
    PlaceSentinel watch(ConnectionRecord record, SessionState session) {
        PlaceSentinel sentinel = new PlaceSentinel(record, session);
        records.put(record, sentinel);
        pool.housekeep();
        return sentinel;
    }

    DetachedSentinel watch(DetachedConnection watched, Connection connection, boolean exposed) {
        DetachedSentinel sentinel = new DetachedSentinel(watched, connection, exposed);
        detached.add(sentinel);
        pool.housekeep();
        return sentinel;
    }

    /** From now on only detached connections are watched. */
    void watchDetachedOnly() {
        records.values().forEach(Sentinel::rest);
    }

    /** Whether any connection is watched. */
    boolean watches() {
        return watching().findAny().isPresent();
    }

    /** Those that watch. */
    Stream<Sentinel> watching() {
        return Stream.concat(records.values().stream().filter(sentinel -> !sentinel.resting), detached.stream());
    }

    /** The records that have a connection, or had one when somebody last looked, lost or not. */
    Set<ConnectionRecord> records() {
        return records.keySet();
    }

    /** Lets go of what is lent for long, marks what rests, and looks for losses; true if there may be more to do later. */
    boolean sweep() {
        boolean more = false;
        if (!sweeping.tryLock()) {
            return true;
        }
        try {
            for (Sentinel sentinel : watching().toList()) {
                more |= sentinel.sweep();
            }
        } finally {
            sweeping.unlock();
        }
        reclaim();
        return more;
    }

    /** Deals with what the collector has found. Costs next to nothing if that is nothing; does no I/O in this thread. */
    void reclaim() {
        Object found;
        while ((found = queue.poll()) != null) {
            Sentinel sentinel = (Sentinel) found;
            Runnable consequence = sentinel.rest() ? sentinel.onLoss() : null;
            if (consequence != null) {
                pool.inBackground(consequence);
            }
        }
    }

    private void report(
            @Nullable ConnectionRecord record,
            @Nullable Connection connection,
            String borrower,
            List<StackTraceElement> borrowedAt,
            boolean reclaimed) {
        pool.counters().lost.incrementAndGet();
        pool.chronicle().note(Transition.Kind.LOST, record == null ? 0 : record.id(), borrower);
        pool.recorder().lost(record, borrower, borrowedAt, reclaimed);
        pool.logSafely(log -> log.warn(
                "Pool '{}': {} borrowed by thread {}{} was never closed, and nobody can reach it any more; {}",
                pool.name(),
                record == null ? "a detached connection" : "connection " + record.id(),
                borrower,
                borrowedAt.isEmpty() ? "" : " at " + borrowedAt.get(0),
                reclaimed
                        ? "it is closed now"
                        : "it is left alone, because the driver's own object was unwrapped and may be in use"));
        pool.announce(
                PoolEvent.Kind.LOST,
                () -> new PoolEvent.Lost(pool, record, connection, borrower, borrowedAt, reclaimed));
    }
}
