/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.HoldLimitStep;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.NestedCheckoutException;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.PoolProxiedConnection;
import dev.naiad.pool.PoolTimeoutException;
import dev.naiad.pool.ResetOnReturn;
import dev.naiad.pool.diagnose.Verdict;
import dev.naiad.pool.spring.autoconfigure.NaiadAutoConfiguration;
import dev.naiad.pool.spring.event.PoolApplicationEvent;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.event.EventListener;

/** What goes wrong in a pool is heard of as an event, and counted by the meter that is for it and by no other. */
@Timeout(120)
class PoolIncidentTests {

    private static final Set<String> OF_INCIDENTS =
            Set.of("timeouts", "open.failures", "left.open", "lost", "nested", "deadlocks", "held.too.long");

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    NaiadAutoConfiguration.class,
                    DataSourceAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class))
            .withBean(Recorder.class)
            .withPropertyValues(
                    "spring.datasource.type=" + NaiadDataSource.class.getName(),
                    "spring.datasource.url=jdbc:h2:mem:incidents",
                    "naiad.name=shop",
                    "naiad.pool-size=1",
                    "naiad.max-overflow=0",
                    "naiad.timeout=20");

    static class Recorder {

        private final Queue<PoolApplicationEvent> events = new ConcurrentLinkedQueue<>();

        @EventListener
        void on(PoolApplicationEvent event) {
            events.add(event);
        }
    }

    private interface Incident {
        void stage(AssertableApplicationContext context, NaiadDataSource dataSource) throws Exception;
    }

    private void stage(ApplicationContextRunner with, Incident incident) {
        with.run(context -> {
            assertThat(context).hasNotFailed();
            incident.stage(context, context.getBean(NaiadDataSource.class));
        });
    }

    /** The one event of this kind. */
    private static <E extends PoolApplicationEvent> E event(AssertableApplicationContext context, Class<E> type) {
        Queue<PoolApplicationEvent> events = context.getBean(Recorder.class).events;
        await().until(() -> events.stream().anyMatch(type::isInstance));
        List<E> heard = events.stream().filter(type::isInstance).map(type::cast).toList();
        assertThat(heard).hasSize(1);
        assertThat(heard.get(0).getPoolName()).isEqualTo("shop");
        return heard.get(0);
    }

    private static double count(AssertableApplicationContext context, String meter) {
        return context.getBean(MeterRegistry.class)
                .get("naiad.connections." + meter)
                .tag("pool", "shop")
                .functionCounter()
                .count();
    }

    /** One of each of these, and none of the others. */
    private static void assertCounted(AssertableApplicationContext context, String... meters) {
        assertThat(OF_INCIDENTS.containsAll(List.of(meters))).isTrue();
        await().untilAsserted(() -> assertThat(
                        OF_INCIDENTS.stream().collect(Collectors.toMap(meter -> meter, meter -> count(context, meter))))
                .isEqualTo(OF_INCIDENTS.stream()
                        .collect(Collectors.toMap(
                                meter -> meter, meter -> List.of(meters).contains(meter) ? 1.0 : 0.0))));
    }

    @Test
    void everyCounterOfAnIncidentIsProvokedHere() {
        runner.run(context -> {
            Set<String> plain = context.getBean(MeterRegistry.class).getMeters().stream()
                    .map(meter -> meter.getId())
                    .filter(id -> id.getName().startsWith("naiad.connections.")
                            && id.getType().name().equals("COUNTER")
                            && id.getTag("reason") == null)
                    .map(id -> id.getName().substring("naiad.connections.".length()))
                    .collect(Collectors.toCollection(TreeSet::new));
            plain.removeAll(Set.of("opened", "checkouts")); // the ordinary course
            assertThat(plain).isEqualTo(new TreeSet<>(OF_INCIDENTS));
        });
    }

    @Test
    void everyKindOfEventIsForSomebody() {
        assertThat(Arrays.stream(PoolApplicationEvent.class.getDeclaredClasses())
                        .map(Class::getSimpleName)
                        .toList())
                .containsAll(Arrays.stream(PoolEvent.Kind.values())
                        .map(kind -> kind.type().getSimpleName())
                        .toList());
    }

    @Test
    void theOrdinaryCourseIsNoIncident() {
        stage(runner, (context, dataSource) -> {
            for (int i = 0; i < 3; i++) {
                dataSource.getConnection().close();
            }
            assertThat(count(context, "checkouts")).isEqualTo(3);
            assertThat(count(context, "opened")).isEqualTo(1);
            assertCounted(context);
        });
    }

    @Test
    void aCallerThatWaitsInVain() {
        stage(runner.withPropertyValues("naiad.timeout=300ms", "naiad.nested=off"), (context, dataSource) -> {
            try (Connection held = dataSource.getConnection()) {
                assertThat(held.isClosed()).isFalse();
                Thread caller = new Thread(() ->
                        assertThatExceptionOfType(PoolTimeoutException.class).isThrownBy(dataSource::getConnection));
                caller.start();
                caller.join();
            }
            assertThat(event(context, PoolApplicationEvent.TimedOut.class)
                            .getException()
                            .report()
                            .diagnosis()
                            .verdict())
                    .isEqualTo(Verdict.LEAK);
            assertThat(event(context, PoolApplicationEvent.Waiting.class).getThreadName())
                    .startsWith("Thread-");
            assertCounted(context, "timeouts");
        });
    }

    @Test
    void aDatabaseThatRefuses() {
        stage(
                runner.withPropertyValues("spring.datasource.url=jdbc:h2:mem:absent;IFEXISTS=TRUE"),
                (context, dataSource) -> {
                    assertThatExceptionOfType(SQLException.class).isThrownBy(dataSource::getConnection);
                    assertThat(event(context, PoolApplicationEvent.ConnectFailed.class)
                                    .getCause())
                            .hasMessageContaining("not found");
                    assertCounted(context, "open.failures");
                });
    }

    @Test
    void aTransactionThatIsLeftOpen() {
        stage(runner, (context, dataSource) -> {
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                connection.createStatement().execute("create table if not exists t (a int)");
                connection.createStatement().execute("insert into t values (1)");
            }
            assertThat(event(context, PoolApplicationEvent.LeftOpen.class).getEnding())
                    .isEqualTo(ResetOnReturn.ROLLBACK);
            assertCounted(context, "left.open");
        });
    }

    @Test
    void aThreadThatWaitsForItself() {
        stage(runner, (context, dataSource) -> {
            try (Connection first = dataSource.getConnection()) {
                assertThat(first.isClosed()).isFalse();
                assertThatExceptionOfType(NestedCheckoutException.class).isThrownBy(dataSource::getConnection);
            }
            event(context, PoolApplicationEvent.Nested.class);
            PoolApplicationEvent.Deadlock deadlock = event(context, PoolApplicationEvent.Deadlock.class);
            assertThat(deadlock.isBroken()).isTrue();
            assertThat(deadlock.getHolders())
                    .singleElement()
                    .satisfies(holder -> assertThat(holder.thread().name())
                            .isEqualTo(Thread.currentThread().getName()));
            assertCounted(context, "nested", "deadlocks");
        });
    }

    @Test
    void aConnectionThatIsHeldForTooLongAndComesBackAfterAll() {
        stage(runner.withPropertyValues("naiad.hold-limit=200ms", "naiad.trace=always"), (context, dataSource) -> {
            try (Connection held = dataSource.getConnection()) {
                assertThat(held.isClosed()).isFalse();
                PoolApplicationEvent.HeldTooLong late = event(context, PoolApplicationEvent.HeldTooLong.class);
                assertThat(late.getStep()).isEqualTo(HoldLimitStep.WARN);
                assertThat(late.getHolder().borrowedAt().toString()).contains("PoolIncidentTests");
            }
            assertThat(event(context, PoolApplicationEvent.CameBack.class).getBorrower())
                    .contains(Thread.currentThread().getName());
            assertCounted(context, "held.too.long");
        });
    }

    @Test
    void aConnectionThatIsDroppedWithoutBeingClosed() {
        stage(runner.withPropertyValues("naiad.trace=always"), (context, dataSource) -> {
            drop(dataSource);
            await().untilAsserted(() -> {
                System.gc();
                assertThat(count(context, "lost")).isEqualTo(1);
            });
            PoolApplicationEvent.Lost lost = event(context, PoolApplicationEvent.Lost.class);
            assertThat(lost.isReclaimed()).isTrue();
            assertThat(lost.getBorrowedAt().toString()).contains("PoolIncidentTests.drop");
            assertCounted(context, "lost");
            dataSource.getConnection().close();
        });
    }

    private static void drop(NaiadDataSource dataSource) throws SQLException {
        assertThat(dataSource.getConnection().isClosed()).isFalse();
    }

    @Test
    void connectionsThatLeaveThePool() {
        stage(runner, (context, dataSource) -> {
            try (Connection connection = dataSource.getConnection()) {
                connection.unwrap(PoolProxiedConnection.class).invalidateSoftly(new IllegalStateException("old"));
            }
            assertThat(event(context, PoolApplicationEvent.SoftInvalidate.class).getCause())
                    .hasValueSatisfying(cause -> assertThat(cause).hasMessage("old"));
            Connection detached = dataSource.getConnection();
            detached.unwrap(PoolProxiedConnection.class).detach();
            event(context, PoolApplicationEvent.Detach.class);
            detached.close();
            event(context, PoolApplicationEvent.CloseDetached.class);
            assertCounted(context);
        });
    }
}
