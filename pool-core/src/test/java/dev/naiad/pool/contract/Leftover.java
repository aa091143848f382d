/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.contract;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;

/** Ways to leave a transaction open behind oneself. */
enum Leftover {
    UPDATE(true) {
        @Override
        void leave(Connection connection, JdbcContractTests database) throws SQLException {
            connection.setAutoCommit(false);
            JdbcContractTests.rename(connection);
        }
    },
    SELECT(false) {
        @Override
        void leave(Connection connection, JdbcContractTests database) throws SQLException {
            connection.setAutoCommit(false);
            ResultSet results = connection.createStatement().executeQuery("select name from item");
            results.next();
        }
    },
    ROLLBACK_TO_SAVEPOINT(true) {
        @Override
        void leave(Connection connection, JdbcContractTests database) throws SQLException {
            connection.setAutoCommit(false);
            JdbcContractTests.rename(connection);
            Savepoint savepoint = connection.setSavepoint("before");
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("delete from item");
            }
            connection.rollback(savepoint);
        }
    },
    COMMIT_AND_UPDATE(true) {
        @Override
        void leave(Connection connection, JdbcContractTests database) throws SQLException {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("update item set name = name");
            }
            connection.commit();
            JdbcContractTests.rename(connection);
        }
    },
    READ_ONLY_AFTER_SELECT(false) {
        @Override
        void leave(Connection connection, JdbcContractTests database) throws SQLException {
            connection.setAutoCommit(false);
            try {
                connection.setReadOnly(true);
            } catch (SQLException e) {
                connection.rollback(); // then without
            }
            connection.createStatement().executeQuery("select name from item").next();
        }
    },
    METADATA(false) {
        @Override
        void leave(Connection connection, JdbcContractTests database) throws SQLException {
            connection.setAutoCommit(false);
            connection.getMetaData().getTables(null, null, "%", null).next();
            connection.getSchema();
        }
    },
    FAILED_STATEMENT(false) {
        @Override
        void leave(Connection connection, JdbcContractTests database) throws SQLException {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("select nonsense from nowhere");
            } catch (SQLException e) {
                return;
            }
            throw new AssertionError("there is no such table");
        }
    },
    BEGIN_AS_SQL(true) {
        @Override
        void leave(Connection connection, JdbcContractTests database) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(database.begin());
                JdbcContractTests.rename(connection);
            }
        }
    },
    BEGIN_AS_PREPARED_SQL(true) {
        @Override
        void leave(Connection connection, JdbcContractTests database) throws SQLException {
            connection.prepareStatement("-- by hand\n" + database.begin()).execute();
            JdbcContractTests.rename(connection);
        }
    },
    BEGIN_AMONG_OTHER_SQL(true) {
        @Override
        void leave(Connection connection, JdbcContractTests database) throws SQLException {
            String begin = database.begin();
            try (Statement statement = connection.createStatement()) {
                statement.execute(database.takesSeveralStatements() ? "update item set name = name; " + begin : begin);
                JdbcContractTests.rename(connection);
            }
        }
    };

    /** Whether a commit would make a difference. */
    final boolean writes;

    Leftover(boolean writes) {
        this.writes = writes;
    }

    abstract void leave(Connection connection, JdbcContractTests database) throws SQLException;
}
