/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The databases whose ways are known. */
enum VendorDialect implements Dialect {
    POSTGRESQL("PostgreSQL", "postgresql") {

        @Override
        public boolean switchesAutoCommitLocally() {
            return true;
        }

        /** The driver knows whether a transaction is open, sends nothing if not, and switches autocommit by itself. */
        @Override
        public void rollbackBegun(Connection connection) throws SQLException {
            connection.setAutoCommit(false);
            connection.rollback();
            connection.setAutoCommit(true);
        }

        @Override
        public void commitBegun(Connection connection) throws SQLException {
            connection.setAutoCommit(false);
            connection.commit();
            connection.setAutoCommit(true);
        }
    },

    MYSQL("MySQL", "mysql"),

    MARIADB("MariaDB", "mariadb"),

    ORACLE("Oracle", "oracle"),

    SQL_SERVER("Microsoft SQL Server", "sqlserver", "jtds") {

        @Override
        public void rollbackBegun(Connection connection) throws SQLException {
            execute(connection, "IF @@TRANCOUNT > 0 ROLLBACK");
        }

        @Override
        public void commitBegun(Connection connection) throws SQLException {
            execute(connection, "WHILE @@TRANCOUNT > 0 COMMIT");
        }
    },

    H2("H2", "h2"),

    HSQLDB("HSQL Database Engine", "hsqldb"),

    DERBY("Apache Derby", "derby"),

    SQLITE("SQLite", "sqlite") {

        @Override
        public void rollbackBegun(Connection connection) throws SQLException {
            executeIfBegun(connection, "ROLLBACK");
        }

        @Override
        public void commitBegun(Connection connection) throws SQLException {
            executeIfBegun(connection, "COMMIT");
        }
    },

    DB2("DB2", "db2");

    private final String product;
    private final List<String> subprotocols;

    VendorDialect(String product, String... subprotocols) {
        this.product = product;
        this.subprotocols = List.of(subprotocols);
    }

    /** Finds the vendor in the first two parts of a URL, so that {@code jdbc:wrapper:postgresql:} is understood, too. */
    static @Nullable VendorDialect ofUrl(String url) {
        String[] parts = url.toLowerCase(Locale.ROOT).split(":", 4);
        for (int i = 1; i < Math.min(3, parts.length); i++) {
            for (VendorDialect dialect : values()) {
                if (dialect.subprotocols.contains(parts[i])) {
                    return dialect;
                }
            }
        }
        return null;
    }

    static @Nullable VendorDialect ofProduct(String name) {
        for (VendorDialect dialect : values()) {
            if (name.startsWith(dialect.product)) {
                return dialect;
            }
        }
        return null;
    }

    @Override
    public boolean isDisconnect(SQLException exception, @Nullable Connection connection) {
        return classify(exception, connection) != Disconnect.NONE;
    }

    @Override
    public Disconnect classify(SQLException exception, @Nullable Connection connection) {
        return KnownErrors.of(this).judge(exception, connection);
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** For a database that calls it an error when no transaction is open. */
    private static void executeIfBegun(Connection connection, String sql) throws SQLException {
        try {
            execute(connection, sql);
        } catch (SQLException e) {
            if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
                throw e;
            }
        }
    }
}
