/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

class NullPoolContractTests extends PoolContractTests {

    @Override
    Pool create(PoolConfig config) {
        return new NullPool(config);
    }

    @Override
    boolean keeps() {
        return false;
    }
}
