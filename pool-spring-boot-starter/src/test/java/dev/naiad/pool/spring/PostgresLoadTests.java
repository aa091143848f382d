/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolSnapshot;
import dev.naiad.pool.spring.event.PoolApplicationEvent;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;

/** A whole application under load, its connections counted where they arrive. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostgresLoadTests {

    private static final int THREADS = 40;
    private static final int CHECKOUTS = 10;
    private static final int SIZE = 3;

    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void serverNeverSeesMoreConnectionsThanAllowedAndNoneAtTheEnd(int overflow) throws Exception {
        String application = "naiad-load-" + overflow;
        int most;
        try (ConfigurableApplicationContext context = Applications.run(
                        List.of(Listener.class),
                        "spring.datasource.url=" + TestPostgres.url() + "?ApplicationName=" + application,
                        "spring.datasource.username=naiad",
                        "spring.datasource.password=naiad",
                        "naiad.pool_size=" + SIZE,
                        "naiad.max_overflow=" + overflow);
                Census census = new Census(application)) {
            most = censusDuring(census, () -> load(context.getBean(JdbcTemplate.class)));

            PoolSnapshot now = context.getBean(NaiadDataSource.class).pool().snapshot();
            assertThat(now.checkedOut()).isZero();
            assertThat(now.checkedIn()).isBetween(1, SIZE);
            assertThat(now.timeouts()).isZero();
            await().untilAsserted(() -> assertThat(census.count()).isEqualTo(now.checkedIn()));

            Listener listener = context.getBean(Listener.class);
            await().untilAsserted(() -> assertThat(listener.checkouts).hasValue(THREADS * CHECKOUTS));
            assertThat(listener.connects).hasValue((int) now.opened());
            assertThat(context.getBean(MeterRegistry.class)
                            .get("naiad.connections.opened")
                            .functionCounter()
                            .count())
                    .isEqualTo(now.opened());
        }
        assertThat(most).isBetween(1, SIZE + overflow);
        try (Census census = new Census(application)) {
            await().untilAsserted(() -> assertThat(census.count()).isZero());
        }
    }

    private static int censusDuring(Census census, Work work) throws Exception {
        AtomicInteger most = new AtomicInteger();
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            Future<?> done = one.submit(() -> {
                work.run();
                return null;
            });
            while (!done.isDone()) {
                // A backend whose client has closed lives a moment longer: what counts is what two looks see.
                int seen = Math.min(census.count(), census.count());
                most.accumulateAndGet(seen, Math::max);
            }
            done.get();
        } finally {
            one.shutdownNow();
        }
        return most.get();
    }

    private static void load(JdbcTemplate jdbc) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        CountDownLatch together = new CountDownLatch(1);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                all.add(threads.submit(() -> {
                    together.await();
                    for (int j = 0; j < CHECKOUTS; j++) {
                        jdbc.queryForList("select pg_sleep(0.003)");
                    }
                    return null;
                }));
            }
            together.countDown();
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Counts connections at the server, by one that has nothing to do with the pool. */
    private static final class Census implements AutoCloseable {

        private final Connection connection = TestPostgres.connect();
        private final PreparedStatement question =
                connection.prepareStatement("select count(*) from pg_stat_activity where application_name = ?");

        Census(String application) throws SQLException {
            question.setString(1, application);
        }

        int count() throws SQLException {
            try (ResultSet result = question.executeQuery()) {
                result.next();
                return result.getInt(1);
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    static class Listener {

        final AtomicInteger connects = new AtomicInteger();
        final AtomicInteger checkouts = new AtomicInteger();

        @EventListener
        void on(PoolApplicationEvent.Connect event) {
            connects.incrementAndGet();
        }

        @EventListener
        void on(PoolApplicationEvent.Checkout event) {
            checkouts.incrementAndGet();
        }
    }
}
