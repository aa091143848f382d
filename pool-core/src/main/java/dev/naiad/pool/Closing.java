/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** The end of a physical connection, from the decision to the last byte. */
final class Closing {

    /** How far it is. */
    private enum Stage {
        ASKED,
        BEGUN,
        ABORTED,
        OVER
    }

    final Connection connection;
    final CloseReason reason;
    private final Runnable action;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.ASKED);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile long since;

    /**
     * @param action closes the connection, in the way that befits the reason; never throws
     */
    Closing(Connection connection, CloseReason reason, Runnable action) {
        this.connection = connection;
        this.reason = reason;
        this.action = action;
    }

    void begin(long now) {
        since = now;
        stage.set(Stage.BEGUN);
    }

    void run() {
        action.run();
    }

    long since() {
        return since;
    }

    /** True for whoever is to abort the connection, because closing it takes too long. */
    boolean tryAbort() {
        return stage.compareAndSet(Stage.BEGUN, Stage.ABORTED);
    }

    /** True once: for whoever settles the accounts. */
    boolean tryEnd() {
        if (stage.getAndSet(Stage.OVER) == Stage.OVER) {
            return false;
        }
        over.countDown();
        return true;
    }

    boolean isOver() {
        return stage.get() == Stage.OVER;
    }

    /** Waits until the accounts are settled. To be interrupted changes nothing, as with a driver's own waiting. */
    void await() {
        boolean interrupted = false;
        while (!isOver()) {
            try {
                over.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
