/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.io.Serial;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;

/**
 * The user called something closed. A type of its own, so that it is told from the driver's class 08 errors, which say
 * something about the physical connection.
 */
final class ClosedHandleException extends SQLNonTransientConnectionException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final String CONNECTION_DOES_NOT_EXIST = "08003";

    ClosedHandleException(String reason) {
        super(reason, CONNECTION_DOES_NOT_EXIST);
    }

    ClosedHandleException(String reason, SQLException cause) {
        super(reason, CONNECTION_DOES_NOT_EXIST, cause);
    }
}
