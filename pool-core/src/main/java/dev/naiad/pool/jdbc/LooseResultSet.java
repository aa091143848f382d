/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.sql.ResultSet;
import org.jspecify.annotations.Nullable;

/**
 * Tracks a result set that no tracked statement closes: one from DatabaseMetaData or Array, whose statement is the
 * driver's secret, or a cursor returned as a value, which need not end with the statement that returned it.
 */
final class LooseResultSet extends Tracked {
    final DelegatingResultSet resultSet;
    private final @Nullable TrackedStatement statement;

    LooseResultSet(TrackingConnection connection, @Nullable TrackedStatement statement, ResultSet raw) {
        super(connection);
        this.statement = statement;
        resultSet = new DelegatingResultSet(this, raw);
    }

    @Override
    @Nullable
    ResultSet retire() {
        return resultSet.retire();
    }

    @Override
    boolean retired() {
        return resultSet.delegate == ClosedResultSet.INSTANCE;
    }

    @Override
    @Nullable
    TrackedStatement statement() {
        return statement;
    }

    @Override
    void closed(DelegatingResultSet closed) {
        connection.untrack(this);
    }
}
