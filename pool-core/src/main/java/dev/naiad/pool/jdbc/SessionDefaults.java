/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * What new sessions are given before anybody uses them, and are brought back to after each use. Null leaves a property as the
 * driver has it.
 *
 * @param initSql executed once, after the properties are set
 */
public record SessionDefaults(
        @Nullable Boolean autoCommit,
        @Nullable Boolean readOnly,
        @Nullable Integer isolation,
        @Nullable String catalog,
        @Nullable String schema,
        @Nullable String initSql) {

    /** Without the record's own {@code equals}: in Java 17 the first call of one has the JDK hold on to our class loader. */
    private boolean isEmpty() {
        return autoCommit == null
                && readOnly == null
                && isolation == null
                && catalog == null
                && schema == null
                && initSql == null;
    }

    /**
     * Prepares a new session. Read-only comes after the SQL, which may write; autocommit comes last, so that a driver which
     * starts with autocommit on commits each step, and one which does not is told to in the end.
     */
    void apply(Connection raw, SessionState session) throws SQLException {
        if (isEmpty()) {
            return;
        }
        set(SessionProperty.ISOLATION, isolation, raw, session);
        set(SessionProperty.CATALOG, catalog, raw, session);
        set(SessionProperty.SCHEMA, schema, raw, session);
        if (initSql != null) {
            execute(initSql, raw);
        }
        if (!raw.getAutoCommit()) {
            raw.commit();
        }
        set(SessionProperty.READ_ONLY, readOnly, raw, session);
        set(SessionProperty.AUTO_COMMIT, autoCommit, raw, session);
    }

    private static void set(SessionProperty property, @Nullable Object value, Connection raw, SessionState session)
            throws SQLException {
        if (value == null) {
            return;
        }
        try {
            property.write(raw, value);
        } catch (SQLException e) {
            throw failed("set " + property + " to '" + value + "' on", e);
        }
        session.rememberOriginal(property, value);
    }

    private static void execute(String sql, Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw failed("execute init_sql '" + sql + "' on", e);
        }
    }

    private static SQLException failed(String what, SQLException e) {
        return new SQLException(
                "Cannot " + what + " a new connection: " + e.getMessage(), e.getSQLState(), e.getErrorCode(), e);
    }
}
