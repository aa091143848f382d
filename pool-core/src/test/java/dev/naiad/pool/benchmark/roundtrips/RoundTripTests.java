/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.roundtrips;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PrePing;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pool costs on the wire, with PostgreSQL. The table is the limit: it may be undercut, never exceeded. */
@Timeout(120)
class RoundTripTests {

    private static EmbeddedPostgres postgres;
    private static WireTap tap;
    private static String adminUrl;

    @BeforeAll
    static void start() throws IOException, SQLException {
        postgres = EmbeddedPostgres.start();
        tap = new WireTap(postgres.getPort());
        adminUrl = postgres.getJdbcUrl("postgres", "postgres");
        Survey.prepareDatabase(adminUrl);
    }

    @AfterAll
    static void stop() throws IOException {
        tap.close();
        postgres.close();
    }

    private static NaiadDataSource pool(boolean autoCommit, PrePing prePing) {
        return NaiadDataSource.builder()
                .url(tap.url())
                .poolSize(1)
                .maxOverflow(0)
                .autoCommit(autoCommit)
                .prePing(prePing)
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "NOTHING, 0, 0",
        "SELECT, 1, 2",
        "UPDATE_AND_COMMIT, 1, 2",
        "UPDATE, 1, 2",
        "METADATA, 1, 2",
        "READ_ONLY_SERIALIZABLE, 3, 4",
        "TRANSACTION, 2, 2",
        "ABANDONED_TRANSACTION, 2, 2",
        "BEGIN, 3, 3",
        "SCHEMA, 3, 4"
    })
    void neverMoreRoundTripsThanThisAndAlwaysClean(Scenario scenario, int withAutoCommit, int without)
            throws SQLException {
        for (boolean autoCommit : new boolean[] {true, false}) {
            try (NaiadDataSource pool = pool(autoCommit, PrePing.OFF)) {
                Survey.Finding finding = new Survey(tap, adminUrl).of(pool, scenario, autoCommit);

                assertThat(finding.roundTrips())
                        .as("autocommit %s: %s", autoCommit, finding.statements())
                        .isLessThanOrEqualTo(autoCommit ? withAutoCommit : without);
                assertThat(finding.leftovers()).isEmpty();
                assertThat(pool.pool().snapshot().opened()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPingIsOneRoundTrip(boolean autoCommit) throws SQLException {
        try (NaiadDataSource pool = pool(autoCommit, PrePing.ON)) {
            Survey.Finding finding = new Survey(tap, adminUrl).of(pool, Scenario.NOTHING, autoCommit);

            assertThat(finding.roundTrips()).isEqualTo(1);
            assertThat(finding.leftovers()).isEmpty();
        }
    }
}
