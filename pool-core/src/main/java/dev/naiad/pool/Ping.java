/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.dialect.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The question whether a connection is alive. It is put to the driver on a thread of the pool: whoever asks waits for the answer
 * as long as it has time, also for that of a driver that never gives one.
 */
final class Ping implements Runnable {

    private final Dialect dialect;
    private final Connection connection;
    private final int seconds;
    private final Thread asker = Thread.currentThread();
    private boolean alive;
    private @Nullable Throwable failure;
    private volatile boolean answered; // publishes the two above

    Ping(Dialect dialect, Connection connection, int seconds) {
        this.dialect = dialect;
        this.connection = connection;
        this.seconds = seconds;
    }

    @Override
    public void run() {
        try {
            alive = dialect.ping(connection, seconds);
        } catch (Throwable e) {
            failure = e;
        }
        answered = true;
        LockSupport.unpark(asker);
    }

    /** False if there is no answer by the deadline. To be interrupted changes nothing, as with a driver's own waiting. */
    boolean await(Ticker ticker, long deadline) {
        boolean interrupted = false;
        try {
            while (!answered) {
                long left = deadline - ticker.nanos();
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, left);
                interrupted |= Thread.interrupted();
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The answer, if there is one. */
    boolean alive() throws SQLException {
        Throwable present = failure;
        if (present != null) {
            throw Failures.asThrownHere(present);
        }
        return alive;
    }
}
