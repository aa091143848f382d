/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.stub;

import java.sql.DatabaseMetaData;

/** What pools ask for when they open a connection. */
public abstract class StubMetaData implements DatabaseMetaData {

    @Override
    public final String getDatabaseProductName() {
        return "Stub";
    }

    @Override
    public final String getDatabaseProductVersion() {
        return "1.0";
    }

    @Override
    public final String getDriverName() {
        return "Stub";
    }

    @Override
    public final String getDriverVersion() {
        return "1.0";
    }

    @Override
    public final int getJDBCMajorVersion() {
        return 4;
    }

    @Override
    public final int getJDBCMinorVersion() {
        return 3;
    }

    @Override
    public final boolean supportsTransactions() {
        return true;
    }
}
