/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.ConnectionFactory;
import dev.naiad.pool.PoolConfig;

/**
 * Wraps what opens the physical connections of a pool. Beans of this type are asked in their order, once for each Naiad data
 * source that is a bean and not yet started; the first wraps the driver, the next what the first returned. From then on the pool's
 * username and password are those the factory was made with and cannot be changed; a {@code CredentialsProvider} is asked all the same.
 */
@FunctionalInterface
public interface ConnectionFactoryCustomizer {

    /**
     * Returns a factory, mostly one that calls the one given.
     *
     * @param factory as it is now
     * @param pool the pool's settings; the name tells which one it is
     */
    ConnectionFactory customize(ConnectionFactory factory, PoolConfig pool);
}
