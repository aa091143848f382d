/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class VendorDialectTests {

    private final Connection open = mock(Connection.class);
    private final Connection closed = mock(Connection.class);
    private final Connection readOnly = mock(Connection.class);

    @BeforeEach
    void connections() throws SQLException {
        when(closed.isClosed()).thenReturn(true);
        when(readOnly.isReadOnly()).thenReturn(true);
    }

    private static SQLException error(String state, int code) {
        return new SQLException("refused", "-".equals(state) ? null : state, code);
    }

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource(delimiter = '|', textBlock = """
            POSTGRESQL | 57P01 |     0 | an administrator has ended the session
            POSTGRESQL | 57P02 |     0 | another server process has crashed
            POSTGRESQL | 57P03 |     0 | starting up or shutting down
            POSTGRESQL | 57P04 |     0 | the database was dropped
            POSTGRESQL | 57P05 |     0 | idle_session_timeout
            POSTGRESQL | 25P03 |     0 | idle_in_transaction_session_timeout
            POSTGRESQL | 25P04 |     0 | transaction_timeout
            POSTGRESQL | 08006 |     0 | the socket broke
            MYSQL      | 08S01 |     0 | communications link failure
            MYSQL      | 08S01 |  1053 | the server is shutting down
            MYSQL      | HY000 |  2006 | the server has gone away
            MYSQL      | HY000 |  2013 | lost during a query
            MYSQL      | HY000 |  2014 | commands out of sync
            MYSQL      | HY000 |  2055 | lost, with the system's error
            MYSQL      | HY000 |  4031 | idle for longer than wait_timeout
            MARIADB    | 70100 |  1927 | killed
            MARIADB    | 08000 |     0 | the socket broke
            ORACLE     | 61000 |    28 | killed
            ORACLE     | 61000 |  1012 | not logged on
            ORACLE     | 72000 |  1033 | starting up or shutting down
            ORACLE     | 72000 |  1089 | shutting down
            ORACLE     | 72000 |  1092 | the instance was ended
            ORACLE     | 61000 |  2396 | idle for too long
            ORACLE     | 61000 |  2399 | connected for too long
            ORACLE     | 60000 |  3106 | the protocol failed
            ORACLE     | 60000 |  3113 | end of file on the channel
            ORACLE     | 60000 |  3114 | not connected
            ORACLE     | 60000 |  3135 | lost contact
            ORACLE     | 66000 | 12537 | the connection was closed
            ORACLE     | 66000 | 12547 | lost contact
            ORACLE     | 66000 | 12570 | packet reader failure
            ORACLE     | 66000 | 12571 | packet writer failure
            ORACLE     | 66000 | 12583 | no reader
            ORACLE     | 08006 | 17002 | an I/O error
            ORACLE     | 08003 | 17008 | closed
            ORACLE     | 99999 | 17401 | the protocol was violated
            ORACLE     | 99999 | 17447 | out of step with the server
            ORACLE     | 99999 | 17800 | nothing came of a read
            ORACLE     | 99999 | 17410 | nothing left to read from the socket
            SQL_SERVER | 08S01 |     0 | the link failed
            SQL_SERVER | 08006 |     0 | the connection was reset
            SQL_SERVER | S0001 |   596 | the session is in the kill state
            SQL_SERVER | S0001 |  6005 | shutting down
            SQL_SERVER | S0001 | 40197 | the service failed to process the request
            SQL_SERVER | S0001 | 40613 | the database is not available
            H2         | 90067 | 90067 | the connection is broken
            H2         | 90098 | 90098 | the database is closed
            H2         | 90121 | 90121 | the database is shutting down
            HSQLDB     | 08006 |     0 | the connection failed
            DERBY      | 08006 | 45000 | the database was shut down
            DERBY      | 58009 |     0 | the network protocol failed
            DB2        | 08001 | -4499 | a fatal error on the way to the server
            DB2        | 08001 | -30081 | communication failed
            DB2        | 58009 | -4499 | the protocol failed
            DB2        | 08506 | -30108 | rerouted by the Sysplex
            DB2        | 55032 | -1224 | forced off
            DB2        | 08506 | -4498 | rerouted, and the session lost
            """)
    void isDead(VendorDialect dialect, String state, int code, String why) {
        assertThat(dialect.classify(error(state, code), "08003".equals(state) ? closed : open))
                .as(why)
                .isEqualTo(Disconnect.CONNECTION);
    }

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource(delimiter = '|', textBlock = """
            POSTGRESQL | 23505 |     0 | unique violation
            POSTGRESQL | 25001 |     0 | in a transaction
            POSTGRESQL | 25P02 |     0 | the transaction has failed
            POSTGRESQL | 40001 |     0 | serialization failure
            POSTGRESQL | 40P01 |     0 | deadlock
            POSTGRESQL | 42P01 |     0 | no such table
            POSTGRESQL | 53300 |     0 | too many connections
            POSTGRESQL | 55P03 |     0 | the lock is taken
            POSTGRESQL | 57014 |     0 | the statement was cancelled
            POSTGRESQL | 0A000 |     0 | not supported
            MYSQL      | 08003 |     0 | rollback while autocommit is on
            MYSQL      | 23000 |  1062 | duplicate key
            MYSQL      | 40001 |  1213 | deadlock
            MYSQL      | 41000 |  1205 | waited too long for a lock
            MYSQL      | 70100 |  1317 | the query was interrupted
            MYSQL      | HY000 |  1290 | --secure-file-priv
            MARIADB    | 70100 |  1969 | max_statement_time
            MARIADB    | 0A000 |     0 | not supported
            ORACLE     | 23000 |     1 | unique constraint
            ORACLE     | 61000 |    60 | deadlock
            ORACLE     | 72000 |  1013 | cancelled
            ORACLE     | 42000 |   942 | no such table
            ORACLE     | 99999 | 17009 | a closed statement
            ORACLE     | 99999 | 17010 | a closed result set
            ORACLE     | 72000 |  3111 | a break
            ORACLE     | 60000 |   600 | an internal error
            ORACLE     | 72000 | 20001 | raise_application_error
            SQL_SERVER | 40001 |  1205 | deadlock
            SQL_SERVER | 23000 |  2627 | duplicate key
            SQL_SERVER | S0001 |  1222 | the lock is taken
            SQL_SERVER | 23000 |   233 | a column that cannot be null
            SQL_SERVER | S0001 | 10053 | a value that cannot be converted
            SQL_SERVER | S0001 | 10054 | a value that overflows
            SQL_SERVER | HY010 |     0 | a closed statement, says jTDS
            SQL_SERVER | HY008 |     0 | the query was cancelled
            H2         | 90007 | 90007 | a closed statement
            H2         | HYT00 | 50200 | waited too long for a lock
            H2         | 57014 | 57014 | the statement was cancelled
            H2         | 90097 | 90097 | the database is read-only
            HSQLDB     | 40001 | -4861 | serialization failure
            HSQLDB     | 08003 |     0 | something else is closed
            DERBY      | 40XL1 | 30000 | waited too long for a lock
            DERBY      | 25001 |     0 | close in a transaction
            SQLITE     | -     |     5 | busy
            SQLITE     | -     |    19 | constraint
            SQLITE     | -     |     8 | read-only
            DB2        | 23505 |  -803 | duplicate key
            DB2        | 40001 |  -911 | deadlock
            DB2        | 57014 |  -952 | cancelled
            DB2        | 08003 | -4470 | a closed statement
            DB2        | -     | -4497 | the application must issue a rollback
            DB2        | 40504 | -1229 | rolled back because of a system error
            """)
    void isNotDead(VendorDialect dialect, String state, int code, String why) {
        SQLException error = code == 17009 || code == 17010
                ? new SQLRecoverableException("closed", state, code) // as Oracle's driver does
                : error(state, code);
        assertThat(dialect.classify(error, open)).as(why).isEqualTo(Disconnect.NONE);
    }

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource(delimiter = '|', textBlock = """
            POSTGRESQL | 25006 |     0 | cannot execute UPDATE in a read-only transaction
            MYSQL      | HY000 |  1290 | The MySQL server is running with the --read-only option
            MYSQL      | HY000 |  1290 | The MySQL server is running with the --super-read-only option
            MYSQL      | 25006 |  1792 | Cannot execute statement in a READ ONLY transaction
            MYSQL      | HY000 |  1836 | Running in read-only mode
            MARIADB    | HY000 |  1290 | The MariaDB server is running with the --read-only=ON option
            ORACLE     | 72000 | 16000 | database or pluggable database open for read-only access
            SQL_SERVER | S0001 |  3906 | Failed to update database because it is read-only
            DB2        | -     | -1773 | not supported on a read-enabled HADR standby database
            """)
    void aServerThatHasBecomeReadOnlyOutdatesAllConnections(
            VendorDialect dialect, String state, int code, String message) {
        SQLException error = new SQLException(message, "-".equals(state) ? null : state, code);

        assertThat(dialect.classify(error, open)).isEqualTo(Disconnect.GENERATION);
        assertThat(dialect.isDisconnect(error, open)).isTrue();
        assertThat(dialect.classify(error, readOnly)).as("the user's own doing").isEqualTo(Disconnect.NONE);
    }

    @ParameterizedTest
    @EnumSource
    void everyVendorKnowsTheStandardSigns(VendorDialect dialect) {
        assertThat(dialect.isDisconnect(error("08000", 0), open)).isTrue();
        assertThat(dialect.isDisconnect(new SQLRecoverableException("x"), open)).isTrue();
        assertThat(dialect.isDisconnect(new SQLNonTransientConnectionException("x"), open))
                .isTrue();
        assertThat(dialect.isDisconnect(error("08003", 0), closed)).isTrue();
        assertThat(dialect.isDisconnect(error("08003", 0), open)).isFalse();
        assertThat(dialect.isDisconnect(error("-", 0), closed)).isTrue();
        assertThat(dialect.isDisconnect(error("-", 0), open)).isFalse();
        assertThat(dialect.isDisconnect(new SQLFeatureNotSupportedException("x", "0A000"), open))
                .isFalse();
        assertThat(dialect.isDisconnect(new SQLTimeoutException("x", "08S01"), open))
                .isFalse();
        assertThat(dialect.isDisconnect(new SQLTimeoutException("x", "08S01"), closed))
                .isTrue();
        assertThat(dialect.isDisconnect(new SQLTransientConnectionException("busy", "HYT00"), open))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void whateverIsSaidByADriverThatHasClosedTheConnectionTheConnectionIsDead(VendorDialect dialect) {
        assertThat(dialect.isDisconnect(error("S0001", 21), closed)).isTrue();
        assertThat(dialect.isDisconnect(error("S0001", 21), open)).isFalse();
        assertThat(dialect.isDisconnect(error("HY010", 0), closed)).isTrue();
        assertThat(dialect.isDisconnect(error("HY010", 0), open)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void chainsAreFollowedHoweverTheyAreTied(VendorDialect dialect) {
        SQLException cyclic = error("HY000", 0);
        SQLException second = error("HY000", 0);
        cyclic.setNextException(second);
        second.setNextException(cyclic);
        second.initCause(cyclic);
        SQLException endless = new SQLException("endless") {
            @Override
            public SQLException getNextException() {
                return this;
            }

            @Override
            public synchronized Throwable getCause() {
                return new IllegalStateException(this);
            }
        };
        SQLException deep =
                new SQLException("batch", "HY000", new IllegalStateException(new RuntimeException(error("08006", 0))));
        SQLException late = error("HY000", 0);
        late.setNextException(deep);

        assertThat(dialect.isDisconnect(cyclic, open)).isFalse();
        assertThat(dialect.isDisconnect(endless, open)).isFalse();
        assertThat(dialect.isDisconnect(late, open)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            jdbc:postgresql://h/d                      | POSTGRESQL
            jdbc:postgresql:d                          | POSTGRESQL
            jdbc:aws-wrapper:postgresql://h/d          | POSTGRESQL
            jdbc:tc:postgresql:18:///d                 | POSTGRESQL
            jdbc:p6spy:mysql://h/d                     | MYSQL
            jdbc:mysql:loadbalance://a,b/d             | MYSQL
            jdbc:mariadb:replication://a,b/d           | MARIADB
            jdbc:oracle:thin:@//h:1521/s               | ORACLE
            jdbc:sqlserver://h;databaseName=d          | SQL_SERVER
            jdbc:jtds:sqlserver://h/d                  | SQL_SERVER
            JDBC:H2:MEM:MYSQL                          | H2
            jdbc:h2:mem:postgresql                     | H2
            jdbc:hsqldb:mem:d                          | HSQLDB
            jdbc:derby:memory:d                        | DERBY
            jdbc:sqlite::memory:                       | SQLITE
            jdbc:db2://h:50000/d                       | DB2
            """)
    void isFoundByTheUrl(String url, VendorDialect expected) {
        assertThat(Dialect.ofUrl(url)).isSameAs(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "PostgreSQL, POSTGRESQL",
        "MySQL, MYSQL",
        "MariaDB, MARIADB",
        "Oracle, ORACLE",
        "Microsoft SQL Server, SQL_SERVER",
        "H2, H2",
        "HSQL Database Engine, HSQLDB",
        "Apache Derby, DERBY",
        "SQLite, SQLITE",
        "DB2/LINUXX8664, DB2"
    })
    void isFoundByTheNameOfTheProduct(String product, VendorDialect expected) {
        assertThat(Dialect.ofProduct(product)).isSameAs(expected);
    }

    @Test
    void whatIsNotKnownIsStandard() {
        assertThat(Dialect.ofUrl("jdbc:firebirdsql://h/postgresql")).isSameAs(Dialect.standard());
        assertThat(Dialect.ofUrl("")).isSameAs(Dialect.standard());
        assertThat(Dialect.ofProduct("Firebird")).isSameAs(Dialect.standard());
    }
}
