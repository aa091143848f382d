/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.registry;

import dev.naiad.pool.Pool;

/** Is told of every pool of the application, of those of beans before anybody can borrow from them. */
public interface PoolObserver {

    /** May be called more than once for a pool. */
    void observe(Pool pool);
}
