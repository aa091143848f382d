/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLTransientConnectionException;

/** The pool has been suspended so that callers fail; see {@link QueuePool#suspend}. The SQLState is {@code 08001}. */
public final class PoolSuspendedException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    PoolSuspendedException(String pool) {
        super("Pool '" + pool + "' is suspended.", "08001");
    }
}
