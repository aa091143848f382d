/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLNonTransientConnectionException;

/** The pool was closed for good; it lends no connections any more. */
public final class PoolClosedException extends SQLNonTransientConnectionException {

    private static final long serialVersionUID = 1L;

    /** For a pool of this name. */
    public PoolClosedException(String pool) {
        super("Pool '" + pool + "' is closed.", "08003");
    }

    /** The same, with the stack of the present thread. */
    PoolClosedException(PoolClosedException original) {
        super(original.getMessage(), original.getSQLState());
    }
}
