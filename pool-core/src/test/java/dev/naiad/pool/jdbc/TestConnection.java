/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** A connection proxy as a pool would write it, with its protected methods opened to the tests. */
final class TestConnection extends ConnectionProxy {
    final List<SQLException> failures = new ArrayList<>();
    final List<Throwable> failuresOnClose = new ArrayList<>();

    TestConnection(Connection raw) {
        this(raw, new SessionState(), Thread.currentThread());
    }

    TestConnection(Connection raw, SessionState session, Thread owner) {
        super(raw, session, owner);
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

    boolean isSessionDirty() {
        return sessionDirty();
    }

    void restore() throws SQLException {
        restoreSession();
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
