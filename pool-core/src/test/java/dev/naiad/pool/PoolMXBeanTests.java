/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.management.JMX;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.OpenType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class PoolMXBeanTests {

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final StubDatabase database = new StubDatabase();
    private final String name = "managed-" + UUID.randomUUID();
    private final List<Pool> pools = new ArrayList<>();

    private PoolConfig.Builder settings() {
        return database.settings()
                .name(name)
                .poolSize(2)
                .maxOverflow(1)
                .timeout(Duration.ZERO)
                .password("hunter2")
                .connectionProperty("apiKey", "hunter2")
                .registerMbeans(true);
    }

    private <P extends Pool> P opened(P pool) {
        pools.add(pool);
        return pool;
    }

    @AfterEach
    void closeAll() throws Exception {
        pools.forEach(Pool::close);
        assertThat(names()).isEmpty();
    }

    private List<ObjectName> names() throws Exception {
        return server.queryNames(new ObjectName("dev.naiad:type=Pool,*"), null).stream()
                .filter(candidate -> candidate.getKeyProperty("name").contains(name))
                .sorted()
                .toList();
    }

    private ObjectName onlyName() throws Exception {
        assertThat(names()).hasSize(1);
        return names().get(0);
    }

    private PoolMXBean bean() throws Exception {
        return JMX.newMXBeanProxy(server, onlyName(), PoolMXBean.class);
    }

    @Test
    void theFiguresAreThoseOfThePool() throws Exception {
        QueuePool pool =
                opened(new QueuePool(settings().poolSize(1).maxOverflow(0).build()));
        try (Connection held = pool.connect()) {
            assertThat(held.isClosed()).isFalse();
            assertThatThrownBy(pool::connect).isInstanceOf(PoolTimeoutException.class);

            PoolMXBean bean = bean();
            PoolSnapshot now = pool.snapshot();
            assertThat(bean.getName()).isEqualTo(name);
            assertThat(bean.getPoolClass()).isEqualTo("queue");
            assertThat(bean.getStatus()).isEqualTo(pool.status());
            assertThat(bean.getPoolSize()).isEqualTo(1);
            assertThat(bean.getMaxOverflow()).isZero();
            assertThat(bean.getCheckedOut()).isEqualTo(1).isEqualTo(now.checkedOut());
            assertThat(bean.getCheckedIn()).isZero();
            assertThat(bean.getOverflow()).isEqualTo(now.overflow());
            assertThat(bean.getOpening()).isEqualTo(now.opening());
            assertThat(bean.getWaiting()).isEqualTo(now.waiting());
            assertThat(bean.getOpened()).isEqualTo(1);
            assertThat(bean.getTimeouts()).isEqualTo(1);
            assertThat(bean.getOpenFailures()).isZero();
            assertThat(bean.getLeftOpen()).isZero();
            assertThat(bean.getLost()).isZero();
            assertThat(bean.getCheckouts()).isEqualTo(now.checkouts());
            assertThat(bean.getNested()).isEqualTo(now.nested());
            assertThat(bean.getDeadlocks()).isEqualTo(now.deadlocks());
            assertThat(bean.getHeldTooLong()).isEqualTo(now.heldTooLong());
            assertThat(bean.report()).contains("Held for", "connection 1");
            assertThat(bean.history()).anyMatch(line -> line.contains("TIMED_OUT"));
        }
    }

    @Test
    void anOperatorCanDoWhatThePoolOffers() throws Exception {
        QueuePool pool = opened(new QueuePool(settings().build()));
        pool.connect().close();
        PoolMXBean bean = bean();

        bean.suspend("WAIT");
        assertThat(pool.suspension()).isEqualTo(Suspension.WAIT);
        assertThat(bean.isSuspended()).isTrue();
        bean.resume();
        assertThat(bean.isSuspended()).isFalse();
        bean.resize(4, 3);
        assertThat(pool.config().poolSize()).isEqualTo(4);
        assertThat(pool.config().maxOverflow()).isEqualTo(3);
        assertThat(bean.getSettings()).containsEntry("poolSize", "4");
        bean.dispose();
        assertThat(bean.getClosed()).containsEntry("DISPOSED", 1L);
        bean.rotate();
        assertThat(bean.getClosed()).containsEntry("PROBED", 1L);
    }

    @Test
    void whatCannotBeDoneIsRefusedInWordsAnyClientUnderstands() throws Exception {
        opened(new QueuePool(settings().build()));
        PoolMXBean bean = bean();

        assertThatThrownBy(() -> bean.suspend("softly"))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("softly", "fail, wait");
        assertThatThrownBy(() -> bean.resize(-1, 0))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("pool_size", "-1")
                .hasNoCause();
        database.script((call, connection) -> {
            if (call.equals("open")) {
                throw new SQLException("refused jdbc:stub:shop?password=hunter2");
            }
        });
        assertThat(catchThrowable(bean::rotate))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasNoCause()
                .hasMessageContaining("refused")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void onlyAQueuePoolCanBeSuspended() throws Exception {
        opened(new NullPool(settings().build()));

        assertThatThrownBy(() -> bean().suspend("fail"))
                .isExactlyInstanceOf(UnsupportedOperationException.class)
                .hasMessageContainingAll("null", "queue");
    }

    @Test
    void aSecondPoolOfTheNameGetsANumberAndTheLogSaysSo() throws Exception {
        try (LogRecorder log = new LogRecorder("dev.naiad.pool.QueuePool." + name, Level.INFO)) {
            QueuePool first = opened(new QueuePool(settings().build()));
            QueuePool second = opened((QueuePool) first.recreate());
            assertThat(names())
                    .containsExactly(
                            new ObjectName("dev.naiad:type=Pool,name=" + name),
                            new ObjectName("dev.naiad:type=Pool,name=" + name + "-2"));
            assertThat(log.lines).anyMatch(line -> line.contains("name=" + name + "-2"));

            first.close();
            assertThat(onlyName().getKeyProperty("name")).isEqualTo(name + "-2");
            second.close();
        }
    }

    @Test
    void anyNameWillDo() throws Exception {
        String strange = "a,b=c:\"*?\\\n" + name;
        opened(new QueuePool(settings().name(strange).build()));

        assertThat(ObjectName.unquote(onlyName().getKeyProperty("name"))).isEqualTo(strange);
        assertThat(bean().getName()).isEqualTo(strange);
    }

    @Test
    void nothingIsRegisteredUnlessAskedFor() throws Exception {
        opened(new QueuePool(settings().registerMbeans(false).build()));

        assertThat(names()).isEmpty();
    }

    static Stream<Function<PoolConfig, Pool>> poolClasses() {
        return Stream.of(QueuePool::new, NullPool::new, StaticPool::new, SingletonThreadPool::new, AssertionPool::new);
    }

    @ParameterizedTest
    @MethodSource("poolClasses")
    void everyPoolIsThereFromBirthToDeath(Function<PoolConfig, Pool> poolClass) throws Exception {
        try (Pool pool = poolClass.apply(settings().build())) {
            assertThat(bean().getStatus()).isEqualTo(pool.status());
        }
        assertThat(names()).isEmpty();
    }

    /** A class of somebody's own, whose closing fails. */
    private static final class Stubborn extends Pool {

        Stubborn(PoolConfig config) {
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
            throw new UnsupportedOperationException();
        }

        @Override
        public String status() {
            return "stubborn";
        }

        @Override
        public PoolSnapshot snapshot() {
            return snapshotOf(0, 0, 0, 0, 0);
        }

        @Override
        public void close() {
            throw new IllegalStateException("not now");
        }
    }

    @Test
    void aPoolWhoseClosingFailsIsGoneAllTheSame() throws Exception {
        NaiadDataSource dataSource = NaiadDataSource.of(new Stubborn(settings().build()));
        assertThat(bean().getStatus()).isEqualTo("stubborn");

        assertThatThrownBy(dataSource::close).hasMessage("not now");
        assertThat(names()).isEmpty();
    }

    @Test
    void aClientNeedsNoClassesOfThePool() throws Exception {
        opened(new QueuePool(settings().build()));

        MBeanInfo info = server.getMBeanInfo(onlyName());
        assertThat(info.getDescriptor().getFieldValue("mxbean")).isEqualTo("true");
        assertThat(info.getAttributes()).hasSizeGreaterThan(20).allSatisfy(attribute -> {
            assertThat(attribute.getDescriptor().getFieldValue("openType")).isInstanceOf(OpenType.class);
            assertThat(attribute.getType()).doesNotContain("naiad");
        });
        assertThat(info.getOperations()).hasSize(7).allSatisfy(operation -> {
            assertThat(operation.getDescriptor().getFieldValue("openType")).isInstanceOf(OpenType.class);
            assertThat(operation.getReturnType()).doesNotContain("naiad");
        });
        for (MBeanAttributeInfo attribute : info.getAttributes()) {
            Object value = server.getAttribute(onlyName(), attribute.getName());
            assertThat(value.getClass().getName()).doesNotContain("naiad");
        }
    }

    @Test
    void noSecretIsShown() throws Exception {
        QueuePool pool = opened(
                new QueuePool(settings().url("jdbc:stub:shop?password=hunter2").build()));
        pool.connect().close();
        StringBuilder all = new StringBuilder();
        for (MBeanAttributeInfo attribute : server.getMBeanInfo(onlyName()).getAttributes()) {
            all.append(server.getAttribute(onlyName(), attribute.getName()));
        }
        PoolMXBean bean = bean();
        all.append(bean.report()).append(bean.history()).append(bean.getSettings());

        assertThat(all).contains("jdbc:stub:shop").doesNotContain("hunter2");
        assertThat(bean.getSettings()).containsEntry("password", "***").containsAllEntriesOf(Map.of("poolSize", "2"));
    }
}
