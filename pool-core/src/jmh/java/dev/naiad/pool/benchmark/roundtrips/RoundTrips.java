/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.roundtrips;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.naiad.pool.NaiadDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** Prints what two pools cost on the wire, side by side, and what each leaves for the next user. */
final class RoundTrips {

    private static final long IDLE_SECONDS = 2;

    private RoundTrips() {}

    public static void main(String[] args) throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                WireTap tap = new WireTap(postgres.getPort())) {
            String adminUrl = postgres.getJdbcUrl("postgres", "postgres");
            Survey.prepareDatabase(adminUrl);
            Survey survey = new Survey(tap, adminUrl);
            System.out.printf(
                    "Round trips from get to close, with PostgreSQL; n/m: warm, and after %d s idle%n%n", IDLE_SECONDS);
            for (boolean autoCommit : new boolean[] {true, false}) {
                table(tap, survey, autoCommit);
            }
        }
    }

    private static void table(WireTap tap, Survey survey, boolean autoCommit) throws Exception {
        System.out.printf("autocommit %s%n%-38s %-28s %s%n", autoCommit ? "on" : "off", "", "Naiad", "HikariCP 7.1");
        for (Scenario scenario : Scenario.values()) {
            String naiad;
            try (NaiadDataSource pool = naiad(tap, autoCommit)) {
                naiad = cell(survey, pool, scenario, autoCommit);
            }
            String hikari;
            try (HikariDataSource pool = hikari(tap, autoCommit)) {
                hikari = cell(survey, pool, scenario, autoCommit);
            }
            System.out.printf("%-38s %-28s %s%n", scenario.title, naiad, hikari);
        }
        System.out.println();
    }

    private static String cell(Survey survey, DataSource pool, Scenario scenario, boolean autoCommit)
            throws SQLException, InterruptedException {
        Survey.Finding warm = survey.of(pool, scenario, autoCommit);
        TimeUnit.SECONDS.sleep(IDLE_SECONDS); // being idle is what is measured
        Survey.Finding cold = survey.once(pool, scenario, autoCommit);
        String state = warm.leftovers().isEmpty() ? "clean" : String.join(", ", warm.leftovers());
        return String.format(Locale.ROOT, "%d/%d %s", warm.roundTrips(), cold.roundTrips(), state);
    }

    private static NaiadDataSource naiad(WireTap tap, boolean autoCommit) {
        return NaiadDataSource.builder()
                .url(tap.url())
                .poolSize(1)
                .maxOverflow(0)
                .autoCommit(autoCommit)
                .build();
    }

    private static HikariDataSource hikari(WireTap tap, boolean autoCommit) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(tap.url());
        config.setMaximumPoolSize(1);
        config.setAutoCommit(autoCommit);
        return new HikariDataSource(config);
    }
}
