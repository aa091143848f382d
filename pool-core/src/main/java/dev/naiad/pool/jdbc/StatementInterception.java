/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import dev.naiad.pool.intercept.Command;
import dev.naiad.pool.intercept.Parameters;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an intercepted statement remembers: its parameters and its batch, which JDBC does not let one ask for, and what an
 * interceptor has answered in place of the driver.
 */
final class StatementInterception {
    final TrackedStatement statement;
    final Interception interceptors;
    private final @Nullable String preparedSql;
    private final TreeMap<Integer, @Nullable Object> byIndex = new TreeMap<>();
    private final TreeMap<String, @Nullable Object> byName = new TreeMap<>();
    private final List<Command> batch = new ArrayList<>();

    /** Null as long as the driver speaks for itself. */
    private @Nullable Answer answer;

    /** Whether the driver has had a part in the latest execution, so that more of its results may follow. */
    private boolean driverRan;

    /**
     * Stands for the current result.
     *
     * @param rows null if it is an update count, or nothing
     * @param count -1 if it is not an update count
     */
    private record Answer(@Nullable LooseResultSet rows, long count) {
        static final Answer NOTHING = new Answer(null, -1);
    }

    StatementInterception(TrackedStatement statement, Interception interceptors, @Nullable String preparedSql) {
        this.statement = statement;
        this.interceptors = interceptors;
        this.preparedSql = preparedSql;
    }

    // Parameters and batch

    void bind(Object parameter, @Nullable Object value) {
        if (parameter instanceof Integer index) {
            byIndex.put(index, value);
        } else {
            byName.put((String) parameter, value);
        }
    }

    void clearParameters() {
        byIndex.clear();
        byName.clear();
    }

    Parameters parameters() {
        return new Parameters(byIndex, byName);
    }

    void addBatch() {
        batch.add(new Command(preparedSql(), parameters()));
    }

    void addBatch(String sql, Adding adding) throws SQLException {
        checkOpen();
        String text = interceptors.rewrite(statement.connection, sql);
        adding.add(text);
        batch.add(new Command(text, Parameters.NONE));
    }

    void clearBatch() {
        batch.clear();
    }

    interface Adding {
        void add(String sql) throws SQLException;
    }

    List<Command> batch() {
        return List.copyOf(batch);
    }

    // Executing

    interface DriverCall<R> {
        R run(String sql) throws SQLException;
    }

    interface PreparedCall<R> {
        R run() throws SQLException;
    }

    interface Clearing {
        void run() throws SQLException;
    }

    /** An execution of SQL given with the call. */
    <R> R execute(Form<R> form, String sql, DriverCall<R> call) throws SQLException {
        checkOpen();
        String text = interceptors.rewrite(statement.connection, sql);
        return new Attempt<>(this, form, true, call).run(text);
    }

    /** An execution of SQL given before. */
    <R> R execute(Form<R> form, PreparedCall<R> call) throws SQLException {
        checkOpen();
        return new Attempt<>(this, form, false, sql -> call.run()).run(preparedSql());
    }

    /** The batch is gone afterwards, whether the driver or an interceptor has dealt with it, or an interceptor refused. */
    <R> R executeBatch(Form<R> form, PreparedCall<R> call, Clearing clearing) throws SQLException {
        checkOpen();
        Attempt<R> attempt = new Attempt<>(this, form, false, sql -> call.run());
        String sql = preparedSql != null
                ? preparedSql
                : String.join(";\n", batch.stream().map(Command::sql).toList());
        R result;
        try {
            result = attempt.run(sql);
        } catch (Throwable e) {
            try {
                forgetBatch(attempt, clearing);
            } catch (SQLException | RuntimeException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        forgetBatch(attempt, clearing);
        return result;
    }

    private void forgetBatch(Attempt<?> attempt, Clearing clearing) throws SQLException {
        batch.clear();
        if (!attempt.reachedDriver() && !statement.retired()) {
            clearing.run();
        }
    }

    private String preparedSql() {
        return preparedSql == null ? "" : preparedSql;
    }

    private void checkOpen() throws SQLException {
        statement.connection.checkOpen();
        if (statement.retired()) {
            throw new ClosedHandleException("Statement is closed");
        }
    }

    void begin() throws SQLException {
        driverRan = false;
        close();
    }

    /** The driver takes over, so nothing an interceptor has answered holds any longer. */
    void driverRuns() throws SQLException {
        close();
        driverRan = true;
    }

    // Answers

    /** Rows that the user gets as those of the statement. */
    @SuppressWarnings("ReferenceEquality") // result sets are one another's only if they are the same object
    ResultSet answer(ResultSet rows) throws SQLException {
        if (rows instanceof DelegatingResultSet own && own.owner == statement) {
            close();
            return own;
        }
        LooseResultSet present = answer == null ? null : answer.rows;
        if (present != null && present.resultSet == rows) {
            return rows;
        }
        close();
        LooseResultSet tracked = statement.connection.track(new LooseResultSet(statement.connection, statement, rows));
        answer = new Answer(tracked, -1);
        return tracked.resultSet;
    }

    void answer(long count) throws SQLException {
        close();
        answer = new Answer(null, count);
    }

    void answerNothing() throws SQLException {
        close();
        answer = Answer.NOTHING;
    }

    /** Whether the statement's own methods are to tell what an interceptor has answered. */
    boolean answered() {
        return answer != null && !statement.retired();
    }

    @Nullable
    ResultSet resultSet() {
        return answer == null || answer.rows == null ? null : answer.rows.resultSet;
    }

    long updateCount() {
        return answer == null ? -1 : answer.count;
    }

    /** Leaves the current result; returns whether the driver is to be asked for the next one. */
    boolean leaveAnswer(int current) throws SQLException {
        if (!answered()) {
            return true;
        }
        if (current == Statement.KEEP_CURRENT_RESULT) {
            answer = null; // its rows stay open, until the connection is closed at the latest
        } else {
            close();
        }
        if (!driverRan) {
            answer = Answer.NOTHING;
        }
        return driverRan;
    }

    /** Closes what an interceptor has answered. */
    void close() throws SQLException {
        Answer last = answer;
        answer = null;
        if (last != null && last.rows != null) {
            last.rows.resultSet.close();
        }
    }
}
