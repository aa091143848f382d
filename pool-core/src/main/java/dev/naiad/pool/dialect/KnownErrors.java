/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.dialect;

import java.sql.SQLException;

/** What the errors of the databases say. Apart from their dialects, as it is needed only if there are any. */
final class KnownErrors {

    /** The SQLStates of the common databases, none of which means anything else elsewhere. */
    static final ErrorTable STANDARD = ErrorTable.PLAIN
            .dead(
                    // PostgreSQL's shutdowns
                    "57P01",
                    "57P02",
                    "57P03",
                    "57P05",
                    // H2's broken or closed database
                    "90067",
                    "90098",
                    "90121",
                    // Sybase's dead link, and that of a standard of old
                    "JZ0C0",
                    "JZ0C1",
                    "01002")
            .ambiguous("90007", "HY010", "08003");

    private static final ErrorTable POSTGRESQL = ErrorTable.PLAIN
            // Shutdowns, a dropped database, and the timeouts of a session and of its transactions.
            .dead("57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04")
            .failover(e -> "25006".equals(e.getSQLState()));

    private static final ErrorTable MYSQL = ErrorTable.PLAIN
            // A shutdown, killed, gone, lost, out of step, reset, idle for too long
            .dead(1053, 1927, 2006, 2013, 2014, 2045, 2055, 4031)
            .failover(e -> e.getErrorCode() == 1792
                    || e.getErrorCode() == 1836
                    || e.getErrorCode() == 1290 && namesReadOnly(e));

    private static final ErrorTable ORACLE = ErrorTable.PLAIN
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
            .failover(e -> e.getErrorCode() == 16000);

    private static final ErrorTable SQL_SERVER = ErrorTable.PLAIN
            // A session in the kill state, a shutdown, a database that moves. The network's failures have states; the
            // numbers that other clients know them by, such as 233 and 10054, are errors of data here.
            .dead(596, 6005, 40197, 40613)
            // Also said of a closed statement or result set, by jTDS.
            .ambiguous("HY010", "08003")
            // The database is read-only: a secondary, or one that somebody has set to it.
            .failover(e -> e.getErrorCode() == 3906);

    private static final ErrorTable H2 = ErrorTable.PLAIN
            .dead("90067", "90098", "90121")
            // Also said of a closed statement or result set.
            .ambiguous("90007", "08003");

    private static final ErrorTable DERBY = ErrorTable.PLAIN.dead("58009");

    private static final ErrorTable DB2 = ErrorTable.PLAIN
            .dead("58009", "55032")
            // Communication failures, forced off, and a session that was rerouted and has lost its registers.
            .dead(1224, 4498, 4499, 30081, 30108)
            // The resource is closed, whichever that is.
            .ambiguous(4470)
            // Not to be done on a standby that is open for reading.
            .failover(e -> Math.abs(e.getErrorCode()) == 1773);

    private KnownErrors() {}

    static ErrorTable of(VendorDialect dialect) {
        return switch (dialect) {
            case POSTGRESQL -> POSTGRESQL;
            case MYSQL, MARIADB -> MYSQL;
            case ORACLE -> ORACLE;
            case SQL_SERVER -> SQL_SERVER;
            case H2 -> H2;
            case HSQLDB, SQLITE -> ErrorTable.PLAIN;
            case DERBY -> DERBY;
            case DB2 -> DB2;
        };
    }

    /** Error 1290 names the option that prevents a statement; there are others, such as --secure-file-priv. */
    private static boolean namesReadOnly(SQLException e) {
        return String.valueOf(e.getMessage()).replace('_', '-').contains("read-only");
    }
}
