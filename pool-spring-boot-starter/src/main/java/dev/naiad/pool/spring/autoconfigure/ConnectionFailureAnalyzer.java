/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.NestedCheckoutException;
import dev.naiad.pool.PoolTimeoutException;
import dev.naiad.pool.diagnose.ExhaustionReport;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;

/** Explains why the first connection could not be had, when the application needs one in order to start. */
final class ConnectionFailureAnalyzer extends AbstractFailureAnalyzer<SQLException> {

    private final Environment environment;

    ConnectionFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SQLException cause) {
        if (!NaiadDataSource.class.getName().equals(environment.getProperty("spring.datasource.type"))) {
            return null;
        }
        ExhaustionReport report = report(cause);
        if (report != null) {
            String advice = report.diagnosis().advice();
            return new FailureAnalysis(
                    "No connection to " + url() + " could be had while the application was starting: "
                            + report.headline().replace(" " + advice, ""),
                    advice + " The settings are 'naiad.timeout', 'naiad.pool-size' and 'naiad.max-overflow'.",
                    cause);
        }
        String state = cause.getSQLState();
        if (state == null) {
            return null;
        }
        return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "28" ->
                analysis(
                        "refused the user" + user(),
                        cause,
                        "Check 'spring.datasource.username' and 'spring.datasource.password'"
                                + SettingOrigin.describe(environment, "spring.datasource.password") + ".");
            case "08" ->
                analysis(
                        "cannot be reached",
                        cause,
                        "Check that the database is running, and host, port and name in 'spring.datasource.url'"
                                + SettingOrigin.describe(environment, "spring.datasource.url") + ".");
            case "53" ->
                analysis(
                        "has no connection left",
                        cause,
                        "Lower 'naiad.pool-size' and 'naiad.max-overflow', here or in other applications that use the"
                                + " database, or raise the database's limit.");
            case "3D" ->
                analysis(
                        "does not exist",
                        cause,
                        "Create the database, or correct its name in 'spring.datasource.url'"
                                + SettingOrigin.describe(environment, "spring.datasource.url") + ".");
            default -> null;
        };
    }

    private static @Nullable ExhaustionReport report(SQLException cause) {
        if (cause instanceof PoolTimeoutException timeout) {
            return timeout.report();
        }
        return cause instanceof NestedCheckoutException nested ? nested.report() : null;
    }

    private FailureAnalysis analysis(String what, SQLException cause, String action) {
        return new FailureAnalysis(
                "The database at " + url() + " " + what + ": " + reason(cause) + " (SQLState " + cause.getSQLState()
                        + ")",
                action,
                cause);
    }

    /** Drivers like to leave what matters to the cause: "The connection attempt failed." */
    private static String reason(SQLException failure) {
        String message = String.valueOf(failure.getMessage()).strip();
        Throwable deepest = NestedExceptionUtils.getMostSpecificCause(failure);
        String more = deepest instanceof UnknownHostException
                ? "Unknown host " + deepest.getMessage() + "."
                : String.valueOf(deepest.getMessage());
        return hasWordsOf(more, message) ? message : message + " " + more;
    }

    private static boolean hasWordsOf(String words, String text) {
        String known = text.toLowerCase(Locale.ROOT);
        return Arrays.stream(words.toLowerCase(Locale.ROOT).split("\\W+")).allMatch(known::contains);
    }

    private String user() {
        return SettingOrigin.value(environment, "spring.datasource.username")
                .map(user -> " '" + user + "'")
                .orElse("");
    }

    private String url() {
        String url = JdbcUrl.of(environment).shown();
        return url == null ? "the configured URL" : url;
    }
}
