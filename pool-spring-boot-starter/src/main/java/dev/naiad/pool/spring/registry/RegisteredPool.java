/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.registry;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolSnapshot;

/**
 * A Naiad pool of the application.
 *
 * @param name the pool's name or, where several have the same, the bean's
 * @param beanName the bean it was found in; for one behind a routing data source with the look-up key after a dot
 * @param dataSource the data source that has it
 */
public record RegisteredPool(String name, String beanName, NaiadDataSource dataSource) {

    /** The pool itself; made now if it was not before. */
    public Pool pool() {
        return dataSource.pool();
    }

    /** Physical connections that are open, without those that were detached. */
    public static long open(PoolSnapshot now) {
        return now.opened()
                - now.closed().values().stream().mapToLong(Long::longValue).sum();
    }
}
