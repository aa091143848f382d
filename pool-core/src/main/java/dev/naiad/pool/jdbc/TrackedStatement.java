/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.lang.ref.Reference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** What the three kinds of statement share: being tracked, being closed, and their last result set. */
abstract class TrackedStatement extends Tracked implements Statement {
    /** The latest result set, so that {@code getResultSet()} gives the same object as long as the driver does. */
    private @Nullable DelegatingResultSet results;

    TrackedStatement(TrackingConnection connection) {
        super(connection);
    }

    /** Swaps the delegate for {@link ClosedStatement}; returns what it was before, or null if that was done already. */
    abstract @Nullable Statement takeDelegate();

    @Override
    final @Nullable Statement retire() {
        Statement raw = takeDelegate();
        DelegatingResultSet last = results;
        if (last != null) {
            results = null;
            last.retire();
        }
        return raw;
    }

    @Override
    final TrackedStatement statement() {
        return this;
    }

    @Override
    final void closed(DelegatingResultSet resultSet) {
        if (results == resultSet) {
            results = null;
        }
    }

    // When two threads close at once, both may reach the driver, which JDBC defines as harmless; an atomic swap would
    // cost every statement more than that is worth.
    @Override
    public final void close() throws SQLException {
        Statement raw = retire();
        if (raw == null) {
            return;
        }
        connection.untrack(this);
        try {
            raw.close();
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @SuppressWarnings("ReferenceEquality") // whether it is the same object is the question, not what the driver equates
    final @Nullable ResultSet wrap(@Nullable ResultSet raw) {
        if (raw == null) {
            return null;
        }
        DelegatingResultSet last = results;
        if (last == null || last.delegate != raw) {
            last = new DelegatingResultSet(this, raw);
            results = last;
        }
        return last;
    }
}
