/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.observation;

import dev.naiad.pool.intercept.Execution;
import dev.naiad.pool.intercept.ExecutionInterceptor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.sql.SQLException;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes an observation of each execution. Its keys are those of OpenTelemetry's semantic conventions. */
final class ObservedStatements implements ExecutionInterceptor {

    static final String NAME = "naiad.statement";

    /** The first word, comments aside. */
    private static final Pattern VERB =
            Pattern.compile("^(?:\\s|\\(|--[^\\n]*\\n|/\\*.*?\\*/)*([a-zA-Z]+)", Pattern.DOTALL);

    private final Supplier<ObservationRegistry> registry;
    private final String pool;

    ObservedStatements(Supplier<ObservationRegistry> registry, String pool) {
        this.registry = registry;
        this.pool = pool;
    }

    @Override
    public <R> R execute(Execution<R> execution) throws SQLException {
        ObservationRegistry present = registry.get();
        if (present.isNoop()) {
            return execution.proceed();
        }
        String sql = execution.sql();
        String operation = operationOf(sql);
        Observation observation = Observation.createNotStarted(NAME, present)
                .contextualName(operation)
                .lowCardinalityKeyValue("db.client.connection.pool.name", pool)
                .lowCardinalityKeyValue("db.operation.name", operation)
                .highCardinalityKeyValue("db.query.text", sql);
        if (execution.kind() == Execution.Kind.BATCH) {
            observation.highCardinalityKeyValue(
                    "db.operation.batch.size",
                    String.valueOf(execution.commands().size()));
        }
        return observation.<R, SQLException>observeChecked(execution::proceed);
    }

    /** Of those there are few, so that it may be a tag. */
    private static String operationOf(String sql) {
        Matcher verb = VERB.matcher(sql);
        return verb.find() && verb.group(1).length() <= 10 ? verb.group(1).toUpperCase(Locale.ROOT) : "OTHER";
    }
}
