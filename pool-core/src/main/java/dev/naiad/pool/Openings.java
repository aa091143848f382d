/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Slot;
import dev.naiad.pool.queue.SlotQueue;
import dev.naiad.pool.queue.Waiter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens the connections of a {@link QueuePool}, on threads of its own, and sees to it that each gets to the one it was opened
 * for, or that this one hears why not. {@link Population} decides how many.
 */
final class Openings {

    private final QueuePool pool;
    private final SlotQueue<ConnectionRecord> queue;
    private final Population population;
    private final Returns returns;
    private final BriefReport.Source briefReports;
    private final OutageLog outages;
    final ThreadPoolExecutor threads;
    private volatile @Nullable Throwable lastFailure;

    /** When waiters will be looked at again, by {@link System#nanoTime}; 0 if that is not planned. */
    private volatile long nextLook;

    Openings(QueuePool pool, SlotQueue<ConnectionRecord> queue, Population population, Returns returns) {
        this.pool = pool;
        this.queue = queue;
        this.population = population;
        this.returns = returns;
        briefReports = new BriefReport.Source(pool);
        outages = new OutageLog(pool);
        threads = PoolThreads.of(pool.config(), "opener");
    }

    /** Starts what ought to be opened. */
    void grow() {
        Opening next;
        while (!pool.isClosed() && pool.suspension() == null && (next = population.next()) != null) {
            pool.needsConnections();
            start(next);
        }
        long pause = population.takeLookAgain();
        if (pause > 0) {
            lookAgainIn(pause);
        }
        failHopeless();
    }

    private void lookAgainIn(long nanos) {
        long present = System.nanoTime();
        long planned = nextLook;
        if (planned == 0 || planned - present > nanos) {
            nextLook = present + nanos;
            pool.housekeeper()
                    .later(
                            () -> {
                                nextLook = 0; // before the look, so that who saw it planned is seen by it
                                grow();
                            },
                            nanos);
        }
    }

    /** Whoever waits for a database that cannot be reached is told so. */
    private void failHopeless() {
        Duration failing = pool.suspension() == null && queue.hasWaiters() ? population.hopeless() : null;
        if (failing != null) {
            queue.failUnattended(() -> unavailable(failing));
        }
    }

    private void start(Opening opening) {
        try {
            threads.execute(() -> run(opening));
            pool.housekeeper().wake();
        } catch (Throwable e) { // the pool was closed meanwhile, or there is no thread to be had
            fail(opening, pool.isClosed() ? new PoolClosedException(pool.name()) : e);
        }
    }

    private void run(Opening opening) {
        try {
            if (pool.isClosed()) {
                throw new PoolClosedException(pool.name());
            }
            opening.record.open();
        } catch (Throwable e) {
            hasFailed(opening, e);
            return;
        }
        hasOpened(opening);
    }

    private void hasFailed(Opening opening, Throwable cause) {
        fail(opening, cause);
        grow();
    }

    private void hasOpened(Opening opening) {
        if (!succeeded(opening)) {
            return;
        }
        deliver(opening);
        grow();
        if (opening.asker == null) {
            pool.openedSpare();
        }
    }

    /**
     * Starts an opening that nobody waits for; false if there is no room for it, or now is not the time.
     *
     * @param predecessor the idle record that it is to take the place of, or null
     */
    boolean openSpare(@Nullable ConnectionRecord predecessor) {
        Opening spare = population.reserveSpare(predecessor);
        if (spare != null) {
            start(spare);
        }
        return spare != null;
    }

    /**
     * Opens a connection here and now, while its borrower waits.
     *
     * @param stale a record that the caller owns and that needs another connection, or null
     */
    ConnectionRecord openAtOnce(@Nullable ConnectionRecord stale) throws SQLException {
        Opening opening = stale != null ? population.refresh(stale) : population.reserve();
        if (opening == null) {
            if (stale != null) {
                returns.vacate(stale);
            }
            Duration failing = population.hopeless();
            throw failing != null ? unavailable(failing) : pool.timedOut(Duration.ZERO, lastFailure);
        }
        pool.needsConnections();
        pool.housekeeper().wake();
        try {
            pool.awaitedOpenings().openUnderCare(opening.record, new AwaitedOpening.Sequel() {
                @Override
                public void abandoned() {} // by its borrower; the pool may have a use for it

                @Override
                public void opened() {
                    hasOpened(opening);
                }

                @Override
                public void failed(Throwable cause) {
                    hasFailed(opening, cause);
                }
            });
        } catch (Throwable e) {
            if (!pool.isHanging(opening.record)) { // else it goes on without its borrower
                if (failed(opening, e)) {
                    noteOutage(e, true);
                }
            }
            grow();
            throw e;
        }
        if (!succeeded(opening)) {
            throw Overdue.failure(pool);
        }
        return opening.record;
    }

    /** To the one it was opened for, unless that one has been served otherwise or nobody is to be. */
    private void deliver(Opening opening) {
        Waiter<ConnectionRecord> asker = opening.asker;
        if (asker != null && pool.suspension() != null) {
            asker.neglect();
            returns.settle(opening.record, true);
        } else if (opening.predecessor != null) {
            returns.succeed(opening.predecessor, opening.record);
        } else if (asker == null || !queue.offer(opening.record, asker)) {
            returns.settle(opening.record, false); // others may have come after the pool was disposed of
        }
    }

    /** False if it had been abandoned; its connection is closed then. */
    private boolean succeeded(Opening opening) {
        lastFailure = null;
        outages.succeeded();
        if (population.succeeded(opening)) {
            return true;
        }
        Overdue.cameLate(opening.record);
        grow(); // the database answers
        return false;
    }

    private void fail(Opening opening, Throwable cause) {
        if (isServerFull(cause) && makeDo(opening, cause)) {
            failed(opening, cause);
            return;
        }
        boolean abandoned = false;
        try {
            abandoned = !failed(opening, cause);
            if (!abandoned) {
                noteOutage(cause, opening.asker != null); // first, so that it is not told after the next success
            }
        } finally {
            if (!abandoned && opening.asker != null) {
                queue.fail(opening.asker, cause);
            }
        }
    }

    private void noteOutage(Throwable cause, boolean heard) {
        if (!pool.isClosed()) {
            outages.failed(cause, heard);
        }
    }

    /** Settles the accounts and lets go of the record; false if it had been abandoned. */
    private boolean failed(Opening opening, Throwable cause) {
        if (!population.failed(opening)) {
            return false;
        }
        lastFailure = cause;
        ConnectionRecord record = opening.record;
        long era = record.era();
        try {
            if (!opening.first) {
                record.announceCheckin();
            }
        } finally {
            record.moveTo(opening.first ? Slot.Mode.RETIRED : Slot.Mode.VACANT);
        }
        returns.sweepIfOutdated(era);
        return true;
    }

    /** Has the waiter wait for one of the connections there are. */
    private boolean makeDo(Opening opening, Throwable cause) {
        if (!population.makeDo()) {
            return false;
        }
        if (opening.asker != null) {
            opening.asker.neglect();
        }
        pool.housekeeper().later(this::grow, Modesty.PERIOD);
        pool.logSafely(log -> log.warn(
                "Pool '{}': the database accepts no more connections; making do with the present ones for {} s",
                pool.name(),
                TimeUnit.NANOSECONDS.toSeconds(Modesty.PERIOD),
                cause));
        return true;
    }

    private boolean isServerFull(Throwable cause) {
        try {
            return cause instanceof SQLException exception && pool.dialect().isServerFull(exception);
        } catch (Throwable e) { // the dialect may be a user's, and asks the driver's exception
            pool.logSafely(log -> log.error("Pool '{}': classifying an exception failed", pool.name(), e));
            return false;
        }
    }

    /** Gives up on openings that hang; false if none is under way. */
    boolean check() {
        List<Opening> overdue = population.abandonOverdue();
        for (Opening opening : overdue) {
            lastFailure = Overdue.noteAbandoned(opening.record);
            opening.forsake();
            pool.awaitedOpenings().abandon(opening.record);
        }
        grow();
        return population.opening() > 0;
    }

    /** Opens nothing more in the background. */
    void stop() {
        threads.shutdown();
    }

    /** Why the last opening failed; null if it did not. */
    @Nullable
    Throwable lastFailure() {
        return lastFailure;
    }

    private DatabaseUnavailableException unavailable(Duration failing) {
        return new DatabaseUnavailableException(
                briefReports.get(), failing, Objects.requireNonNullElseGet(lastFailure, () -> Overdue.failure(pool)));
    }
}
