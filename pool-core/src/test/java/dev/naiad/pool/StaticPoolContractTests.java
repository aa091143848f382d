/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

class StaticPoolContractTests extends PoolContractTests {

    @Override
    Pool create(PoolConfig config) {
        return new StaticPool(config);
    }
}
