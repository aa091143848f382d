/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.naiad.pool.stub.StubDriver;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What working with a pooled connection costs in memory: a proxy for the connection, one for each statement and one for each
 * result set. The driver here allocates nothing, and whatever is handed out escapes.
 */
@Tag("allocation")
@Timeout(60)
class CycleAllocationTests {

    private static final int CYCLES = 20_000;
    private static final long PATIENCE_SECONDS = 20;
    private static final long CONNECTION = 48;
    private static final long STATEMENT = 32;
    private static final long RESULT_SET = 24;

    private interface Cycle {
        void run() throws SQLException;
    }

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final long self = Thread.currentThread().getId();
    private final NaiadDataSource dataSource = NaiadDataSource.builder()
            .url(StubDriver.url(0, 0))
            .driverClassName(StubDriver.class.getName())
            .build();

    private volatile @Nullable Object escaped;

    @BeforeEach
    void sizesAreThoseOfReferencesOf4Bytes() {
        assumeTrue(threads.isThreadAllocatedMemorySupported() && threads.isThreadAllocatedMemoryEnabled());
        long before = threads.getThreadAllocatedBytes(self);
        escaped = new Object[100_000];
        assumeTrue(threads.getThreadAllocatedBytes(self) - before < 600_000);
    }

    @AfterEach
    void close() {
        dataSource.close();
    }

    @Test
    void aQueryAllocatesNothingButItsProxies() throws SQLException {
        assertAllocatesAtMost(CONNECTION + STATEMENT + RESULT_SET, this::query);
    }

    @Test
    void aTransactionAllocatesNothingButItsProxies() throws SQLException {
        assertAllocatesAtMost(CONNECTION + STATEMENT, this::transaction);
    }

    @Test
    void aRecordingThatIsOverLeavesNoCosts() throws SQLException {
        try (Recording recording = new Recording()) {
            recording.enable("dev.naiad.ConnectionHeld");
            recording.start();
            dataSource.pool().sweep();
            query();
        }
        dataSource.pool().sweep();

        assertAllocatesAtMost(CONNECTION + STATEMENT + RESULT_SET, this::query);
    }

    private void query() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement("select 1");
                ResultSet results = statement.executeQuery()) {
            escaped = connection;
            escaped = statement;
            escaped = results.next() ? results : null;
        }
    }

    private void transaction() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            escaped = connection;
            try (PreparedStatement statement = connection.prepareStatement("update t set x = x + 1")) {
                escaped = statement.executeUpdate() == 1 ? statement : null;
            }
            connection.commit();
        }
    }

    /** Runs until it is compiled, before which there are boxes and the like, and until no ping happens to be due. */
    private void assertAllocatesAtMost(long bytes, Cycle cycle) throws SQLException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        double least = Double.MAX_VALUE;
        while (least > bytes + 0.1 && System.nanoTime() < deadline) {
            least = Math.min(least, bytesPer(cycle));
        }
        assertThat(least).isLessThanOrEqualTo(bytes + 0.1);
    }

    private double bytesPer(Cycle cycle) throws SQLException {
        long before = threads.getThreadAllocatedBytes(self);
        for (int i = 0; i < CYCLES; i++) {
            cycle.run();
        }
        return (threads.getThreadAllocatedBytes(self) - before) / (double) CYCLES;
    }
}
