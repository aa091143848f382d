/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/** What is to be done to a connection before it goes back, newest first, once. */
final class Finalizers {

    private final Deque<ConnectionPoolEntry.ConnectionAction> actions = new ConcurrentLinkedDeque<>();

    void add(ConnectionPoolEntry.ConnectionAction action) {
        actions.push(action);
    }

    void run(Connection connection) throws SQLException {
        ConnectionPoolEntry.ConnectionAction next;
        while ((next = actions.poll()) != null) {
            next.accept(connection);
        }
    }
}
