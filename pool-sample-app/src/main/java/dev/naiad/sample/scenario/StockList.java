/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;

/** A report as it should not be written: it does not close its connection. */
final class StockList {

    private final DataSource dataSource;

    /** Kept like an open file: what nobody can reach any more, the pool would find and take back. */
    private final Queue<Connection> open = new ConcurrentLinkedQueue<>();

    StockList(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    List<String> print() throws SQLException {
        List<String> lines = new ArrayList<>();
        Connection connection = dataSource.getConnection(); // the leak: nothing closes this connection
        open.add(connection);
        try (PreparedStatement statement =
                        connection.prepareStatement("select name, stock from products order by sku");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                lines.add(rows.getString("name") + ": " + rows.getInt("stock"));
            }
        }
        return lines;
    }

    int leaked() {
        return open.size();
    }

    /** What a restart of the application would do. */
    void closeAll() throws SQLException {
        for (Connection each = open.poll(); each != null; each = open.poll()) {
            each.close();
        }
    }
}
