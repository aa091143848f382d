/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import dev.naiad.pool.intercept.Command;
import dev.naiad.pool.intercept.Execution;
import dev.naiad.pool.intercept.ExecutionInterceptor;
import dev.naiad.pool.intercept.Parameters;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** One execution on its way through the interceptors to the driver. */
final class Attempt<R> {
    private final StatementInterception state;
    private final Form<R> form;
    private final boolean plain;
    private final StatementInterception.DriverCall<R> driver;
    private final Interception.Failures failures;

    /** Taken once: the driver forgets its batch, too, as soon as it runs. */
    private final List<Command> batch;

    private boolean reachedDriver;

    /**
     * One execution.
     *
     * @param plain whether the SQL is given with the call, so that it may still change
     * @param driver calls the delegate
     */
    Attempt(StatementInterception state, Form<R> form, boolean plain, StatementInterception.DriverCall<R> driver) {
        this.state = state;
        this.form = form;
        this.plain = plain;
        this.driver = driver;
        failures = new Interception.Failures(state.statement.connection);
        batch = form.kind == Execution.Kind.BATCH ? state.batch() : List.of();
    }

    R run(String sql) throws SQLException {
        state.begin();
        return failures.reporting(() -> {
            R result = proceed(0, sql);
            // Also rows that an interceptor returns as they are become rows of the statement.
            return form.kind == Execution.Kind.QUERY && result instanceof ResultSet rows
                    ? form.ofRows().apply(state.answer(rows))
                    : result;
        });
    }

    boolean reachedDriver() {
        return reachedDriver;
    }

    private R proceed(int position, String sql) throws SQLException {
        if (position == state.interceptors.count()) {
            return callDriver(sql);
        }
        ExecutionInterceptor interceptor = state.interceptors.at(position);
        R result = interceptor.execute(new Link(position, sql));
        if (result == null && !reachedDriver) {
            throw new SQLException(interceptor.getClass().getName()
                    + ".execute returned null; it must return what a method of the execution gave it.");
        }
        return result;
    }

    private R callDriver(String sql) throws SQLException {
        if (reachedDriver && form.kind == Execution.Kind.BATCH) {
            throw new SQLException("A batch can be executed once only; an interceptor tried again.");
        }
        state.driverRuns();
        reachedDriver = true;
        return failures.noting(() -> driver.run(sql));
    }

    /** The execution as the interceptor at this position sees it. */
    private final class Link implements Execution<R> {
        private final int position;
        private final String sql;

        Link(int position, String sql) {
            this.position = position;
            this.sql = sql;
        }

        @Override
        public Kind kind() {
            return form.kind;
        }

        @Override
        public Connection connection() {
            return state.statement.connection;
        }

        @Override
        public Statement statement() {
            return state.statement;
        }

        @Override
        public String sql() {
            return sql;
        }

        @Override
        public Parameters parameters() {
            return plain || form.kind == Kind.BATCH ? Parameters.NONE : state.parameters();
        }

        @Override
        public List<Command> commands() {
            return form.kind == Kind.BATCH ? batch : List.of(new Command(sql, parameters()));
        }

        @Override
        public R proceed() throws SQLException {
            return Attempt.this.proceed(position + 1, sql);
        }

        @Override
        public R proceed(String text) throws SQLException {
            if (!plain && !text.equals(sql)) {
                throw new SQLException("The SQL of a prepared statement or a batch is fixed; change it in rewrite.");
            }
            return Attempt.this.proceed(position + 1, Objects.requireNonNull(text, "sql"));
        }

        @Override
        public R rows(ResultSet rows) throws SQLException {
            Objects.requireNonNull(rows, "rows");
            return form.ofRows().apply(state.answer(rows));
        }

        @Override
        public R updateCount(long count) throws SQLException {
            R result = form.ofCount().apply(count);
            if (count < 0) {
                throw new SQLException("Invalid update count " + count + ". Allowed: 0 or more.");
            }
            state.answer(count);
            return result;
        }

        @Override
        public R batchCounts(long... counts) throws SQLException {
            R result = form.ofCounts().apply(counts);
            if (counts.length != batch.size()) {
                throw new SQLException("Invalid batch counts " + Arrays.toString(counts) + ". Allowed: one for each of "
                        + batch.size() + " commands.");
            }
            state.answerNothing();
            return result;
        }
    }
}
