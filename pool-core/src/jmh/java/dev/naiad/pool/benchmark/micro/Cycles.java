/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.micro;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.infra.Blackhole;

/** What applications do with a connection, from getting to closing it. Everything handed out escapes. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Cycles {

    @Benchmark
    public Connection connection(OpenPool pool) throws SQLException {
        Connection connection = pool.dataSource.getConnection();
        connection.close();
        return connection;
    }

    @Benchmark
    public void statement(OpenPool pool, Blackhole blackhole) throws SQLException {
        try (Connection connection = pool.dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement("select 1");
                ResultSet results = statement.executeQuery()) {
            blackhole.consume(results.next());
            blackhole.consume(results);
            blackhole.consume(statement);
            blackhole.consume(connection);
        }
    }

    @Benchmark
    public void transaction(OpenPool pool, Blackhole blackhole) throws SQLException {
        try (Connection connection = pool.dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement("update t set x = x + 1")) {
                blackhole.consume(statement.executeUpdate());
                blackhole.consume(statement);
            }
            connection.commit();
            blackhole.consume(connection);
        }
    }
}
