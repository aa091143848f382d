/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.PoolConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** The application's {@code spring.datasource.url}, as it may be shown, and what can be wrong with it. */
record JdbcUrl(@Nullable String shown, String origin, DatabaseDriver database) {

    static final String PROPERTY = "spring.datasource.url";

    private static final String SCHEME = "jdbc:";

    static JdbcUrl of(Environment environment) {
        String url = SettingOrigin.value(environment, PROPERTY).orElse(null);
        return new JdbcUrl(
                PoolConfig.builder().url(url).build().maskedUrl(),
                SettingOrigin.describe(environment, PROPERTY),
                StringUtils.startsWithIgnoreCase(url, SCHEME)
                        ? DatabaseDriver.fromJdbcUrl(url)
                        : DatabaseDriver.UNKNOWN);
    }

    boolean isForeign() {
        return shown != null && !StringUtils.startsWithIgnoreCase(shown, SCHEME);
    }

    FailureAnalysis asForeign(Throwable cause) {
        return new FailureAnalysis(
                hasTheValue() + ", which is not a JDBC URL.",
                shown != null && shown.contains("${")
                        ? "Set what stands in ${...}, as an environment variable for example, or give it a default,"
                                + " as in ${NAME:default}."
                        : "Set '" + PROPERTY + "' to a URL such as jdbc:postgresql://localhost:5432/shop.",
                cause);
    }

    /** No driver was named by the user, and that of the database is missing or the database not known. */
    FailureAnalysis withoutDriver(Throwable cause) {
        if (shown == null) {
            return new FailureAnalysis(
                    "There is no JDBC driver for the database.",
                    "Add the dependency that has the database's JDBC driver.",
                    cause);
        }
        if (database != DatabaseDriver.UNKNOWN) {
            return new FailureAnalysis(
                    hasTheValue() + ", which takes the JDBC driver " + database.getDriverClassName()
                            + "; it is not on the class path.",
                    "Add the dependency that has the driver of " + database.getId() + ", or correct the URL.",
                    cause);
        }
        return new FailureAnalysis(
                hasTheValue() + ", which no JDBC driver on the class path accepts.",
                "Correct the URL" + suggestion() + "; or add the dependency that has the database's JDBC driver.",
                cause);
    }

    private String hasTheValue() {
        return "The property '" + PROPERTY + "' has the value '" + shown + "'" + origin;
    }

    private String suggestion() {
        String[] parts = String.valueOf(shown).split(":", 3);
        return parts.length < 2
                ? ""
                : Spelling.nearest(parts[1], databases())
                        .map(name -> " (did you mean " + SCHEME + name + ":?)")
                        .orElse("");
    }

    private static List<String> databases() {
        return Arrays.stream(DatabaseDriver.values())
                .map(driver -> driver.name().toLowerCase(Locale.ROOT))
                .filter(name -> DatabaseDriver.fromJdbcUrl(SCHEME + name + ":") != DatabaseDriver.UNKNOWN)
                .toList();
    }
}
