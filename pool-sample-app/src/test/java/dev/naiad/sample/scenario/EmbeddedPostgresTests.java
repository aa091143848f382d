/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.web.servlet.client.RestTestClient;

/** What is different on a real server. */
@ActiveProfiles("postgres-embedded")
class EmbeddedPostgresTests extends WithPostgres {

    @Autowired
    EmbeddedPostgresTests(RestTestClient client, JdbcClient jdbc) {
        super(client, jdbc, "dataSource");
    }

    @Test
    void anOrderIsPlacedOnARealServer() {
        placeOrder().expectBody().jsonPath("$.total").isEqualTo(30.0);
        assertThat(jdbc.sql("select version()").query(String.class).single()).startsWith("PostgreSQL 18");
    }

    @Test
    void theServerIsStoppedAndStartedAndHasLostNothing() {
        long orders = jdbc.sql("select count(*) from orders").query(Long.class).single();

        bringDownAndUp();

        assertThat(stage.history()).contains("OPEN_FAILED");
        assertThat(jdbc.sql("select count(*) from orders").query(Long.class).single())
                .isGreaterThan(orders);
    }

    @Test
    void statementsThatRunOnTheServerAreCancelled() {
        stage.start("slow-query", "seconds=60");
        stage.awaitVerdict("SLOW_QUERY");

        assertThat(stage.stop("slow-query").<String>read("$.run.state")).isEqualTo("STOPPED");
        assertThat(jdbc.sql(
                                "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(0%' and pid <> pg_backend_pid()")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void theUserOfARotationIsDroppedAgain() {
        assertThat(rolesAfterRotation()).contains("postgres").doesNotContain("shop_rotated");
    }
}
