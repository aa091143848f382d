/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A delegating connection that can be made dead, and that keeps a list of what was opened through it and is still open.
 *
 * <p>Objects are as thread-safe as the driver's. Used by several threads at once, the list neither throws nor loops; if
 * a statement is opened in the very moment in which another thread closes the connection, it may be overlooked.
 */
@SuppressWarnings("ReferenceEquality") // threads and list nodes are compared by identity
public abstract class TrackingConnection extends DelegatingConnection {
    /** {@link SessionState#CLOSED} once sealed: a dead handle that somebody keeps must not keep the session. */
    SessionState session;

    private final Thread owner;

    /**
     * The head of a doubly linked list. Only the owner links and unlinks, so it needs no lock; whoever closes the
     * connection may be another thread. What holds even then: a node's {@code older} is null or a node that was linked
     * before it, since every value written there is taken from such a place or from the head at the time of linking. A
     * walk along {@code older} therefore ends, however the threads interleave.
     */
    private @Nullable Tracked newest;

    TrackingConnection(Connection raw, SessionState session, Thread owner) {
        super(raw);
        this.session = session;
        this.owner = owner;
    }

    /**
     * Told of each SQLException that the driver throws through this connection or anything obtained from it, before the
     * user sees the same exception; not after {@link #seal}, and not for failures handed to the consumer of
     * {@link #closeStatements} or thrown by {@link ConnectionProxy#restoreSession}. Must not throw.
     *
     * @param e what the driver threw
     */
    protected abstract void onFailure(SQLException e);

    /**
     * What stands around executions and transactions. Asked when statements are made and transactions end, not at checkout.
     *
     * @return always the same, null if there is nothing
     */
    @Override
    protected abstract @Nullable Interception interception();

    /**
     * Returns the physical connection, or, once sealed, one on which every call fails.
     *
     * @return the object that calls go to
     */
    protected final Connection delegate() {
        return delegate;
    }

    /**
     * Returns what is known of the physical connection's session.
     *
     * @return the object given to the constructor, until this is sealed
     */
    protected final SessionState session() {
        return session;
    }

    /**
     * Makes this handle dead for good: every call but the few that JDBC allows on a closed connection fails with
     * SQLState 08003 and does not reach the physical connection. Sealing twice does nothing.
     *
     * <p>A plain write: the pool publishes it with the atomic operation that gives the connection up afterwards. A
     * thread in the middle of a call finishes it, which no memory ordering could prevent.
     */
    protected final void seal() {
        delegate = ClosedConnection.INSTANCE;
        session = SessionState.CLOSED;
    }

    /**
     * Whether this handle is dead.
     *
     * @return whether {@link #seal} was called
     */
    protected final boolean sealed() {
        return delegate == ClosedConnection.INSTANCE;
    }

    final void beginCall(Tracked caller) {
        beginCall();
        session.calledBy(caller.statement());
    }

    final void beginCall(Tracked caller, String sql) {
        beginCall(caller);
        session.noteText(sql);
    }

    @Override
    final void beginPreparing(String sql) {
        beginCall();
        session.notePreparedText(sql);
    }

    final boolean isOwner() {
        return Thread.currentThread() == owner;
    }

    final void checkOpen() throws SQLException {
        if (sealed()) {
            throw new ClosedHandleException("Connection is closed");
        }
    }

    @Override
    final SQLException failed(SQLException e) {
        if (e instanceof ClosedHandleException) {
            return e;
        }
        if (sealed()) {
            return new ClosedHandleException("Connection is closed", e);
        }
        onFailure(e);
        return e;
    }

    /** An interceptor threw this; {@link #failed} is for what the driver throws. */
    final void intercepted(SQLException e) {
        if (!(e instanceof ClosedHandleException) && !sealed()) {
            onFailure(e);
        }
    }

    /**
     * Whether something may have been opened through this connection that is still open.
     *
     * @return whether {@link #closeStatements} may have something to do
     */
    protected final boolean hasStatements() {
        return newest != null || session.strayed();
    }

    /**
     * Closes whatever was opened through this connection and is still open, statements of the owner's newest first.
     * Afterwards their proxies are dead.
     *
     * @param onFailure given each thing that a driver throws, also errors; the rest is closed all the same
     */
    protected final void closeStatements(Consumer<? super Throwable> onFailure) {
        Tracked next = newest;
        newest = null;
        while (next != null) {
            Tracked open = next;
            next = open.older;
            open.newer = null;
            open.older = null;
            close(open, onFailure);
        }
        if (session.strayed()) {
            for (Tracked open : session.strays()) {
                session.removeStray(open);
                close(open, onFailure);
            }
        }
    }

    private static void close(Tracked open, Consumer<? super Throwable> onFailure) {
        try {
            AutoCloseable raw = open.retire();
            if (raw != null) {
                raw.close();
            }
        } catch (Throwable e) {
            onFailure.accept(e);
        }
    }

    final <T extends Tracked> T track(T opened) throws SQLException {
        if (Thread.currentThread() == owner) {
            link(opened);
        } else {
            session.addStray(opened);
        }
        if (sealed()) { // while the driver was opening it: too late for closeStatements to have seen it
            untrack(opened);
            close(opened, e -> {});
            throw new ClosedHandleException("Connection is closed");
        }
        return opened;
    }

    private void link(Tracked opened) {
        Tracked head = newest;
        while (head != null && head.retired()) { // closed by other threads, which cannot unlink
            head = head.older;
        }
        opened.older = head;
        if (head != null) {
            head.newer = opened;
        }
        newest = opened;
    }

    final void untrack(Tracked closed) {
        if (Thread.currentThread() != owner) {
            session.removeStray(closed);
            return;
        }
        Tracked newer = closed.newer;
        Tracked older = closed.older;
        if (newer != null) {
            newer.older = older;
        } else if (newest == closed) {
            newest = older;
        } else {
            session.removeStray(closed);
            return;
        }
        if (older != null) {
            older.newer = newer;
        }
        closed.newer = null;
        closed.older = null;
    }

    @Override
    final @Nullable Statement wrap(@Nullable Statement raw) throws SQLException {
        if (raw == null) {
            return null;
        }
        Interception interception = interception();
        return track(
                interception == null
                        ? new DelegatingStatement(this, raw)
                        : new InterceptedStatement(this, raw, interception, null));
    }

    @Override
    final @Nullable PreparedStatement prepareStatement(
            Interception interception, @Nullable String sql, Preparation<PreparedStatement> preparation)
            throws SQLException {
        checkOpen();
        String text = interception.rewrite(this, sql);
        PreparedStatement raw = prepared(text, preparation);
        return raw == null ? null : track(new InterceptedPreparedStatement(this, raw, interception, text));
    }

    @Override
    final @Nullable CallableStatement prepareCall(
            Interception interception, @Nullable String sql, Preparation<CallableStatement> preparation)
            throws SQLException {
        checkOpen();
        String text = interception.rewrite(this, sql);
        CallableStatement raw = prepared(text, preparation);
        return raw == null ? null : track(new InterceptedCallableStatement(this, raw, interception, text));
    }

    private <T> @Nullable T prepared(String sql, Preparation<T> preparation) throws SQLException {
        beginPreparing(sql);
        try {
            return preparation.prepare(sql);
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            endCall();
        }
    }

    @Override
    final @Nullable PreparedStatement wrap(@Nullable PreparedStatement raw) throws SQLException {
        return raw == null ? null : track(new DelegatingPreparedStatement(this, raw));
    }

    @Override
    final @Nullable CallableStatement wrap(@Nullable CallableStatement raw) throws SQLException {
        return raw == null ? null : track(new DelegatingCallableStatement(this, raw));
    }

    @Override
    final @Nullable DatabaseMetaData wrap(@Nullable DatabaseMetaData raw) {
        return raw == null ? null : new DelegatingDatabaseMetaData(this, raw);
    }

    @Override
    final @Nullable Array wrap(@Nullable Array raw) {
        return raw == null ? null : new DelegatingArray(this, raw);
    }

    final @Nullable ResultSet wrap(@Nullable ResultSet raw) throws SQLException {
        return wrap(raw, null);
    }

    private @Nullable ResultSet wrap(@Nullable ResultSet raw, @Nullable TrackedStatement statement)
            throws SQLException {
        return raw == null ? null : track(new LooseResultSet(this, statement, raw)).resultSet;
    }

    final @Nullable Object wrapValue(@Nullable Object value) throws SQLException {
        return wrapValue(value, null);
    }

    final @Nullable Object wrapValue(@Nullable Object value, @Nullable TrackedStatement statement) throws SQLException {
        // The usual values are ruled out by their class, which costs less than a search for two interfaces.
        if (value == null || value instanceof String || value instanceof Number) {
            return value;
        }
        if (value instanceof Array array) {
            return wrap(array);
        }
        return value instanceof ResultSet resultSet ? wrap(resultSet, statement) : value;
    }
}
