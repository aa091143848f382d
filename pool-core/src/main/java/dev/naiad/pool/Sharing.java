/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;

/** How a pool comes to lend one checkout to several borrowers. */
interface Sharing {

    /** A handle on a checkout under way, or on a new one. */
    PoolProxiedConnection connect(Pool pool) throws SQLException;

    /** Whether the pool can also do without. */
    boolean isOptional();
}
