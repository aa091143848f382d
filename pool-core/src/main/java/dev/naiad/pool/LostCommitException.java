/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;

/** The commit on return failed: unlike a failed rollback, something the user has to know. */
final class LostCommitException extends Exception {

    private static final long serialVersionUID = 1L;

    LostCommitException(Exception cause) {
        super(cause);
    }

    SQLException asSqlException() {
        return getCause() instanceof SQLException exception
                ? exception
                : new SQLException("The commit on return failed.", getCause());
    }
}
