/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.ShardingKey;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One of several handles on a {@link ConnectionProxy}. It dies by itself, and its statements with it; the transaction and
 * the session are those of the proxy, which also notes what has to be undone.
 */
public abstract class SharedHandle extends TrackingConnection {

    /**
     * A handle.
     *
     * @param shared the proxy that all handles have in common
     * @param owner the thread that asked for this one
     */
    protected SharedHandle(ConnectionProxy shared, Thread owner) {
        super(shared, new SessionState(), owner);
    }

    /** None: statements go through the shared proxy, which has them intercepted. */
    @Override
    protected final @Nullable Interception interception() {
        return null;
    }

    @Override
    public abstract void close() throws SQLException;

    @Override
    public abstract void abort(Executor executor) throws SQLException;

    /** Nothing to do: the shared proxy was told before. */
    @Override
    protected final void onFailure(SQLException e) {}

    /** Nothing to do: the shared proxy notes it. */
    @Override
    final void beginCall() {}

    /** Nothing to do: the shared proxy notes it. */
    @Override
    final void endCall() {}

    /** Nothing to do: the shared proxy notes it. */
    @Override
    final void markExposed() {}

    @Override
    public final void setClientInfo(@Nullable String name, @Nullable String value) throws SQLClientInfoException {
        delegate.setClientInfo(name, value);
    }

    @Override
    public final void setClientInfo(Properties properties) throws SQLClientInfoException {
        delegate.setClientInfo(properties);
    }

    @FunctionalInterface
    private interface Change {
        void make(Connection shared) throws SQLException;
    }

    private void change(Change change) throws SQLException {
        try {
            change.make(delegate);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public final void setAutoCommit(boolean autoCommit) throws SQLException {
        change(shared -> shared.setAutoCommit(autoCommit));
    }

    @Override
    public final void commit() throws SQLException {
        change(shared -> shared.commit());
    }

    @Override
    public final void rollback() throws SQLException {
        change(shared -> shared.rollback());
    }

    @Override
    public final void rollback(Savepoint savepoint) throws SQLException {
        change(shared -> shared.rollback(savepoint));
    }

    @Override
    public final void releaseSavepoint(Savepoint savepoint) throws SQLException {
        change(shared -> shared.releaseSavepoint(savepoint));
    }

    @Override
    public final Savepoint setSavepoint() throws SQLException {
        Savepoint[] set = new Savepoint[1];
        change(shared -> set[0] = shared.setSavepoint());
        return set[0];
    }

    @Override
    public final Savepoint setSavepoint(String name) throws SQLException {
        Savepoint[] set = new Savepoint[1];
        change(shared -> set[0] = shared.setSavepoint(name));
        return set[0];
    }

    @Override
    public final void setReadOnly(boolean readOnly) throws SQLException {
        change(shared -> shared.setReadOnly(readOnly));
    }

    @Override
    public final void setTransactionIsolation(int level) throws SQLException {
        change(shared -> shared.setTransactionIsolation(level));
    }

    @Override
    public final void setCatalog(String catalog) throws SQLException {
        change(shared -> shared.setCatalog(catalog));
    }

    @Override
    public final void setSchema(String schema) throws SQLException {
        change(shared -> shared.setSchema(schema));
    }

    @Override
    public final void setHoldability(int holdability) throws SQLException {
        change(shared -> shared.setHoldability(holdability));
    }

    @Override
    public final void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
        change(shared -> shared.setNetworkTimeout(executor, milliseconds));
    }

    @Override
    public final void setTypeMap(Map<String, Class<?>> map) throws SQLException {
        change(shared -> shared.setTypeMap(map));
    }

    @Override
    public final void setShardingKey(ShardingKey shardingKey) throws SQLException {
        change(shared -> shared.setShardingKey(shardingKey));
    }

    @Override
    public final void setShardingKey(ShardingKey shardingKey, ShardingKey superShardingKey) throws SQLException {
        change(shared -> shared.setShardingKey(shardingKey, superShardingKey));
    }

    @Override
    public final boolean setShardingKeyIfValid(ShardingKey shardingKey, int seconds) throws SQLException {
        try {
            return delegate.setShardingKeyIfValid(shardingKey, seconds);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public final boolean setShardingKeyIfValid(ShardingKey shardingKey, ShardingKey superShardingKey, int seconds)
            throws SQLException {
        try {
            return delegate.setShardingKeyIfValid(shardingKey, superShardingKey, seconds);
        } catch (SQLException e) {
            throw failed(e);
        }
    }
}
