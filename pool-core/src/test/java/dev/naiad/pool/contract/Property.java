/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.contract;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;

/** What a user can change about the session through JDBC. */
enum Property {
    READ_ONLY(Connection::isReadOnly, (connection, database) -> connection.setReadOnly(true)),
    ISOLATION(
            Connection::getTransactionIsolation,
            (connection, database) -> connection.setTransactionIsolation(database.otherIsolation())),
    CATALOG(Connection::getCatalog, (connection, database) -> connection.setCatalog(database.otherCatalog())),
    SCHEMA(Connection::getSchema, (connection, database) -> connection.setSchema(database.otherSchema())),
    HOLDABILITY(
            Connection::getHoldability,
            (connection, database) -> connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT
                    + ResultSet.CLOSE_CURSORS_AT_COMMIT
                    - connection.getHoldability())),
    NETWORK_TIMEOUT(
            Connection::getNetworkTimeout,
            (connection, database) -> connection.setNetworkTimeout(Runnable::run, 54_321)),
    TYPE_MAP(
            connection -> {
                Map<String, Class<?>> map = connection.getTypeMap();
                return map == null ? "none" : map.toString();
            },
            (connection, database) -> connection.setTypeMap(Map.of("money", String.class))),
    CLIENT_INFO(
            connection -> String.valueOf(connection.getClientInfo("ApplicationName")),
            (connection, database) -> connection.setClientInfo("ApplicationName", "orders"));

    /** What a driver makes of the setter. */
    enum Support {
        /** The value is in force afterwards. */
        OBEYED,
        /** No complaint, and no effect. */
        IGNORED,
        /** An exception. */
        REFUSED
    }

    private final Reading reading;
    private final Change change;

    Property(Reading reading, Change change) {
        this.reading = reading;
        this.change = change;
    }

    Object read(Connection connection) throws SQLException {
        try {
            return reading.read(connection);
        } catch (SQLFeatureNotSupportedException e) {
            return "not supported";
        }
    }

    void change(Connection connection, JdbcContractTests database) throws SQLException {
        change.make(connection, database);
    }

    private interface Reading {
        Object read(Connection connection) throws SQLException;
    }

    private interface Change {
        void make(Connection connection, JdbcContractTests database) throws SQLException;
    }
}
