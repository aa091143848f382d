/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;

/** Two pools on the server that comes along. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles({"postgres-embedded", "two-pools"})
@DirtiesContext
class EmbeddedPostgresPoolsTests {

    private final JdbcClient orders;
    private final JdbcClient reporting;

    @Autowired
    EmbeddedPostgresPoolsTests(DataSource orders, @Qualifier("reporting") DataSource reporting) {
        this.orders = JdbcClient.create(orders);
        this.reporting = JdbcClient.create(reporting);
    }

    @Test
    void whatOnePoolWritesTheOtherReads() {
        orders.sql("update products set stock = 41 where sku = 'towel'").update();

        assertThat(reporting
                        .sql("select stock from products where sku = 'towel'")
                        .query(Integer.class)
                        .single())
                .isEqualTo(41);
        assertThat(reporting.sql("select version()").query(String.class).single())
                .startsWith("PostgreSQL 18");
    }
}
