/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;

/**
 * The database has refused every connection for longer than {@code fail_fast_after}, none is open that could come back, and the
 * next attempt is due a little later. The cause is what the last attempt failed with. Trying again later may succeed.
 *
 * <p>The SQLState is that of the cause if it has one, else {@code 08001}.
 */
public final class DatabaseUnavailableException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    private final Duration duration;

    DatabaseUnavailableException(String pool, Duration duration, Throwable lastFailure) {
        super(
                "Pool '" + pool + "': the database has refused every connection for " + duration.toSeconds()
                        + " s. The last attempt failed with: " + Failures.messageOf(lastFailure),
                stateOf(lastFailure),
                lastFailure);
        this.duration = duration;
    }

    private static String stateOf(Throwable failure) {
        String state = failure instanceof SQLException exception ? exception.getSQLState() : null;
        return state == null ? "08001" : state;
    }

    /** For how long every attempt has failed. */
    public Duration duration() {
        return duration;
    }
}
