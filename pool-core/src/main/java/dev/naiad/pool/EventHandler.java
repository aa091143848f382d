/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;

/** Receives the events of the kinds it was registered for, in the thread in which they happen. */
@FunctionalInterface
public interface EventHandler {

    /** Handles one event. What it may throw and what that causes is said at each {@link PoolEvent}. */
    void handle(PoolEvent event) throws SQLException;
}
