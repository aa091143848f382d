/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The operations on a physical connection in which databases differ. All methods receive the driver's own connection.
 *
 * <p>Implementations are shared by all threads and keep no state per connection. Whatever a method throws, the pool keeps
 * its accounts: the connection in question is discarded.
 *
 * <p>SQLAlchemy counterpart: the pool's {@code dialect} hook ({@code do_rollback}, {@code do_commit}, {@code do_close},
 * {@code do_terminate}, {@code do_ping}, {@code is_disconnect}).
 */
public interface Dialect {

    /** Plain JDBC, with the disconnect states of the common databases. */
    static Dialect standard() {
        return StandardDialect.INSTANCE;
    }

    /**
     * The dialect of the database that a JDBC URL names: PostgreSQL, MySQL, MariaDB, Oracle, SQL Server, H2, HSQLDB, Derby,
     * SQLite or Db2; {@link #standard()} for others. Drivers around drivers, as in {@code jdbc:wrapper:postgresql:}, are seen
     * through.
     */
    static Dialect ofUrl(String url) {
        Dialect vendor = VendorDialect.ofUrl(url);
        return vendor == null ? standard() : vendor;
    }

    /**
     * The dialect of the database with this name, as in {@link java.sql.DatabaseMetaData#getDatabaseProductName()};
     * {@link #standard()} for others than those of {@link #ofUrl}.
     */
    static Dialect ofProduct(String name) {
        Dialect vendor = VendorDialect.ofProduct(name);
        return vendor == null ? standard() : vendor;
    }

    /** Ends the open transaction without its effects. Called only while autocommit is off. */
    default void rollback(Connection connection) throws SQLException {
        connection.rollback();
    }

    /** Ends the open transaction with its effects. Called only while autocommit is off. */
    default void commit(Connection connection) throws SQLException {
        connection.commit();
    }

    /**
     * Ends, without its effects, a transaction that was begun by an SQL statement such as {@code BEGIN}, if one is open. Called
     * only while autocommit is on, when such a statement was seen: JDBC's own {@code rollback} is not allowed then.
     */
    default void rollbackBegun(Connection connection) throws SQLException {
        VendorDialect.execute(connection, "ROLLBACK");
    }

    /** As {@link #rollbackBegun}, but with its effects. */
    default void commitBegun(Connection connection) throws SQLException {
        VendorDialect.execute(connection, "COMMIT");
    }

    /**
     * Whether the driver switches autocommit without asking the server as long as no transaction is open. The pool then restores
     * a session whose default is autocommit off outside of a transaction, which saves the commit.
     */
    default boolean switchesAutoCommitLocally() {
        return false;
    }

    /** Closes a healthy connection. */
    default void close(Connection connection) throws SQLException {
        connection.close();
    }

    /**
     * Closes a connection that is, or may be, broken. Unlike {@link #close(Connection)} this should not wait for an answer
     * of the server.
     */
    default void terminate(Connection connection) throws SQLException {
        try {
            connection.abort(Runnable::run);
        } finally {
            connection.close(); // some drivers cannot abort, or do nothing
        }
    }

    /**
     * Whether the connection is alive. Must leave its transaction as it is.
     *
     * @param timeout in seconds, at least 1, after which the answer is no
     */
    default boolean ping(Connection connection, int timeout) throws SQLException {
        return connection.isValid(timeout);
    }

    /**
     * Whether the exception says that its connection can no longer be used.
     *
     * @param connection the connection it came from, or null where there is none
     */
    boolean isDisconnect(SQLException exception, @Nullable Connection connection);

    /**
     * What the exception says of its connection and of the others. The dialects of databases with a fail-over say
     * {@link Disconnect#GENERATION} when a server refuses writes that the session itself would allow.
     *
     * @param connection the connection it came from, or null where there is none
     */
    default Disconnect classify(SQLException exception, @Nullable Connection connection) {
        return isDisconnect(exception, connection) ? Disconnect.CONNECTION : Disconnect.NONE;
    }

    /**
     * Whether a connection was refused because the database has as many as it accepts. By default PostgreSQL's 53300, MySQL's and
     * MariaDB's 1040, Oracle's 18, 20, 12516, 12519 and 12520.
     */
    default boolean isServerFull(SQLException exception) {
        String state = exception.getSQLState();
        if (state == null) {
            return false;
        }
        return switch (exception.getErrorCode()) {
            case 1040, 12516, 12519, 12520 -> state.startsWith("08");
            case 18, 20 -> state.startsWith("61") || state.equals("60000");
            default -> state.equals("53300");
        };
    }
}
