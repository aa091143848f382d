/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.stub;

import java.lang.reflect.Constructor;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.Executor;

/** Knows its session's properties, as drivers do, and has one statement that it gives to everybody: it allocates nothing. */
public abstract class StubConnection implements Connection {

    private static final Constructor<? extends StubConnection> CONSTRUCTOR =
            Completed.constructorOf(StubConnection.class, String.class, long.class);
    private static final Constructor<? extends DatabaseMetaData> META_DATA =
            Completed.constructorOf(StubMetaData.class);

    private final String url;
    private final StubStatement statement;
    private boolean closed;
    private boolean autoCommit = true;
    private boolean readOnly;
    private int isolation = TRANSACTION_READ_COMMITTED;
    private String catalog = "stub";
    private String schema = "public";
    private int networkTimeout;
    private int transactions;

    @SuppressWarnings("this-escape") // which uses nothing of it yet
    protected StubConnection(String url, long queryMicros) {
        this.url = url;
        statement = StubStatement.of(this, queryMicros);
    }

    static Connection open(String url, long queryMicros) {
        return Completed.create(CONSTRUCTOR, url, queryMicros);
    }

    final String url() {
        return url;
    }

    @Override
    public final Statement createStatement() {
        return statement;
    }

    @Override
    public final Statement createStatement(int type, int concurrency) {
        return statement;
    }

    @Override
    public final Statement createStatement(int type, int concurrency, int holdability) {
        return statement;
    }

    @Override
    public final PreparedStatement prepareStatement(String sql) {
        return statement;
    }

    @Override
    public final PreparedStatement prepareStatement(String sql, int type, int concurrency) {
        return statement;
    }

    @Override
    public final PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability) {
        return statement;
    }

    @Override
    public final DatabaseMetaData getMetaData() {
        return Completed.create(META_DATA);
    }

    @Override
    public final Properties getClientInfo() {
        return new Properties();
    }

    @Override
    public final void commit() {
        transactions++;
    }

    @Override
    public final void rollback() {
        transactions++;
    }

    @Override
    public final boolean isValid(int seconds) {
        return !closed;
    }

    @Override
    public final boolean isClosed() {
        return closed;
    }

    @Override
    public final void close() {
        closed = true;
    }

    @Override
    public final void abort(Executor executor) {
        closed = true;
    }

    @Override
    public final boolean getAutoCommit() {
        return autoCommit;
    }

    @Override
    public final void setAutoCommit(boolean autoCommit) {
        this.autoCommit = autoCommit;
    }

    @Override
    public final boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public final void setReadOnly(boolean readOnly) {
        this.readOnly = readOnly;
    }

    @Override
    public final int getTransactionIsolation() {
        return isolation;
    }

    @Override
    public final void setTransactionIsolation(int isolation) {
        this.isolation = isolation;
    }

    @Override
    public final String getCatalog() {
        return catalog;
    }

    @Override
    public final void setCatalog(String catalog) {
        this.catalog = catalog;
    }

    @Override
    public final String getSchema() {
        return schema;
    }

    @Override
    public final void setSchema(String schema) {
        this.schema = schema;
    }

    @Override
    public final int getNetworkTimeout() {
        return networkTimeout;
    }

    @Override
    public final void setNetworkTimeout(Executor executor, int milliseconds) {
        networkTimeout = milliseconds;
    }

    @Override
    public final int getHoldability() {
        return java.sql.ResultSet.CLOSE_CURSORS_AT_COMMIT;
    }

    @Override
    public final <T> T unwrap(Class<T> type) throws SQLException {
        if (!type.isInstance(this)) {
            throw new SQLException("Not a " + type);
        }
        return type.cast(this);
    }

    @Override
    public final boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }
}
