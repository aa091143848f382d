/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.intercept;

import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;

/** The making of a savepoint, by the next {@link ExecutionInterceptor} or the driver. */
@FunctionalInterface
public interface SavepointStep {

    /**
     * Goes on.
     *
     * @param name null for a savepoint without a name
     */
    Savepoint proceed(@Nullable String name) throws SQLException;
}
