/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import dev.naiad.pool.PoolDataSource;
import dev.naiad.pool.QueuePool;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/** The pool that the shop's orders go through, reached in whatever the data source is wrapped. */
@Component
class WriterPool {

    private final DataSource dataSource;

    WriterPool(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    QueuePool pool() throws SQLException {
        return dataSource.unwrap(PoolDataSource.class).pool() instanceof QueuePool pool ? pool : refuse();
    }

    private static QueuePool refuse() {
        throw new IllegalStateException("Scenarios take a pool of the class queue (naiad.pool-class).");
    }

    /** How many connections there can be. */
    int limit() throws SQLException {
        return pool().snapshot()
                .limit()
                .orElseThrow(() -> new IllegalStateException(
                        "This scenario takes a pool with a limit (naiad.pool-size, naiad.max-overflow)."));
    }

    /** What code borrows from that knows nothing of pools. */
    DataSource dataSource() {
        return dataSource;
    }
}
