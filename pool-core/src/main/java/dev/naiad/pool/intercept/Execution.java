/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.intercept;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The execution of a statement or a batch, as one {@link ExecutionInterceptor} sees it. Valid during its call only.
 *
 * <p>The result is made by {@link #proceed()}, or without the driver by {@link #rows}, {@link #updateCount} and
 * {@link #batchCounts}. The last of them called settles what the statement's {@code getResultSet()}, {@code getUpdateCount()} and
 * {@code getMoreResults()} say afterwards. {@code getGeneratedKeys()} always asks the driver.
 *
 * @param <R> what the user's call gives back
 */
public interface Execution<R> {

    /** How the user executes. */
    enum Kind {
        /** {@code execute}, which may give rows or an update count. */
        EXECUTE,

        /** {@code executeQuery}, which gives rows. */
        QUERY,

        /** {@code executeUpdate} or {@code executeLargeUpdate}, which give an update count. */
        UPDATE,

        /** {@code executeBatch} or {@code executeLargeBatch}, which give an update count for each command. */
        BATCH
    }

    /** How the user executes. SQLAlchemy: {@code executemany} is {@link Kind#BATCH}. */
    Kind kind();

    /** The user's connection. */
    Connection connection();

    /**
     * The user's statement. On a prepared or callable one, parameters may be set before going on, unless it is a batch.
     */
    Statement statement();

    /** The SQL text. The several texts of a plain statement's batch are joined by a semicolon and a line break. */
    String sql();

    /** The parameters as they are now; none for a batch, see {@link #commands()}. */
    Parameters parameters();

    /** What is executed: one command, or those of the batch in their order. */
    List<Command> commands();

    /**
     * Goes on with the next interceptor, or the driver. May be called again to try again, but not for a batch, which is
     * gone after the first time.
     */
    R proceed() throws SQLException;

    /**
     * Goes on with another SQL text; only for a plain statement, since the SQL of others is fixed when they are prepared, and that
     * of a batch when it is added: see {@link ExecutionInterceptor#rewrite}. The text is not rewritten again.
     *
     * @throws SQLException also if the text differs where it is fixed
     */
    R proceed(String sql) throws SQLException;

    /**
     * Makes a result of rows, for {@link Kind#QUERY} and {@link Kind#EXECUTE}. The user gets them as those of the statement; they are
     * closed with it, or when it is executed again.
     *
     * @throws SQLException if the kind does not give rows
     */
    R rows(ResultSet rows) throws SQLException;

    /**
     * Makes a result of an update count, for {@link Kind#UPDATE} and {@link Kind#EXECUTE}. One beyond the range of the
     * user's call is given as {@link Statement#SUCCESS_NO_INFO}.
     *
     * @param count 0 or more
     * @throws SQLException if the kind does not give an update count, or the count is negative
     */
    R updateCount(long count) throws SQLException;

    /**
     * Makes a result of update counts, for {@link Kind#BATCH}.
     *
     * @param counts one for each command
     * @throws SQLException if the kind does not give update counts, or the number differs from that of the commands
     */
    R batchCounts(long... counts) throws SQLException;
}
