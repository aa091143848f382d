/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import dev.naiad.pool.intercept.ExecutionInterceptor;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A connection proxy as a pool would write it, with its protected methods opened to the tests. */
final class TestConnection extends ConnectionProxy {
    final List<SQLException> failures = new ArrayList<>();
    final List<Throwable> failuresOnClose = new ArrayList<>();
    private final @Nullable Interception interception;
    private boolean switchesAutoCommitLocally;

    TestConnection(Connection raw, ExecutionInterceptor... interceptors) {
        this(raw, new SessionState(), Thread.currentThread(), Interception.of(List.of(interceptors)));
    }

    TestConnection(Connection raw, SessionState session, Thread owner) {
        this(raw, session, owner, null);
    }

    private TestConnection(Connection raw, SessionState session, Thread owner, @Nullable Interception interception) {
        super(raw, session, owner);
        this.interception = interception;
    }

    @Override
    protected @Nullable Interception interception() {
        return interception;
    }

    @Override
    protected void onFailure(SQLException e) {
        failures.add(e);
    }

    @Override
    public void close() {
        closeStatements(failuresOnClose::add);
        seal();
    }

    @Override
    public void abort(Executor executor) {
        seal();
    }

    boolean isUsed() {
        return used();
    }

    boolean isBegunAsSql() {
        return begunAsSql();
    }

    boolean isSessionDirty() {
        return sessionDirty();
    }

    void restore() throws SQLException {
        restoreSession();
    }

    void restoreWithLocalAutoCommit() throws SQLException {
        switchesAutoCommitLocally = true;
        restoreSession();
    }

    @Override
    protected boolean switchesAutoCommitLocally() {
        return switchesAutoCommitLocally;
    }

    void transactionEnded() {
        clearUsed();
    }

    boolean isExposed() {
        return exposed();
    }

    boolean isSealed() {
        return sealed();
    }

    Connection raw() {
        return delegate();
    }
}
