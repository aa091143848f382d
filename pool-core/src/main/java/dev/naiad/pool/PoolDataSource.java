/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import javax.sql.DataSource;

/**
 * A data source that has a pool. Code that holds a plain {@link DataSource}, even a wrapped one, gets here by
 * {@code dataSource.unwrap(PoolDataSource.class)}.
 */
public interface PoolDataSource extends DataSource {

    /** The pool; made now if it was not before. Making it opens no connection. */
    Pool pool();
}
