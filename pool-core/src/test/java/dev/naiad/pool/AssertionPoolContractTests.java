/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

class AssertionPoolContractTests extends PoolContractTests {

    @Override
    Pool create(PoolConfig config) {
        return new AssertionPool(config);
    }
}
