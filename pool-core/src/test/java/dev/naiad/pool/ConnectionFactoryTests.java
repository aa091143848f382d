/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionFactoryTests {

    private final StubDatabase database = new StubDatabase();

    private static PoolConfig.Builder opening(ConnectionFactory factory) {
        return PoolConfig.builder().connectionFactory(factory).poolSize(1).maxOverflow(0);
    }

    @Test
    @Tag("CR-01")
    void aFactoryMayCareForTheEntryOrNot() throws SQLException {
        List<Object> given = new ArrayList<>();
        for (ConnectionFactory factory :
                List.of(ConnectionFactory.of(() -> database.open(null)), (ConnectionFactory) entry -> {
                    given.add(entry);
                    return database.open(entry);
                })) {
            try (PoolProxiedConnection connection =
                    new QueuePool(opening(factory).build()).connect()) {
                given.add(connection.entry());
            }
        }

        assertThat(database.attempts).hasValue(2);
        assertThat(given).hasSize(3);
        assertThat(given.get(1)).isSameAs(given.get(2));
    }

    @Test
    @Tag("PB-02")
    void theFactoryIsTheOnlySettingRequired() throws SQLException {
        new QueuePool(PoolConfig.builder().connectionFactory(database).build())
                .connect()
                .close();

        assertThat(database.attempts).hasValue(1);
    }

    @Test
    @Tag("CR-03")
    @Tag("IN-02")
    @Tag("IN-04")
    void findsAnEmptyEntryAndWhatItPutsThereStays() throws SQLException {
        List<String> found = new ArrayList<>();
        TestTicker ticker = new TestTicker();
        Pool pool = new QueuePool(opening(entry -> {
                    found.add(entry.connection() + " " + entry.info() + " " + entry.recordInfo());
                    entry.info().put("opened", found.size());
                    entry.recordInfo().putIfAbsent("since", found.size());
                    return database.open(entry);
                })
                .recycle(Duration.ofSeconds(30))
                .recycleJitter(0)
                .ticker(ticker)
                .build());
        PoolProxiedConnection first = pool.connect();
        ConnectionPoolEntry entry = first.entry();
        first.invalidate(null);
        assertThat(entry.info()).as("emptied by the next opening").containsEntry("opened", 1);
        try (PoolProxiedConnection second = pool.connect()) {
            assertThat(second.info()).containsEntry("opened", 2);
        }
        ticker.advance(Duration.ofSeconds(31));
        pool.sweep();
        try (PoolProxiedConnection third = pool.connect()) {
            assertThat(third.info()).containsEntry("opened", 3);
            assertThat(third.entry()).isSameAs(entry);
            assertThat(entry.recordInfo()).containsEntry("since", 1);
        }

        assertThat(found).containsExactly("null {} {}", "null {} {since=1}", "null {} {since=1}");
    }

    @Test
    @Tag("PB-06")
    void poolsOpenOnThreadsOfTheirOwn() throws SQLException {
        List<String> threads = new CopyOnWriteArrayList<>();
        PoolConfig config = opening(entry -> {
                    threads.add(Thread.currentThread().getName());
                    return database.open(entry);
                })
                .name("shop")
                .build();
        new QueuePool(config).connect().close();
        new NullPool(config).connect().close();

        assertThat(threads).containsExactly("naiad-shop-opener-1", "naiad-shop-helper-1");
    }

    /** Takes what it needs out of its properties, as some drivers do. */
    static final class GreedyDriver implements Driver {

        static final List<String> GIVEN = new CopyOnWriteArrayList<>();
        private final StubDatabase database = new StubDatabase();

        @Override
        public Connection connect(String url, Properties info) throws SQLException {
            GIVEN.add(url + " " + info);
            info.clear();
            return database.open(null);
        }

        @Override
        public boolean acceptsURL(String url) {
            return url.startsWith("jdbc:greedy:");
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
            return new DriverPropertyInfo[0];
        }

        @Override
        public int getMajorVersion() {
            return 1;
        }

        @Override
        public int getMinorVersion() {
            return 0;
        }

        @Override
        public boolean jdbcCompliant() {
            return false;
        }

        @Override
        public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException();
        }
    }

    @Test
    @Tag("CR-08")
    void aDriverGetsTheSamePropertiesEachTime() throws SQLException {
        Pool pool = new NullPool(PoolConfig.builder()
                .url("jdbc:greedy:x")
                .driverClassName(GreedyDriver.class.getName())
                .username("ada")
                .build());
        pool.connect().close();
        pool.connect().close();

        assertThat(GreedyDriver.GIVEN).containsExactly("jdbc:greedy:x {user=ada}", "jdbc:greedy:x {user=ada}");
    }
}
