/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.scenario;

import dev.naiad.pool.benchmark.contender.Contender;
import dev.naiad.pool.benchmark.contender.PoolSpec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;

/** A real database with 4 connections: a query that does nothing, and a small transaction that reads and writes. */
final class Postgres implements Scenario.Program {

    private static final int CONNECTIONS = 4;
    private static final int ACCOUNTS = 1_000;

    @Override
    public void run(Contender contender, Scenario.Conditions conditions, Scenario.Output output) throws Exception {
        DataSource pool = contender.openFilled(PoolSpec.postgres(conditions.postgresUrl(), CONNECTIONS));
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists account");
            statement.execute("create table account (id int primary key, balance int not null)");
            statement.execute("insert into account select i, 0 from generate_series(1, " + ACCOUNTS + ") i");
        }
        Load.measure(pool, ThreadKind.PLATFORM, CONNECTIONS, 0, conditions.millis(), Postgres::select);
        Load.measure(pool, ThreadKind.PLATFORM, CONNECTIONS, 0, conditions.millis(), Postgres::transfer);
        for (int threads : new int[] {1, 4, 16}) {
            measure("select 1", threads, pool, conditions, output, Postgres::select);
            measure("transaction", threads, pool, conditions, output, Postgres::transfer);
        }
        contender.close(pool);
    }

    private static void measure(
            String what,
            int threads,
            DataSource pool,
            Scenario.Conditions conditions,
            Scenario.Output output,
            Load.Use use)
            throws Exception {
        Load.Outcome outcome =
                Load.measure(pool, ThreadKind.PLATFORM, threads, conditions.millis() / 4, conditions.millis(), use);
        String variant = what + ", " + threads + (threads == 1 ? " thread" : " threads");
        output.figure(variant, "throughput", outcome.perSecond());
        output.figure(variant, "p50", outcome.cycles().millisAt(0.5));
        output.figure(variant, "p99", outcome.cycles().millisAt(0.99));
    }

    private static void select(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select 1");
                ResultSet results = statement.executeQuery()) {
            if (!results.next() || results.getInt(1) != 1) {
                throw new SQLException("1 is not 1");
            }
        }
    }

    private static void transfer(Connection connection) throws SQLException {
        int from = ThreadLocalRandom.current().nextInt(ACCOUNTS) + 1;
        connection.setAutoCommit(false);
        try (PreparedStatement read = connection.prepareStatement("select balance from account where id = ?")) {
            read.setInt(1, from);
            try (ResultSet results = read.executeQuery()) {
                if (!results.next()) {
                    throw new SQLException("no account " + from);
                }
            }
        }
        try (PreparedStatement write =
                connection.prepareStatement("update account set balance = balance + 1 where id = ?")) {
            write.setInt(1, from);
            write.executeUpdate();
        }
        connection.commit();
    }
}
