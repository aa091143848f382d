/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** For a database that is not known: the SQLStates of the common ones, none of which means anything else elsewhere. */
enum StandardDialect implements Dialect {
    INSTANCE;

    private static final ErrorTable ERRORS = ErrorTable.PLAIN
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

    @Override
    public boolean isDisconnect(SQLException exception, @Nullable Connection connection) {
        return classify(exception, connection) != Disconnect.NONE;
    }

    @Override
    public Disconnect classify(SQLException exception, @Nullable Connection connection) {
        return ERRORS.judge(exception, connection);
    }
}
