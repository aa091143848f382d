/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.contender;

import java.util.List;
import javax.sql.DataSource;

/** How to make one kind of pool. Each has a class of its own, so that using one loads nothing of the others. */
interface Peer {

    DataSource open(PoolSpec spec) throws Exception;

    default void close(DataSource pool) throws Exception {
        ((AutoCloseable) pool).close();
    }

    /** Whether it opens by itself, in the background, what it keeps at least, and is better left alone until then. */
    default boolean opensAhead() {
        return false;
    }

    /** A class of each jar it needs, its own first. */
    List<Class<?>> jars();
}
