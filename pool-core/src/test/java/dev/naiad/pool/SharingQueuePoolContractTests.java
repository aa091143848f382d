/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.time.Duration;

/** With {@code use_threadlocal}. */
class SharingQueuePoolContractTests extends PoolContractTests {

    @Override
    Pool create(PoolConfig config) {
        return new QueuePool(config.toBuilder().useThreadLocal(true).build());
    }

    @Override
    void close(Pool pool) {
        ((QueuePool) pool).close(Duration.ZERO);
    }
}
