/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** For a database that is not known: the SQLStates of the common ones, none of which means anything else elsewhere. */
enum StandardDialect implements Dialect {
    INSTANCE;

    @Override
    public boolean isDisconnect(SQLException exception, @Nullable Connection connection) {
        return classify(exception, connection) != Disconnect.NONE;
    }

    @Override
    public Disconnect classify(SQLException exception, @Nullable Connection connection) {
        return KnownErrors.STANDARD.judge(exception, connection);
    }
}
