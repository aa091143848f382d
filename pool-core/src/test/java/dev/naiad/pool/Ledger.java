/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Entries with a running total: each transaction adds one entry and adds one to the total. Afterwards every entry whose commit
 * was confirmed must be there, none whose transaction failed, and the total must be their number.
 */
final class Ledger {

    private final String url;
    private final AtomicLong lastEntry = new AtomicLong();
    private final Set<Long> confirmed = ConcurrentHashMap.newKeySet();

    /** Their commits were sent, and what came of them is not known. */
    private final Set<Long> inDoubt = ConcurrentHashMap.newKeySet();

    /**
     * A new ledger in place of the one there may be.
     *
     * @param url of the database itself, past all that goes wrong on the way
     */
    Ledger(String url) throws SQLException {
        this(url, 0);
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists entry, total");
            statement.execute("create table entry (id bigint primary key, total bigint not null)");
            statement.execute("create table total (value bigint not null)");
            statement.execute("insert into total values (0)");
            statement.execute("grant all on entry, total to public");
        }
    }

    private Ledger(String url, long lastEntry) {
        this.url = url;
        this.lastEntry.set(lastEntry);
    }

    /** That of another process, continued with numbers that nobody else uses. */
    static Ledger existing(String url, long lastEntry) {
        return new Ledger(url, lastEntry);
    }

    /** One transaction. */
    void add(Connection connection) throws SQLException {
        long id = lastEntry.incrementAndGet();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("update total set value = value + 1");
            statement.executeUpdate("insert into entry select " + id + ", value from total");
        }
        inDoubt.add(id);
        connection.commit();
        confirmed.add(id);
        inDoubt.remove(id);
    }

    int confirmed() {
        return confirmed.size();
    }

    int inDoubt() {
        return inDoubt.size();
    }

    /** Compares with what this process knows. */
    void check() throws SQLException {
        Set<Long> present = entries();
        Set<Long> missing = new TreeSet<>(confirmed);
        missing.removeAll(present);
        assertThat(missing).as("what was confirmed and is not there").isEmpty();
        Set<Long> unexplained = new TreeSet<>(present);
        unexplained.removeAll(confirmed);
        unexplained.removeAll(inDoubt);
        assertThat(unexplained).as("entries whose transactions failed").isEmpty();
    }

    /** What has been written, by whomever; the total agrees with it. */
    Set<Long> entries() throws SQLException {
        Set<Long> present = new TreeSet<>();
        Set<Long> totals = new TreeSet<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            try (ResultSet entries = statement.executeQuery("select id, total from entry")) {
                while (entries.next()) {
                    present.add(entries.getLong(1));
                    totals.add(entries.getLong(2));
                }
            }
            try (ResultSet total = statement.executeQuery("select value from total")) {
                total.next();
                assertThat(total.getLong(1)).as("the total").isEqualTo(present.size());
            }
        }
        assertThat(totals).as("no total twice").hasSize(present.size());
        return present;
    }
}
