/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.lang.ref.Reference;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Savepoint;
import java.sql.ShardingKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The connection that a user holds during one checkout, without what only the pool knows: how it is closed.
 *
 * <p>It notes which session properties were changed, and whether anything ran that may have opened a transaction. What
 * the pool does on return: {@link #closeStatements}, then roll back if {@link #used()} and autocommit is off, then
 * {@link #restoreSession}, always, and {@link #seal} before the physical connection can become anybody else's.
 *
 * <p>A pool may tell by the {@link SessionState} whether anybody can reach this or something opened through it, since all of
 * them hold it. So that a connection is not taken for lost in the middle of its last call, calls end with a reachability fence.
 */
public abstract class ConnectionProxy extends TrackingConnection {
    // Bits of dirty, beside those of the session properties.
    private static final int CLIENT_INFO = 1 << SessionProperty.COUNT;
    private static final int SHARDING_KEY = CLIENT_INFO << 1;

    private static final int RESTORED_BY_SQL =
            CLIENT_INFO | SessionProperty.ISOLATION.bit | SessionProperty.CATALOG.bit | SessionProperty.SCHEMA.bit;

    // Constants, since this change is part of most transactions, and an object made for it would show.
    private static final Change AUTO_COMMIT_ON = raw -> raw.setAutoCommit(true);
    private static final Change AUTO_COMMIT_OFF = raw -> raw.setAutoCommit(false);

    private static final byte RAN = 1;
    private static final byte RAN_SINCE_COMMIT = 3;

    // One object like this is allocated per checkout; its fields and the inherited ones are to fill 32 bytes, not more.
    private short dirty;

    // Not a bit of the above, because other threads may execute statements while the owner calls a setter: it is only
    // ever overwritten with constants, so neither can undo what the other noted.
    private byte activity;

    private boolean exposed;

    /**
     * A proxy for one checkout.
     *
     * @param raw the physical connection
     * @param session what is known of its session, the same object for as long as it lives
     * @param owner the thread that checks out; what it opens is tracked without locking
     */
    protected ConnectionProxy(Connection raw, SessionState session, Thread owner) {
        super(raw, session, owner);
        session.borrowedBy(owner);
    }

    @Override
    public abstract void close() throws SQLException;

    @Override
    public abstract void abort(Executor executor) throws SQLException;

    /** Notes that the driver is about to be asked for something with which it may open a transaction. */
    protected final void markUsed() {
        activity = RAN_SINCE_COMMIT;
        session.worked();
        session.called(isOwner());
    }

    /** The same for a call of which {@link #endCall} tells the end. */
    @Override
    final void beginCall() {
        activity = RAN_SINCE_COMMIT;
        session.worked();
        session.beginCall(isOwner());
    }

    @Override
    final void endCall() {
        session.endCall();
    }

    /**
     * Whether anything ran that may have opened a transaction since the last successful commit, rollback or switch to
     * autocommit. Stays true once {@link #exposed()} is.
     *
     * @return whether a rollback is due if autocommit is off
     */
    protected final boolean used() {
        return activity == RAN_SINCE_COMMIT || exposed;
    }

    /** To be called when the pool has ended the transaction through {@link #delegate()}. */
    protected final void clearUsed() {
        if (activity != 0) {
            activity = RAN;
            session.endedTransaction();
        }
    }

    /**
     * Whether something ran since the last commit or rollback, so that a transaction is open if autocommit is off. Unlike
     * {@link #used()} this does not suspect what was done through the driver's own objects.
     *
     * @return whether work is left open
     */
    protected final boolean workOpen() {
        return activity == RAN_SINCE_COMMIT;
    }

    /**
     * Whether the user began a transaction by an SQL statement, and did not end it the same way.
     *
     * @return whether a transaction may be open although autocommit is on
     */
    protected final boolean begunAsSql() {
        return session.begun();
    }

    /**
     * Whether nothing was done with this that would have to be undone.
     *
     * @return whether nothing ran, no session property was changed, nothing is open, and nothing could be done unseen
     */
    protected final boolean pristine() {
        return activity == 0 && dirty == 0 && !exposed && session.calls() == 0 && !hasStatements();
    }

    /** Notes that one of the driver's objects is handed out: from now on things can happen unseen. */
    @Override
    final void markExposed() {
        session.readOriginal(SessionProperty.AUTO_COMMIT, delegate);
        exposed = true;
        onExposed();
    }

    /** Told after {@link #exposed()} became true, and each time again; before the user gets the driver's object. */
    protected void onExposed() {}

    /**
     * Whether one of the driver's own objects was handed out by {@code unwrap}, through which anything may have been
     * changed unseen.
     *
     * @return whether something was unwrapped during this checkout
     */
    protected final boolean exposed() {
        return exposed;
    }

    @Override
    public void commit() throws SQLException {
        Interception interception = interception();
        if (interception == null) {
            commitNow();
        } else {
            interception.commit(this, this::commitNow);
        }
    }

    private void commitNow() throws SQLException {
        session.beginCall(isOwner());
        try {
            delegate.commit();
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            session.endCall();
            Reference.reachabilityFence(this);
        }
        clearUsed();
    }

    @Override
    public void rollback() throws SQLException {
        Interception interception = interception();
        if (interception == null) {
            rollbackNow();
        } else {
            interception.rollback(this, this::rollbackNow);
        }
    }

    private void rollbackNow() throws SQLException {
        session.beginCall(isOwner());
        try {
            delegate.rollback();
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            session.endCall();
            Reference.reachabilityFence(this);
        }
        clearUsed();
    }

    @Override
    public final void rollback(Savepoint savepoint) throws SQLException {
        Interception interception = interception();
        if (interception == null) {
            rollbackNow(savepoint);
        } else {
            interception.rollbackSavepoint(this, savepoint, () -> rollbackNow(savepoint));
        }
    }

    private void rollbackNow(Savepoint savepoint) throws SQLException {
        markUsed();
        try {
            delegate.rollback(savepoint);
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public final void releaseSavepoint(Savepoint savepoint) throws SQLException {
        Interception interception = interception();
        if (interception == null) {
            releaseNow(savepoint);
        } else {
            interception.releaseSavepoint(this, savepoint, () -> releaseNow(savepoint));
        }
    }

    private void releaseNow(Savepoint savepoint) throws SQLException {
        markUsed();
        try {
            delegate.releaseSavepoint(savepoint);
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public final Savepoint setSavepoint() throws SQLException {
        Interception interception = interception();
        return interception == null ? savepointNow() : interception.savepoint(this, null, this::savepoint);
    }

    @Override
    public final Savepoint setSavepoint(String name) throws SQLException {
        Interception interception = interception();
        return interception == null ? savepointNow(name) : interception.savepoint(this, name, this::savepoint);
    }

    private Savepoint savepoint(@Nullable String name) throws SQLException {
        return name == null ? savepointNow() : savepointNow(name);
    }

    private Savepoint savepointNow() throws SQLException {
        markUsed();
        try {
            return delegate.setSavepoint();
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private Savepoint savepointNow(String name) throws SQLException {
        markUsed();
        try {
            return delegate.setSavepoint(name);
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Whether a session property was changed and not changed back.
     *
     * @return whether {@link #restoreSession} has something to restore
     */
    protected final boolean sessionDirty() {
        return dirty != 0;
    }

    /**
     * Puts back the session properties changed during this checkout, and clears the warnings if anything ran. Costs
     * nothing if neither is the case. To be called before {@link #seal}, with no transaction open.
     *
     * @throws SQLException if something cannot be put back; the connection is then in no state to be used again
     */
    protected final void restoreSession() throws SQLException {
        Connection raw = delegate;
        if (exposed) {
            session.forgetInForce(-1);
            if (!session.isOriginal(SessionProperty.AUTO_COMMIT, raw.getAutoCommit())) {
                setDirty(SessionProperty.AUTO_COMMIT.bit);
            }
        }
        if (dirty != 0) {
            if ((dirty & SHARDING_KEY) != 0) {
                throw new SQLException("Cannot restore the sharding key: JDBC has no way to ask for the original one");
            }
            session.restore(dirty & SessionProperty.AUTO_COMMIT.bit, raw);
            boolean transactional = (dirty & RESTORED_BY_SQL) != 0 && !raw.getAutoCommit();
            boolean switched = transactional && switchesAutoCommitLocally();
            if (switched) {
                raw.setAutoCommit(true);
            }
            session.restore(dirty & ~SessionProperty.AUTO_COMMIT.bit, raw);
            if ((dirty & CLIENT_INFO) != 0) {
                session.restoreClientInfo(raw);
            }
            if (switched) {
                raw.setAutoCommit(false);
            } else if (transactional) {
                raw.commit(); // else a transaction may stay open, or what was restored may be undone with it
            }
            dirty = 0;
        }
        if (activity != 0) {
            session.endBegun();
            session.unsettle();
            raw.clearWarnings();
        }
        session.endLoan();
    }

    /** To be called when others had {@link #delegate()}: what was set before need not be in force any more. */
    protected final void forgetSettings() {
        session.forgetInForce(-1);
    }

    /**
     * Asked when something is to be restored by SQL.
     *
     * @return whether the driver switches autocommit without a round trip
     */
    protected abstract boolean switchesAutoCommitLocally();

    private void setDirty(int bit) {
        dirty = (short) (dirty | bit);
    }

    private void setClean(int bit) {
        dirty = (short) (dirty & ~bit);
    }

    @FunctionalInterface
    private interface Change {
        void make(Connection raw) throws SQLException;
    }

    private void change(SessionProperty property, @Nullable Object value, Change change) throws SQLException {
        checkOpen();
        Connection raw = delegate;
        session.readOriginal(property, raw);
        if (!exposed && session.isInForce(property, value)) {
            return;
        }
        markUsed();
        session.forgetInForce(property.bit);
        changing(property.bit, change, raw);
        session.hasSet(property, value);
        if (session.isOriginal(property, value) && (property.lasting || commitsAlways(raw))) {
            setClean(property.bit);
        }
    }

    /** Dirty even if the change fails, for who knows how far it got; unless the driver cannot do it at all. */
    private void changing(int bit, Change change, Connection raw) throws SQLException {
        boolean before = (dirty & bit) != 0;
        setDirty(bit);
        try {
            change.make(raw);
        } catch (SQLFeatureNotSupportedException e) {
            if (!before) {
                setClean(bit);
            }
            throw failed(e);
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private static boolean commitsAlways(Connection raw) {
        try {
            return raw.getAutoCommit();
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void setAutoCommit(boolean autoCommit) throws SQLException {
        checkOpen();
        try {
            Connection raw = delegate;
            boolean before = raw.getAutoCommit(); // which is local in all drivers
            session.called(isOwner());
            session.autoCommit(before);
            if (before == autoCommit) {
                return;
            }
            session.rememberOriginal(SessionProperty.AUTO_COMMIT, before);
        } catch (SQLException e) {
            throw failed(e);
        }
        Interception interception = interception();
        if (interception == null) {
            setAutoCommitNow(autoCommit);
        } else if (!autoCommit) {
            interception.begin(this, () -> setAutoCommitNow(false));
        } else if (activity == RAN_SINCE_COMMIT) {
            interception.commit(this, () -> setAutoCommitNow(true));
        } else {
            setAutoCommitNow(true);
        }
    }

    private void setAutoCommitNow(boolean autoCommit) throws SQLException {
        changing(SessionProperty.AUTO_COMMIT.bit, autoCommit ? AUTO_COMMIT_ON : AUTO_COMMIT_OFF, delegate);
        session.autoCommit(autoCommit);
        if (session.isOriginal(SessionProperty.AUTO_COMMIT, autoCommit)) {
            setClean(SessionProperty.AUTO_COMMIT.bit);
        }
        if (autoCommit) { // which commits; while turning it off leaves open what SQL text may have begun
            clearUsed();
        }
    }

    @Override
    public final void setReadOnly(boolean readOnly) throws SQLException {
        change(SessionProperty.READ_ONLY, readOnly, raw -> raw.setReadOnly(readOnly));
    }

    @Override
    public final void setTransactionIsolation(int level) throws SQLException {
        change(SessionProperty.ISOLATION, level, raw -> raw.setTransactionIsolation(level));
    }

    @Override
    public final void setCatalog(String catalog) throws SQLException {
        change(SessionProperty.CATALOG, catalog, raw -> raw.setCatalog(catalog));
    }

    @Override
    public final void setSchema(String schema) throws SQLException {
        change(SessionProperty.SCHEMA, schema, raw -> raw.setSchema(schema));
    }

    @Override
    public final void setHoldability(int holdability) throws SQLException {
        change(SessionProperty.HOLDABILITY, holdability, raw -> raw.setHoldability(holdability));
    }

    @Override
    public final void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
        change(SessionProperty.NETWORK_TIMEOUT, milliseconds, raw -> raw.setNetworkTimeout(executor, milliseconds));
    }

    @Override
    public final void setTypeMap(Map<String, Class<?>> map) throws SQLException {
        change(SessionProperty.TYPE_MAP, map, raw -> raw.setTypeMap(map));
    }

    @Override
    public final void setClientInfo(String name, @Nullable String value) throws SQLClientInfoException {
        List<String> added = clientInfoChanging(Collections.singletonList(name));
        try {
            delegate.setClientInfo(name, value);
        } catch (SQLClientInfoException e) {
            clientInfoUnchanged(added);
            throw failed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public final void setClientInfo(Properties properties) throws SQLClientInfoException {
        List<String> added = clientInfoChanging(SessionState.clientInfoNames(properties, delegate));
        try {
            delegate.setClientInfo(properties);
        } catch (SQLClientInfoException e) {
            added.retainAll(namesOf(e.getFailedProperties()));
            clientInfoUnchanged(added);
            throw failed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private SQLClientInfoException failed(SQLClientInfoException e) {
        if (!sealed()) {
            onFailure(e);
        }
        return e;
    }

    private List<String> clientInfoChanging(Collection<String> names) {
        if (sealed()) {
            return new ArrayList<>();
        }
        markUsed();
        setDirty(CLIENT_INFO);
        return session.clientInfoChanging(names, delegate);
    }

    private void clientInfoUnchanged(Collection<String> names) {
        if (!sealed() && !session.clientInfoUnchanged(names)) {
            setClean(CLIENT_INFO);
        }
    }

    private static Set<String> namesOf(@Nullable Map<String, ?> properties) {
        return properties == null ? Set.of() : properties.keySet();
    }

    @Override
    public final void setShardingKey(ShardingKey shardingKey) throws SQLException {
        changeShardingKey(raw -> raw.setShardingKey(shardingKey));
    }

    @Override
    public final void setShardingKey(ShardingKey shardingKey, ShardingKey superShardingKey) throws SQLException {
        changeShardingKey(raw -> raw.setShardingKey(shardingKey, superShardingKey));
    }

    private void changeShardingKey(Change change) throws SQLException {
        checkOpen();
        markUsed();
        changing(SHARDING_KEY, change, delegate);
    }

    @Override
    public final boolean setShardingKeyIfValid(ShardingKey shardingKey, int seconds) throws SQLException {
        markUsed();
        try {
            return changedShardingKey(delegate.setShardingKeyIfValid(shardingKey, seconds));
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public final boolean setShardingKeyIfValid(ShardingKey shardingKey, ShardingKey superShardingKey, int seconds)
            throws SQLException {
        markUsed();
        try {
            return changedShardingKey(delegate.setShardingKeyIfValid(shardingKey, superShardingKey, seconds));
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private boolean changedShardingKey(boolean changed) {
        if (changed) {
            setDirty(SHARDING_KEY);
        }
        return changed;
    }
}
