/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.Applications;
import dev.naiad.pool.spring.autoconfigure.NaiadAutoConfiguration;
import dev.naiad.pool.spring.registry.PoolRegistry;
import dev.naiad.pool.spring.registry.RegisteredPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.crac.Core;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** What becomes of connections when the application pauses, is checkpointed, or closes. */
class PoolLifecycleTests {

    @Test
    void pausedApplicationHoldsNoIdleConnectionAndServesWhoStillAsks() {
        try (var context = Applications.run(Applications.withDatabase())) {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            assertThat(query(context)).isOne();
            assertThat(open(dataSource)).isOne();

            context.pause();
            awaitNoneOpen(dataSource);
            assertThat(query(context)).isOne();

            context.restart();
            assertThat(query(context)).isOne();
            assertThat(open(dataSource)).isOne();
        }
    }

    @Test
    void connectionInUseSurvivesThePauseAndIsClosedWhenItComesBack() throws SQLException {
        try (var context = Applications.run(Applications.withDatabase())) {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            try (Connection inUse = dataSource.getConnection()) {
                context.pause();
                assertThat(inUse.isValid(1)).isTrue();
            }
            awaitNoneOpen(dataSource);
        }
    }

    @Test
    void stopAndStartOfTheContextDoTheSame() {
        try (var context = Applications.run(Applications.withDatabase())) {
            assertThat(query(context)).isOne();
            context.stop();
            awaitNoneOpen(context.getBean(NaiadDataSource.class));
            context.start();
            assertThat(query(context)).isOne();
        }
    }

    @Test
    void beansThatAreDestroyedMayUseConnections() {
        LastWords bean;
        NaiadDataSource dataSource;
        try (var context = Applications.run(List.of(LastWords.class), Applications.withDatabase())) {
            bean = context.getBean(LastWords.class);
            dataSource = context.getBean(NaiadDataSource.class);
            assertThat(query(context)).isOne();
        }
        assertThat(bean.answer).isOne();
        assertThat(dataSource.pool().snapshot().opened()).isOne();
        awaitNoneOpen(dataSource);
    }

    // --- checkpoints

    @Test
    void noConnectionIsOpenAtACheckpointAndTheyAreBackAfterTheRestore() throws Exception {
        try (var context = Applications.run(Applications.withDatabase())) {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            assertThat(query(context)).isOne();
            assertThat(open(dataSource)).isOne();
            PoolCheckpoint checkpoint = context.getBean(PoolCheckpoint.class);

            checkpoint.beforeCheckpoint(Core.getGlobalContext());
            assertThat(open(dataSource)).isZero();

            checkpoint.afterRestore(Core.getGlobalContext());
            assertThat(query(context)).isOne();
        }
    }

    @Test
    void checkpointWaitsForConnectionsInUse() throws Exception {
        try (var context = Applications.run(Applications.withDatabase())) {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            Connection inUse = dataSource.getConnection();
            var checkpoint = CompletableFuture.runAsync(
                    () -> context.getBean(PoolCheckpoint.class).beforeCheckpoint(Core.getGlobalContext()));
            assertThat(checkpoint).isNotDone();
            inUse.close();
            checkpoint.get();
            assertThat(open(dataSource)).isZero();
        }
    }

    @Test
    void checkpointFailsIfAConnectionIsKept() throws SQLException {
        try (var context = Applications.run(Applications.withDatabase())) {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            PoolCheckpoint impatient = new PoolCheckpoint(context.getBean(PoolRegistry.class), Duration.ofMillis(1));
            try (Connection kept = dataSource.getConnection()) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> impatient.beforeCheckpoint(Core.getGlobalContext()))
                        .withMessageContaining("in use")
                        .withMessageContaining(dataSource.pool().name());
                assertThat(kept.isClosed()).isFalse();
            }
        }
    }

    @Test
    void nothingIsRegisteredForCheckpointsWithoutTheirApi() {
        new ApplicationContextRunner()
                .withClassLoader(new FilteredClassLoader("org.crac"))
                .withConfiguration(AutoConfigurations.of(NaiadAutoConfiguration.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(PoolLifecycle.class)
                        .doesNotHaveBean("naiadPoolCheckpoint"));
    }

    private static int query(ConfigurableApplicationContext context) {
        return context.getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class);
    }

    /** Connections are closed in the background. */
    private static void awaitNoneOpen(NaiadDataSource dataSource) {
        await().untilAsserted(() -> assertThat(open(dataSource)).isZero());
    }

    private static long open(NaiadDataSource dataSource) {
        return RegisteredPool.open(dataSource.pool().snapshot());
    }

    @Configuration(proxyBeanMethods = false)
    static class LastWords implements DisposableBean {

        private final DataSource dataSource;
        private int answer;

        LastWords(DataSource dataSource) {
            this.dataSource = dataSource;
        }

        @Override
        public void destroy() {
            answer = new JdbcTemplate(dataSource).queryForObject("select 1", Integer.class);
        }
    }
}
