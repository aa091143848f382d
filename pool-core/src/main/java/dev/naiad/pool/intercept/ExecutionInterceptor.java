/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.intercept;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;

/**
 * Stands around the statements and the transactions of a pool's connections. Each method is handed what would come next and
 * decides whether that happens, with what, and what becomes of the result; unless overridden, it goes on.
 *
 * <p>Several interceptors nest: the first one of the configuration is the outermost, and what comes next for it is the second
 * one. After the last comes the driver.
 *
 * <p>Methods run in the thread that uses the connection; interceptors are shared by all connections of the pool and have to be
 * thread-safe. What one throws reaches the user as it is, and the connection goes on as if the driver had thrown it: an
 * {@link SQLException} that says that the connection is dead ends it, whoever threw it. That the driver threw such a one is
 * noted even if an interceptor keeps it to itself.
 *
 * <p>The connections and statements that interceptors see are those the user holds. To execute something on them asks the
 * interceptors again, the calling one included.
 *
 * <p>Not seen are: what the pool does by itself (the rollback, or commit, of {@code reset_on_return}, the restoring of
 * session properties, pings), for which there are pool listeners; changes by way of updatable result sets; and what is done
 * with objects of the driver that were reached by {@code unwrap}.
 *
 * <p>SQLAlchemy counterpart: {@code ConnectionProxy} of 0.6, of which {@code cursor_execute} is {@link #execute}. JDBC has
 * nothing above the level of SQL text, hence no second method; and a pool has no two-phase transactions.
 */
public interface ExecutionInterceptor {

    /**
     * Called with each SQL text before the driver gets it: for {@code prepareStatement}, {@code prepareCall} and
     * {@code addBatch(sql)} when they are called, for a plain statement just before {@link #execute}.
     *
     * @return the text to use in its place, or the same
     */
    default String rewrite(Connection connection, String sql) throws SQLException {
        return sql;
    }

    /**
     * Called in place of an execution, be it of a plain, prepared or callable statement or of a batch.
     *
     * @param <R> what the user's call gives back
     * @return what the user gets: the result of {@link Execution#proceed()}, or one made by {@link Execution#rows},
     *     {@link Execution#updateCount} or {@link Execution#batchCounts}
     */
    default <R> R execute(Execution<R> execution) throws SQLException {
        return execution.proceed();
    }

    /**
     * Called in place of switching autocommit off, which is where a transaction begins for JDBC. Not called if it is off already.
     * If the step is left out, autocommit stays on.
     */
    default void begin(Connection connection, TransactionStep begin) throws SQLException {
        begin.proceed();
    }

    /**
     * Called in place of {@code commit()}, and of switching autocommit on if anything may have run since the last commit or rollback,
     * because that commits. If the step is left out, the transaction stays open, autocommit stays off, and {@code reset_on_return}
     * ends what is not ended before.
     */
    default void commit(Connection connection, TransactionStep commit) throws SQLException {
        commit.proceed();
    }

    /** Called in place of {@code rollback()}. */
    default void rollback(Connection connection, TransactionStep rollback) throws SQLException {
        rollback.proceed();
    }

    /**
     * Called in place of {@code setSavepoint}.
     *
     * @param name null for a savepoint without a name
     */
    default Savepoint savepoint(Connection connection, @Nullable String name, SavepointStep savepoint)
            throws SQLException {
        return savepoint.proceed(name);
    }

    /** Called in place of {@code rollback(savepoint)}. */
    default void rollbackSavepoint(Connection connection, Savepoint savepoint, TransactionStep rollback)
            throws SQLException {
        rollback.proceed();
    }

    /** Called in place of {@code releaseSavepoint}. */
    default void releaseSavepoint(Connection connection, Savepoint savepoint, TransactionStep release)
            throws SQLException {
        release.proceed();
    }
}
