/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.own;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.CloseReason;
import dev.naiad.pool.ConnectionFactory;
import dev.naiad.pool.ConnectionPoolEntry;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PoolProxiedConnection;
import dev.naiad.pool.PoolSnapshot;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A pool class of a user's, in a package of its own. */
class OwnPoolTests {

    /** Keeps one place, and makes others for a single use. */
    private static final class SpareWheelPool extends Pool {

        private final AtomicReference<@Nullable ConnectionPoolEntry> spare = new AtomicReference<>();

        SpareWheelPool(PoolConfig config) {
            super(config);
        }

        private SpareWheelPool(SpareWheelPool origin) {
            super(origin);
        }

        @Override
        protected ConnectionPoolEntry doGet() throws SQLException {
            ConnectionPoolEntry kept = spare.getAndSet(null);
            if (kept == null) {
                return createEntry();
            }
            if (!isUsable(kept)) {
                return reopen(kept);
            }
            return kept;
        }

        @Override
        protected void doReturn(ConnectionPoolEntry entry) {
            if (!spare.compareAndSet(null, entry)) {
                discard(entry, CloseReason.OVERFLOW);
            }
        }

        @Override
        protected void doDispose() {
            ConnectionPoolEntry kept = spare.getAndSet(null);
            if (kept != null) {
                discard(kept, CloseReason.DISPOSED);
            }
        }

        @Override
        public Pool recreate() {
            return new SpareWheelPool(this);
        }

        @Override
        public String status() {
            return "SpareWheelPool '" + name() + "'";
        }

        @Override
        public PoolSnapshot snapshot() {
            return snapshotOf(1, -1, spare.get() == null ? 0 : 1, 0, 0);
        }

        @Override
        public void close() {
            dispose();
        }
    }

    private final List<Connection> opened = new ArrayList<>();
    private final Pool pool = new SpareWheelPool(PoolConfig.builder()
            .connectionFactory(ConnectionFactory.of(() -> {
                Connection connection = DriverManager.getConnection("jdbc:h2:mem:own");
                opened.add(connection);
                return connection;
            }))
            .build());

    @Test
    @Tag("PB-04")
    @Tag("PB-10")
    void aSubclassSaysWhereConnectionsComeFromAndGoAndThePoolDoesTheRest() throws SQLException {
        PoolProxiedConnection one = pool.connect();
        PoolProxiedConnection two = pool.connect();
        ConnectionPoolEntry place = one.entry();
        one.close();
        two.close();
        assertThat(opened.get(1).isClosed()).isTrue();
        try (PoolProxiedConnection again = pool.connect()) {
            assertThat(again.entry()).isSameAs(place);
            again.invalidateSoftly(null);
        }
        pool.connect().close();
        assertThat(opened).hasSize(3);
        assertThat(opened.get(0).isClosed()).isTrue();
        pool.dispose();
        assertThat(opened.get(2).isClosed()).isTrue();
        assertThat(pool.recreate()).isInstanceOf(SpareWheelPool.class);
    }
}
