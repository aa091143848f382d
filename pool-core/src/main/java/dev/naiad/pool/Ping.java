/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.dialect.Dialect;
import java.sql.Connection;
import java.sql.SQLException;

/** The question whether a connection is alive. */
final class Ping extends Errand {

    private final Dialect dialect;
    private final Connection connection;
    private final int seconds;
    private boolean alive;

    Ping(Dialect dialect, Connection connection, int seconds) {
        this.dialect = dialect;
        this.connection = connection;
        this.seconds = seconds;
    }

    @Override
    void go() throws SQLException {
        alive = dialect.ping(connection, seconds);
    }

    /** The answer, if there is one. */
    boolean alive() throws SQLException {
        check();
        return alive;
    }
}
