/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a checkout costs in memory: the proxy, which must fit into 48 bytes, and nothing else. */
@Tag("allocation")
@Timeout(60)
class AllocationTests {

    private static final int CYCLES = 20_000;
    private static final int ROUNDS = 20;
    private static final long BYTES_PER_CYCLE = 48;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final StubDatabase database = new StubDatabase();

    @Test
    void aCheckoutAllocatesNothingButItsProxy() throws SQLException {
        assumeTrue(threads.isThreadAllocatedMemorySupported() && threads.isThreadAllocatedMemoryEnabled());
        assumeTrue(hasCompressedReferences(), "the size is that of references of 4 bytes");
        try (QueuePool pool = new QueuePool(database.settings().build())) {
            long least = Long.MAX_VALUE;
            // Until it is compiled there are boxes and the like; and the housekeeper has a ping made now and then.
            for (int round = 0; round < ROUNDS; round++) {
                least = Math.min(least, bytesOf(pool));
            }
            assertThat((double) least / CYCLES).isLessThanOrEqualTo(BYTES_PER_CYCLE + 0.1);
        }
    }

    private long bytesOf(QueuePool pool) throws SQLException {
        long id = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(id);
        for (int i = 0; i < CYCLES; i++) {
            pool.connect().close();
        }
        return threads.getThreadAllocatedBytes(id) - before;
    }

    private boolean hasCompressedReferences() {
        long id = Thread.currentThread().getId();
        threads.getThreadAllocatedBytes(id);
        long before = threads.getThreadAllocatedBytes(id);
        Object[] references = new Object[100_000];
        long size = threads.getThreadAllocatedBytes(id) - before;
        assertThat(references).isNotNull();
        return size < 600_000;
    }
}
