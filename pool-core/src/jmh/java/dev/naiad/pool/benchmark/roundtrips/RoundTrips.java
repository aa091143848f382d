/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.roundtrips;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.naiad.pool.NaiadDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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
        List<String> onTheWire = new ArrayList<>();
        for (Scenario scenario : Scenario.values()) {
            Cell naiad;
            try (NaiadDataSource pool = naiad(tap, autoCommit)) {
                naiad = Cell.of(survey, pool, scenario, autoCommit);
            }
            Cell hikari;
            try (HikariDataSource pool = hikari(tap, autoCommit)) {
                hikari = Cell.of(survey, pool, scenario, autoCommit);
            }
            System.out.printf("%-38s %-28s %s%n", scenario.title, naiad, hikari);
            onTheWire.add(scenario.title);
            onTheWire.add("    Naiad         " + naiad.statements());
            onTheWire.add("    HikariCP 7.1  " + hikari.statements());
        }
        System.out.printf("%non the wire, autocommit %s, warm%n", autoCommit ? "on" : "off");
        onTheWire.forEach(System.out::println);
        System.out.println();
    }

    private record Cell(Survey.Finding warm, Survey.Finding cold) {

        static Cell of(Survey survey, DataSource pool, Scenario scenario, boolean autoCommit)
                throws SQLException, InterruptedException {
            Survey.Finding warm = survey.of(pool, scenario, autoCommit);
            TimeUnit.SECONDS.sleep(IDLE_SECONDS); // being idle is what is measured
            return new Cell(warm, survey.once(pool, scenario, autoCommit));
        }

        /** One-liners, as a driver's own may have many lines. */
        String statements() {
            return warm.statements().stream()
                    .map(sql -> sql.replaceAll("\\s+", " ").strip())
                    .map(sql -> sql.length() <= 100 ? sql : sql.substring(0, 97) + "...")
                    .collect(Collectors.joining("; "));
        }

        @Override
        public String toString() {
            String state = warm.leftovers().isEmpty() ? "clean" : String.join(", ", warm.leftovers());
            return String.format(Locale.ROOT, "%d/%d %s", warm.roundTrips(), cold.roundTrips(), state);
        }
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
