/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** A demonstration: a transaction that keeps its connection although the database has nothing to do. */
@Component
class SlowTransaction {

    private final JdbcClient jdbc;

    SlowTransaction(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Borrows a connection, keeps it for about that long, and tells how long it was really kept. */
    @Transactional(readOnly = true)
    Duration hold(Duration wanted) {
        jdbc.sql("select count(*) from products").query(Long.class).single();
        return Pauses.pause(wanted);
    }
}
