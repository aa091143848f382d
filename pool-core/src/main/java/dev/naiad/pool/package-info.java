/**
 * A JDBC connection pool with the semantics of SQLAlchemy's.
 *
 * <p>Applications hold a {@link dev.naiad.pool.NaiadDataSource}, or a {@link dev.naiad.pool.Pool} directly. Inside, two
 * objects share the work: the long-lived slot, which users see as {@link dev.naiad.pool.ConnectionPoolEntry}, and the proxy
 * of one checkout, a {@link dev.naiad.pool.PoolProxiedConnection}.
 */
@NullMarked
package dev.naiad.pool;

import org.jspecify.annotations.NullMarked;
