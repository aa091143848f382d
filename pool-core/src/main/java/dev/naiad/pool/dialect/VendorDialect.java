/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The databases whose ways are known. */
enum VendorDialect implements Dialect {
    POSTGRESQL(
            "PostgreSQL",
            Set.of("postgresql"),
            ErrorTable.PLAIN
                    // Shutdowns, a dropped database, and the timeouts of a session and of its transactions.
                    .dead("57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04")
                    .failover(e -> "25006".equals(e.getSQLState()))) {

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

    MYSQL("MySQL", Set.of("mysql"), mysqlErrors()),

    MARIADB("MariaDB", Set.of("mariadb"), mysqlErrors()),

    ORACLE(
            "Oracle",
            Set.of("oracle"),
            ErrorTable.PLAIN
                    .dead(
                            // Killed, logged off, idle or connected for too long
                            28,
                            1012,
                            2396,
                            2399,
                            // Starting up and shutting down
                            1014,
                            1033,
                            1034,
                            1035,
                            1089,
                            1090,
                            1092,
                            1094,
                            // The server's end of the line is gone
                            3106,
                            3113,
                            3114,
                            3135,
                            // The network's
                            12537,
                            12547,
                            12570,
                            12571,
                            12583,
                            // The driver's
                            17002,
                            17008,
                            17401,
                            17410,
                            17447,
                            17800)
                    // A closed statement or result set, which the driver calls recoverable, too.
                    .ambiguous(17009, 17010)
                    // The database is open for reading only, as a standby is.
                    .failover(e -> e.getErrorCode() == 16000)),

    SQL_SERVER(
            "Microsoft SQL Server",
            Set.of("sqlserver", "jtds"),
            ErrorTable.PLAIN
                    // A session in the kill state, a shutdown, a database that moves. The network's failures have
                    // states; the
                    // numbers that other clients know them by, such as 233 and 10054, are errors of data here.
                    .dead(596, 6005, 40197, 40613)
                    // Also said of a closed statement or result set, by jTDS.
                    .ambiguous("HY010", "08003")
                    // The database is read-only: a secondary, or one that somebody has set to it.
                    .failover(e -> e.getErrorCode() == 3906)) {

        @Override
        public void rollbackBegun(Connection connection) throws SQLException {
            execute(connection, "IF @@TRANCOUNT > 0 ROLLBACK");
        }

        @Override
        public void commitBegun(Connection connection) throws SQLException {
            execute(connection, "WHILE @@TRANCOUNT > 0 COMMIT");
        }
    },

    H2(
            "H2",
            Set.of("h2"),
            ErrorTable.PLAIN
                    .dead("90067", "90098", "90121")
                    // Also said of a closed statement or result set.
                    .ambiguous("90007", "08003")),

    HSQLDB("HSQL Database Engine", Set.of("hsqldb"), ErrorTable.PLAIN),

    DERBY("Apache Derby", Set.of("derby"), ErrorTable.PLAIN.dead("58009")),

    SQLITE("SQLite", Set.of("sqlite"), ErrorTable.PLAIN) {

        @Override
        public void rollbackBegun(Connection connection) throws SQLException {
            executeIfBegun(connection, "ROLLBACK");
        }

        @Override
        public void commitBegun(Connection connection) throws SQLException {
            executeIfBegun(connection, "COMMIT");
        }
    },

    DB2(
            "DB2",
            Set.of("db2"),
            ErrorTable.PLAIN
                    .dead("58009", "55032")
                    // Communication failures, forced off, and a session that was rerouted and has lost its registers.
                    .dead(1224, 4498, 4499, 30081, 30108)
                    // The resource is closed, whichever that is.
                    .ambiguous(4470)
                    // Not to be done on a standby that is open for reading.
                    .failover(e -> Math.abs(e.getErrorCode()) == 1773));

    private final String product;
    private final Set<String> subprotocols;
    private final ErrorTable errors;

    VendorDialect(String product, Set<String> subprotocols, ErrorTable errors) {
        this.product = product;
        this.subprotocols = subprotocols;
        this.errors = errors;
    }

    private static ErrorTable mysqlErrors() {
        return ErrorTable.PLAIN
                // A shutdown, killed, gone, lost, out of step, reset, idle for too long
                .dead(1053, 1927, 2006, 2013, 2014, 2045, 2055, 4031)
                .failover(e -> e.getErrorCode() == 1792
                        || e.getErrorCode() == 1836
                        || e.getErrorCode() == 1290 && namesReadOnly(e));
    }

    /** Error 1290 names the option that prevents a statement; there are others, such as --secure-file-priv. */
    private static boolean namesReadOnly(SQLException e) {
        return String.valueOf(e.getMessage()).replace('_', '-').contains("read-only");
    }

    /** Finds the vendor in the first two parts of a URL, so that {@code jdbc:wrapper:postgresql:} is understood, too. */
    static Optional<VendorDialect> ofUrl(String url) {
        String[] parts = url.toLowerCase(Locale.ROOT).split(":", 4);
        for (int i = 1; i < Math.min(3, parts.length); i++) {
            for (VendorDialect dialect : values()) {
                if (dialect.subprotocols.contains(parts[i])) {
                    return Optional.of(dialect);
                }
            }
        }
        return Optional.empty();
    }

    static Optional<VendorDialect> ofProduct(String name) {
        return Arrays.stream(values())
                .filter(dialect -> name.startsWith(dialect.product))
                .findFirst();
    }

    @Override
    public boolean isDisconnect(SQLException exception, @Nullable Connection connection) {
        return classify(exception, connection) != Disconnect.NONE;
    }

    @Override
    public Disconnect classify(SQLException exception, @Nullable Connection connection) {
        return errors.judge(exception, connection);
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
