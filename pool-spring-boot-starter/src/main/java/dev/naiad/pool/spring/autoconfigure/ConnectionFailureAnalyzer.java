/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.NestedCheckoutException;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PoolOverloadedException;
import dev.naiad.pool.PoolTimeoutException;
import dev.naiad.pool.TooManyWaitersException;
import dev.naiad.pool.diagnose.ExhaustionReport;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;

/** Explains why the first connection could not be had, when the application needs one in order to start. */
final class ConnectionFailureAnalyzer extends AbstractFailureAnalyzer<SQLException> {

    private final PropertyPrefixes prefixes;
    private final Environment environment;

    ConnectionFailureAnalyzer(BeanFactory beanFactory, Environment environment) {
        this.prefixes = new PropertyPrefixes((ListableBeanFactory) beanFactory, environment);
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SQLException cause) {
        FirstConnectionException first = findCause(rootFailure, FirstConnectionException.class);
        if (first == null
                && !NaiadDataSource.class.getName().equals(environment.getProperty("spring.datasource.type"))) {
            return null;
        }
        FailureAnalysis analysis = analysisOf(rootFailure, cause);
        if (first == null) {
            return analysis;
        }
        String property = first.wanted().property();
        String start = " To start without a connection, set '" + property + "' to -1.";
        return analysis != null
                ? new FailureAnalysis(analysis.getDescription(), analysis.getAction() + start, cause)
                : new FailureAnalysis(
                        "No connection to " + where(rootFailure).url()
                                + " could be opened when the application started, as '"
                                + property + "'" + SettingOrigin.describe(environment, property) + " demands: "
                                + reason(cause),
                        "Find out what the driver means." + start,
                        cause);
    }

    private @Nullable FailureAnalysis analysisOf(Throwable rootFailure, SQLException cause) {
        Place at = where(rootFailure);
        ExhaustionReport report = report(cause);
        if (report != null) {
            String advice = report.diagnosis().advice();
            return new FailureAnalysis(
                    "No connection to " + at.url() + " could be had while the application was starting: "
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
                at.analysis(
                        "refused the user" + at.user(),
                        cause,
                        "Check '" + at.name("username") + "' and " + at.named("password") + ".");
            case "08" ->
                at.analysis(
                        "cannot be reached",
                        cause,
                        "Check that the database is running, and host, port and name in " + at.named("url") + ".");
            case "53" ->
                at.analysis(
                        "has no connection left",
                        cause,
                        "Lower 'naiad.pool-size' and 'naiad.max-overflow', here or in other applications that use the"
                                + " database, or raise the database's limit.");
            case "3D" ->
                at.analysis(
                        "does not exist",
                        cause,
                        "Create the database, or correct its name in " + at.named("url") + ".");
            default -> null;
        };
    }

    private static @Nullable ExhaustionReport report(SQLException cause) {
        if (cause instanceof PoolTimeoutException timeout) {
            return timeout.report();
        }
        if (cause instanceof TooManyWaitersException crowd) {
            return crowd.report();
        }
        if (cause instanceof PoolOverloadedException overload) {
            return overload.report();
        }
        return cause instanceof NestedCheckoutException nested ? nested.report() : null;
    }

    private Place where(Throwable rootFailure) {
        return new Place(
                environment,
                prefixes.failed(rootFailure)
                        .flatMap(bean -> prefixes.of(bean).stream().findFirst())
                        .filter(prefix ->
                                SettingOrigin.find(environment, prefix + ".url").isPresent())
                        .orElse("spring.datasource"));
    }

    /** Where the properties of the database stand. */
    private record Place(Environment environment, String prefix) {

        String name(String property) {
            return prefix + "." + property;
        }

        String named(String property) {
            return "'" + name(property) + "'" + SettingOrigin.describe(environment, name(property));
        }

        String url() {
            String url = PoolConfig.builder()
                    .url(SettingOrigin.value(environment, name("url")).orElse(null))
                    .build()
                    .maskedUrl();
            return url == null ? "the configured URL" : url;
        }

        String user() {
            return SettingOrigin.value(environment, name("username"))
                    .map(user -> " '" + user + "'")
                    .orElse("");
        }

        FailureAnalysis analysis(String what, SQLException cause, String action) {
            return new FailureAnalysis(
                    "The database at " + url() + " " + what + ": " + reason(cause) + " (SQLState " + cause.getSQLState()
                            + ")",
                    action,
                    cause);
        }
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
}
