/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The opening of a connection on behalf of a caller, who waits for it no longer than it has time.
 *
 * <p>Either it ends or it is abandoned: the stage decides. One that is abandoned may go on for as long as the driver likes; its record
 * is of no use meanwhile, and a connection that comes of it is closed.
 */
final class AwaitedOpening extends Errand {

    private enum Stage {
        RUNNING,
        ABANDONED,
        ENDED
    }

    /** What becomes of one that is abandoned, and when it ends after that. */
    interface Sequel {

        /** It is abandoned now. */
        void abandoned();

        void opened();

        void failed(Throwable cause);
    }

    final ConnectionRecord record;

    /** When it was asked for, in the time of {@link AwaitedOpenings}. */
    final long since;

    private final Pool pool;
    private final AwaitedOpenings openings;
    private final Sequel sequel;
    private volatile boolean forsaken;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.RUNNING);

    AwaitedOpening(AwaitedOpenings openings, ConnectionRecord record, Sequel sequel, long since) {
        this.openings = openings;
        this.record = record;
        this.sequel = sequel;
        this.since = since;
        pool = record.pool();
    }

    @Override
    void go() throws SQLException {
        try {
            open();
        } finally {
            openings.ended(this);
        }
    }

    private void open() throws SQLException {
        try {
            pool.awaitRoom();
            record.open();
        } catch (Throwable e) {
            if (!tryEnd()) {
                sequel.failed(e);
            }
            throw e;
        }
        if (!tryEnd()) {
            sequel.opened();
        }
    }

    private boolean tryEnd() {
        return stage.compareAndSet(Stage.RUNNING, Stage.ENDED);
    }

    /** True for the one who has to say why; the caller goes away. */
    boolean tryAbandon() {
        boolean mine = stage.compareAndSet(Stage.RUNNING, Stage.ABANDONED);
        if (mine) {
            sequel.abandoned();
            LockSupport.unpark(caller);
        }
        return mine;
    }

    boolean isAbandoned() {
        return stage.get() == Stage.ABANDONED;
    }

    /** Whether nobody waits for it any more. */
    boolean isForsaken() {
        return forsaken;
    }

    /**
     * Waits for it, and fails as it does, or if it is abandoned: by others, or because the caller has no more time or is interrupted.
     *
     * @param deadline in the ticker's time
     */
    void await(long deadline) throws SQLException {
        boolean interrupted = false;
        try {
            while (!isOver() && !isAbandoned()) {
                interrupted |= Thread.interrupted();
                long left = deadline - pool.ticker().nanos();
                if (interrupted || left <= 0) {
                    if (tryAbandon()) {
                        throw interrupted ? Overdue.unwanted(record) : Overdue.forItsCaller(record);
                    }
                    break; // it has just ended
                }
                LockSupport.parkNanos(this, left);
            }
        } catch (RuntimeException | Error e) { // the ticker's
            if (!isAbandoned() && !tryAbandon()) {
                await();
                pool.discard(record, CloseReason.LATE);
            }
            throw e;
        } finally {
            forsaken = isAbandoned();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (isAbandoned()) {
            throw pool.isClosed() ? new PoolClosedException(pool.name()) : Overdue.failure(pool);
        }
        await();
        check();
    }
}
