/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.example.BoundedPool;

/** A class of a user's. */
class BoundedPoolContractTests extends PoolContractTests {

    @Override
    Pool create(PoolConfig config) {
        return new BoundedPool(config);
    }
}
