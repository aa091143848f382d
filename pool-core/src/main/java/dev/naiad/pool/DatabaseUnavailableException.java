/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.ExhaustionReport;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;

/**
 * The database has refused every connection for longer than {@code fail_fast_after}, none is open that could come back, and the
 * next attempt is due a little later. The cause is what the last attempt failed with, and the message says so, too, without
 * passwords; see {@link dev.naiad.pool.diagnose.Verdict}. Trying again later may succeed.
 *
 * <p>The SQLState is that of the cause if it has one, else {@code 08001}.
 */
public final class DatabaseUnavailableException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    private final transient ExhaustionReport report;
    private final Duration duration;

    DatabaseUnavailableException(BriefReport brief, Duration duration, Throwable lastFailure) {
        super(
                "Pool '" + brief.report.pool() + "': the database has refused every connection for "
                        + duration.toSeconds() + " s. " + brief.verdict,
                stateOf(lastFailure),
                lastFailure);
        this.report = brief.report;
        this.duration = duration;
    }

    private static String stateOf(Throwable failure) {
        String state = failure instanceof SQLException exception ? exception.getSQLState() : null;
        return state == null ? "08001" : state;
    }

    /** What is going on in the pool, or was at most a tenth of a second before; without the stacks of threads. */
    public ExhaustionReport report() {
        return report;
    }

    /** For how long every attempt has failed. */
    public Duration duration() {
        return duration;
    }
}
