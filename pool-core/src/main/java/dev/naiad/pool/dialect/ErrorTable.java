/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the errors of one database say of the connection they came from. Looked up by SQLState and vendor code; the exception's
 * type decides where they say nothing.
 *
 * @param states SQLStates, beside class 08, that only a dead connection gives
 * @param codes vendor codes that only a dead connection gives
 * @param ambiguousStates SQLStates of a dead connection and of other things too, for which the connection is asked
 * @param ambiguousCodes the same for vendor codes
 * @param failover errors of a server that has become read-only, as the former primary does in a fail-over
 */
record ErrorTable(
        Set<String> states,
        Set<Integer> codes,
        Set<String> ambiguousStates,
        Set<Integer> ambiguousCodes,
        Predicate<SQLException> failover) {

    static final ErrorTable PLAIN = new ErrorTable(Set.of(), Set.of(), Set.of("08003"), Set.of(), e -> false);

    /** Chains are normally one or two long; the limit ends the cyclic ones. */
    private static final int LONGEST_CHAIN = 32;

    ErrorTable dead(String... more) {
        return new ErrorTable(Set.of(more), codes, ambiguousStates, ambiguousCodes, failover);
    }

    ErrorTable dead(Integer... more) {
        return new ErrorTable(states, Set.of(more), ambiguousStates, ambiguousCodes, failover);
    }

    ErrorTable ambiguous(String... more) {
        return new ErrorTable(states, codes, Set.of(more), ambiguousCodes, failover);
    }

    ErrorTable ambiguous(Integer... more) {
        return new ErrorTable(states, codes, ambiguousStates, Set.of(more), failover);
    }

    ErrorTable failover(Predicate<SQLException> sign) {
        return new ErrorTable(states, codes, ambiguousStates, ambiguousCodes, sign);
    }

    /** The worst that the exception, or anything it is chained to, says. */
    Disconnect judge(SQLException exception, @Nullable Connection connection) {
        Disconnect worst = Disconnect.NONE;
        Deque<SQLException> open = new ArrayDeque<>();
        open.add(exception);
        for (int seen = 0; !open.isEmpty() && seen < LONGEST_CHAIN; seen++) {
            SQLException link = open.remove();
            Disconnect verdict = judgeAlone(link, connection);
            worst = verdict.compareTo(worst) > 0 ? verdict : worst;
            if (link.getNextException() != null) {
                open.add(link.getNextException());
            }
            SQLException cause = sqlCauseOf(link);
            if (cause != null) {
                open.add(cause);
            }
        }
        return worst;
    }

    private static @Nullable SQLException sqlCauseOf(SQLException exception) {
        Throwable cause = exception.getCause();
        for (int depth = 0; cause != null && depth < LONGEST_CHAIN; depth++) {
            if (cause instanceof SQLException found) {
                return found;
            }
            cause = cause.getCause();
        }
        return null;
    }

    private Disconnect judgeAlone(SQLException exception, @Nullable Connection connection) {
        String state = exception.getSQLState();
        int code = Math.abs(
                exception.getErrorCode()); // Oracle's and Db2's drivers disagree with their servers on the sign
        if (state != null && ambiguousStates.contains(state) || ambiguousCodes.contains(code)) {
            return connection == null || isClosed(connection) ? Disconnect.CONNECTION : Disconnect.NONE;
        }
        if (failover.test(exception)) {
            return connection != null && isReadOnly(connection) ? Disconnect.NONE : Disconnect.GENERATION;
        }
        if (exception instanceof SQLTimeoutException
                || state == null && !codes.contains(code) && !saysType(exception)) {
            // A driver may give up the connection together with the statement; SQLite's gives no states at all.
            return connection != null && isClosed(connection) ? Disconnect.CONNECTION : Disconnect.NONE;
        }
        boolean dead = state != null && (state.startsWith("08") || states.contains(state))
                || codes.contains(code)
                || saysType(exception)
                || connection != null
                        && isClosed(connection); // after a grave error some drivers close it by themselves
        return dead ? Disconnect.CONNECTION : Disconnect.NONE;
    }

    private static boolean saysType(SQLException exception) {
        return exception instanceof SQLRecoverableException || exception instanceof SQLNonTransientConnectionException;
    }

    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    /** Whether the session was made read-only by its user, so that a refused write is no news of the server. */
    private static boolean isReadOnly(Connection connection) {
        try {
            return connection.isReadOnly();
        } catch (SQLException e) {
            return false;
        }
    }
}
