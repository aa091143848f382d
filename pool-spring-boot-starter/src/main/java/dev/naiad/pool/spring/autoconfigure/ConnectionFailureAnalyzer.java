package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PoolTimeoutException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
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
        if (cause instanceof PoolTimeoutException) {
            return new FailureAnalysis(
                    "No connection to " + url() + " could be had while the application was starting: " + cause.getMessage(),
                    "Check whether something keeps connections open during start-up, or raise 'naiad.timeout',"
                            + " 'naiad.pool-size' or 'naiad.max-overflow'.",
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
            case "3D" ->
                analysis(
                        "does not exist",
                        cause,
                        "Create the database, or correct its name in 'spring.datasource.url'"
                                + SettingOrigin.describe(environment, "spring.datasource.url") + ".");
            default -> null;
        };
    }

    private FailureAnalysis analysis(String what, SQLException cause, String action) {
        return new FailureAnalysis(
                "The database at " + url() + " " + what + ": " + cause.getMessage() + " (SQLState " + cause.getSQLState()
                        + ")",
                action,
                cause);
    }

    private String user() {
        String user = environment.getProperty("spring.datasource.username");
        return user == null ? "" : " '" + user + "'";
    }

    private String url() {
        String url = PoolConfig.builder()
                .url(environment.getProperty("spring.datasource.url"))
                .build()
                .maskedUrl();
        return url == null ? "the configured URL" : url;
    }
}
