/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.time.Duration;

class QueuePoolContractTests extends PoolContractTests {

    @Override
    Pool create(PoolConfig config) {
        return new QueuePool(config);
    }

    @Override
    void close(Pool pool) {
        ((QueuePool) pool).close(Duration.ZERO);
    }
}
