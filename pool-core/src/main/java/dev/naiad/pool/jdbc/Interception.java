/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import dev.naiad.pool.intercept.ExecutionInterceptor;
import dev.naiad.pool.intercept.SavepointStep;
import dev.naiad.pool.intercept.TransactionStep;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The interceptors of a pool, each standing around the next. */
public final class Interception {
    private final ExecutionInterceptor[] interceptors;

    private Interception(List<ExecutionInterceptor> interceptors) {
        this.interceptors = interceptors.toArray(ExecutionInterceptor[]::new);
    }

    /**
     * Of these interceptors.
     *
     * @param interceptors the outermost first
     * @return null if there are none, so that all that is spent without interceptors is a look for null
     */
    public static @Nullable Interception of(List<ExecutionInterceptor> interceptors) {
        return interceptors.isEmpty() ? null : new Interception(interceptors);
    }

    int count() {
        return interceptors.length;
    }

    ExecutionInterceptor at(int position) {
        return interceptors[position];
    }

    String rewrite(TrackingConnection connection, @Nullable String sql) throws SQLException {
        if (sql == null) {
            throw new SQLException("The SQL must not be null.");
        }
        return new Failures(connection).reporting(() -> {
            String text = sql;
            for (ExecutionInterceptor interceptor : interceptors) {
                text = interceptor.rewrite(connection, text);
                if (text == null) {
                    throw new SQLException(interceptor.getClass().getName() + " rewrote the SQL to null.");
                }
            }
            return text;
        });
    }

    void begin(TrackingConnection connection, TransactionStep driver) throws SQLException {
        step(connection, driver, (interceptor, rest) -> interceptor.begin(connection, rest));
    }

    void commit(TrackingConnection connection, TransactionStep driver) throws SQLException {
        step(connection, driver, (interceptor, rest) -> interceptor.commit(connection, rest));
    }

    void rollback(TrackingConnection connection, TransactionStep driver) throws SQLException {
        step(connection, driver, (interceptor, rest) -> interceptor.rollback(connection, rest));
    }

    Savepoint savepoint(TrackingConnection connection, @Nullable String name, SavepointStep driver)
            throws SQLException {
        connection.checkOpen();
        Failures failures = new Failures(connection);
        SavepointStep noted = text -> failures.noting(() -> driver.proceed(text));
        return failures.reporting(() -> savepoint(0, connection, name, noted));
    }

    private Savepoint savepoint(
            int position, TrackingConnection connection, @Nullable String name, SavepointStep driver)
            throws SQLException {
        if (position == interceptors.length) {
            return driver.proceed(name);
        }
        SavepointStep rest = text -> savepoint(position + 1, connection, text, driver);
        return interceptors[position].savepoint(connection, name, rest);
    }

    void rollbackSavepoint(TrackingConnection connection, Savepoint savepoint, TransactionStep driver)
            throws SQLException {
        step(connection, driver, (interceptor, rest) -> interceptor.rollbackSavepoint(connection, savepoint, rest));
    }

    void releaseSavepoint(TrackingConnection connection, Savepoint savepoint, TransactionStep driver)
            throws SQLException {
        step(connection, driver, (interceptor, rest) -> interceptor.releaseSavepoint(connection, savepoint, rest));
    }

    private interface Demarcation {
        void ask(ExecutionInterceptor interceptor, TransactionStep rest) throws SQLException;
    }

    private void step(TrackingConnection connection, TransactionStep driver, Demarcation demarcation)
            throws SQLException {
        connection.checkOpen();
        Failures failures = new Failures(connection);
        TransactionStep noted = () -> failures.noting(() -> {
            driver.proceed();
            return true;
        });
        failures.reporting(() -> {
            step(0, noted, demarcation);
            return true;
        });
    }

    private void step(int position, TransactionStep driver, Demarcation demarcation) throws SQLException {
        if (position == interceptors.length) {
            driver.proceed();
        } else {
            demarcation.ask(interceptors[position], () -> step(position + 1, driver, demarcation));
        }
    }

    interface Call<T> {
        T run() throws SQLException;
    }

    /**
     * Lets the connection know of what interceptors throw, as it knows of what the driver throws; what it has learned from the
     * driver it is not told again.
     */
    static final class Failures {
        private final TrackingConnection connection;
        private @Nullable SQLException known;

        Failures(TrackingConnection connection) {
            this.connection = connection;
        }

        /** Around the call of the driver's delegate, which reports by itself. */
        <T> T noting(Call<T> call) throws SQLException {
            try {
                return call.run();
            } catch (SQLException e) {
                known = e;
                throw e;
            }
        }

        /** Around all interceptors. */
        @SuppressWarnings("ReferenceEquality") // this very one was reported
        <T> T reporting(Call<T> call) throws SQLException {
            try {
                return call.run();
            } catch (SQLException e) {
                if (e != known) {
                    connection.intercepted(e);
                }
                throw e;
            }
        }
    }
}
