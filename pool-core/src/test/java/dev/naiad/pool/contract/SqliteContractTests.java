/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.contract;

import dev.naiad.pool.contract.Property.Support;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConnection;

class SqliteContractTests extends JdbcContractTests {

    @TempDir
    private static Path directory;

    @Override
    String url() {
        return "jdbc:sqlite:" + directory.resolve("contract.db") + "?busy_timeout=1000";
    }

    @Override
    Class<?> driverType() {
        return SQLiteConnection.class;
    }

    @Override
    String identity() {
        return "integer primary key";
    }

    @Override
    String text() {
        return "text";
    }

    @Override
    int otherIsolation() {
        return Connection.TRANSACTION_READ_UNCOMMITTED;
    }

    @Override
    Support lobs() {
        return Support.REFUSED;
    }

    @Override
    Support arrays() {
        return Support.IGNORED;
    }

    @Override
    Map<Property, Support> differences() {
        return Map.of(
                Property.READ_ONLY, Support.REFUSED,
                Property.CATALOG, Support.IGNORED,
                Property.SCHEMA, Support.IGNORED,
                Property.HOLDABILITY, Support.REFUSED,
                Property.NETWORK_TIMEOUT, Support.IGNORED,
                Property.CLIENT_INFO, Support.IGNORED);
    }

    /** {@code getResultSet} may be called once. */
    @Override
    boolean repeatsResultSet() {
        return false;
    }
}
