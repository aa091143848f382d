/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.ExhaustionReport;
import dev.naiad.pool.diagnose.Holder;
import java.sql.SQLTransientConnectionException;
import java.util.stream.Collectors;

/**
 * All connections are held by threads that wait for another one, and the caller was the last of them to begin. Had it not failed,
 * all would have waited until they timed out. Once it closes the connection it holds, the others go on. See {@link
 * PoolSettings#nested}.
 *
 * <p>The SQLState is {@code HYT00}, as for a timeout.
 */
public final class NestedCheckoutException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    private static final int MOST_NAMED = 10;

    private final transient ExhaustionReport report;

    NestedCheckoutException(ExhaustionReport report) {
        super(message(report), "HYT00");
        this.report = report;
    }

    private static String message(ExhaustionReport report) {
        int count = report.holders().size();
        String cycle = report.holders().stream()
                .limit(MOST_NAMED)
                .map(NestedCheckoutException::named)
                .collect(Collectors.joining("; "));
        return "Pool '" + report.pool() + "': deadlock: "
                + (count == 1 ? "the only connection is" : "all " + count + " connections are")
                + " held by threads that wait for another one (pool_size " + report.poolSize() + ", max_overflow "
                + report.maxOverflow() + "). This thread began to wait last, so it gives up: "
                + ThreadIdentities.of(Thread.currentThread()) + ". " + cycle
                + (count > MOST_NAMED ? "; and " + (count - MOST_NAMED) + " more" : "") + ". "
                + report.diagnosis().advice();
    }

    private static String named(Holder holder) {
        return holder.thread() + " holds connection " + holder.connection() + " and waits";
    }

    /** The pool at that moment. */
    public ExhaustionReport report() {
        return report;
    }
}
