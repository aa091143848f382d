/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.roundtrips;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What a user does between getting a connection and closing it. */
enum Scenario {
    NOTHING("get, close") {
        @Override
        void run(Connection connection) {
            // that is all
        }
    },
    SELECT("select") {
        @Override
        void run(Connection connection) throws SQLException {
            select(connection);
        }
    },
    UPDATE_AND_COMMIT("update, commit") {
        @Override
        void run(Connection connection) throws SQLException {
            update(connection);
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
    },
    UPDATE("update, no commit") {
        @Override
        void run(Connection connection) throws SQLException {
            update(connection);
        }
    },
    METADATA("metadata only") {
        @Override
        void run(Connection connection) throws SQLException {
            try (ResultSet tables = connection.getMetaData().getTables(null, null, "wire", null)) {
                tables.next();
            }
        }
    },
    READ_ONLY_SERIALIZABLE("read-only, serializable, select") {
        @Override
        void run(Connection connection) throws SQLException {
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            select(connection);
        }
    },
    TRANSACTION("setAutoCommit(false), update, commit") {
        @Override
        void run(Connection connection) throws SQLException {
            connection.setAutoCommit(false);
            update(connection);
            connection.commit();
        }
    },
    ABANDONED_TRANSACTION("setAutoCommit(false), update") {
        @Override
        void run(Connection connection) throws SQLException {
            connection.setAutoCommit(false);
            update(connection);
        }
    },
    BEGIN("BEGIN as SQL, update") {
        @Override
        void run(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute("begin");
            }
            update(connection);
        }
    },
    SCHEMA("setSchema, select") {
        @Override
        void run(Connection connection) throws SQLException {
            connection.setSchema("other");
            select(connection);
        }
    };

    final String title;

    Scenario(String title) {
        this.title = title;
    }

    abstract void run(Connection connection) throws SQLException;

    private static void select(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery("select 1")) {
            results.next();
        }
    }

    private static void update(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("update public.wire set hits = hits + 1");
        }
    }
}
