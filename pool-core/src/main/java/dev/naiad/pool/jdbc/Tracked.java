/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Something open that its connection closes at the latest when it is itself closed, and a node of the
 * list it keeps for that. */
abstract class Tracked {
    final TrackingConnection connection;

    /** Towards the head of the list; null in the head itself and in whatever is not in the list. */
    @Nullable
    Tracked newer;

    @Nullable
    Tracked older;

    Tracked(TrackingConnection connection) {
        this.connection = connection;
    }

    /** Makes the proxy dead; returns what the driver still has to close, or null if the proxy was dead before. */
    abstract @Nullable AutoCloseable retire();

    abstract boolean retired();

    /** What {@link ResultSet#getStatement} answers for result sets of this owner. */
    abstract @Nullable TrackedStatement statement();

    /** One of this owner's result sets was closed by the user. */
    abstract void closed(DelegatingResultSet resultSet);

    final SQLException failed(SQLException e) {
        return connection.failed(e);
    }

    final void beginCall() {
        connection.beginCall(this);
    }

    final void beginCall(String sql) {
        connection.beginCall(this, sql);
    }

    final void endCall() {
        connection.endCall();
    }

    final void markExposed() {
        connection.markExposed();
    }

    final @Nullable Array wrap(@Nullable Array raw) {
        return connection.wrap(raw);
    }

    final @Nullable Object wrapValue(@Nullable Object value) throws SQLException {
        return connection.wrapValue(value, statement());
    }

    /** The value wrapped, unless a type was asked for that only the driver's own object has. */
    final <T> @Nullable T wrapValue(Class<T> type, @Nullable T value) throws SQLException {
        Object wrapped = wrapValue(value);
        return type.isInstance(wrapped) ? type.cast(wrapped) : value;
    }
}
