/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.AssertionPool;
import dev.naiad.pool.CloseReason;
import dev.naiad.pool.ConnectionPoolEntry;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.NullPool;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolClass;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PoolSnapshot;
import dev.naiad.pool.QueuePool;
import dev.naiad.pool.SingletonThreadPool;
import dev.naiad.pool.StaticPool;
import dev.naiad.pool.spring.actuate.PoolsEndpoint;
import dev.naiad.pool.spring.actuate.SettingSource;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** The class of a pool as a property; what it says when it cannot be is in {@link StartFailureTests}. */
class PoolClassChoiceTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(NaiadAutoConfiguration.class, DataSourceAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.type=" + NaiadDataSource.class.getName(),
                    "spring.datasource.url=jdbc:h2:mem:first",
                    "management.endpoints.web.exposure.include=pools");

    static Stream<Arguments> classes() {
        return Stream.of(
                Arguments.of("queue", QueuePool.class),
                Arguments.of("null", NullPool.class),
                Arguments.of("static", StaticPool.class),
                Arguments.of("singleton-thread", SingletonThreadPool.class),
                Arguments.of("SingletonThreadPool", SingletonThreadPool.class),
                Arguments.of("ASSERTION", AssertionPool.class),
                Arguments.of(StaticPool.class.getName(), StaticPool.class),
                Arguments.of(OnePerCaller.class.getName(), OnePerCaller.class));
    }

    @ParameterizedTest
    @MethodSource("classes")
    void poolHasTheClassOfTheProperty(String text, Class<? extends Pool> expected) {
        runner.withPropertyValues("naiad.pool_class=" + text).run(context -> {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            assertThat(dataSource.pool()).isExactlyInstanceOf(expected);
            dataSource.getConnection().close();
        });
    }

    @Test
    void settingsThatTheClassHeedsAreApplied() {
        runner.withPropertyValues(
                        "naiad.pool-class=assertion",
                        "naiad.store-traceback=false",
                        "naiad.recycle=1h",
                        "naiad.name=one")
                .run(context -> {
                    PoolConfig config = pool(context, "dataSource").config();
                    assertThat(config.storeTraceback()).isFalse();
                    assertThat(config.recycle()).hasHours(1);
                    assertThat(config.name()).isEqualTo("one");
                });
    }

    @Test
    void namedPoolHasItsOwnClassAndHeedsOnlyWhatItCanOfThoseOfAllPools() {
        runner.withPropertyValues(
                        "naiad.pool-size=7",
                        "naiad.recycle=1h",
                        "naiad.pools.archive.url=jdbc:h2:mem:archive",
                        "naiad.pools.archive.pool-class=null")
                .run(context -> {
                    assertThat(pool(context, "dataSource")).isInstanceOf(QueuePool.class);
                    Pool archive = pool(context, "archiveDataSource");
                    assertThat(archive).isInstanceOf(NullPool.class);
                    assertThat(archive.config().recycle()).hasHours(1);
                    assertThat(archive.config().poolSize()).isEqualTo(5);
                });
    }

    @Test
    void namedPoolInheritsTheClass() {
        runner.withPropertyValues("naiad.pool-class=static", "naiad.pools.archive.url=jdbc:h2:mem:archive")
                .run(context -> assertThat(pool(context, "archiveDataSource")).isInstanceOf(StaticPool.class));
    }

    @Test
    void classThatWasChosenInCodeStays() {
        runner.withPropertyValues("naiad.pool-class=static")
                .withBean("dataSource", NaiadDataSource.class, () -> {
                    NaiadDataSource dataSource = new NaiadDataSource();
                    dataSource.setUrl("jdbc:h2:mem:code");
                    dataSource.setPoolClass(PoolClass.NULL);
                    return dataSource;
                })
                .run(context -> assertThat(pool(context, "dataSource")).isInstanceOf(NullPool.class));
    }

    @Test
    void endpointShowsTheClassWithItsOrigin() {
        runner.withPropertyValues("naiad.pool-class=static", "naiad.pools.archive.url=jdbc:h2:mem:archive")
                .withBean(
                        "mine",
                        NaiadDataSource.class,
                        () -> NaiadDataSource.builder()
                                .url("jdbc:h2:mem:code")
                                .name("mine")
                                .poolClass(NullPool::new)
                                .build())
                .run(context -> {
                    PoolsEndpoint endpoint = context.getBean(PoolsEndpoint.class);
                    assertThat(endpoint.pool("archive").settings().get("pool-class"))
                            .isEqualTo(new SettingSource.Setting(
                                    "static", "\"naiad.pool-class\" from property source \"test\""));
                    assertThat(endpoint.pool("mine").settings().get("pool-class"))
                            .isEqualTo(new SettingSource.Setting("null", "code"));
                });
    }

    private static Pool pool(ApplicationContext context, String bean) {
        return context.getBean(bean, NaiadDataSource.class).pool();
    }

    /** A pool class of a user's. */
    public static final class OnePerCaller extends Pool {

        public OnePerCaller(PoolConfig config) {
            super(config);
        }

        @Override
        protected ConnectionPoolEntry doGet() throws SQLException {
            return createEntry();
        }

        @Override
        protected void doReturn(ConnectionPoolEntry entry) {
            discard(entry, CloseReason.NOT_POOLED);
        }

        @Override
        protected void doDispose() {}

        @Override
        public Pool recreate() {
            return new OnePerCaller(config());
        }

        @Override
        public String status() {
            return "OnePerCaller '" + name() + "'";
        }

        @Override
        public PoolSnapshot snapshot() {
            return snapshotOf(0, -1, 0, 0, 0);
        }

        @Override
        public void close() {
            dispose();
        }
    }
}
