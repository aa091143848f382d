/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import dev.naiad.pool.intercept.Execution.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** In which type a method of a statement gives its result, and how to make one of it. */
final class Form<R> {
    static final Form<Boolean> EXECUTE = new Form<>(Kind.EXECUTE, rows -> true, count -> false, null);
    static final Form<ResultSet> QUERY = new Form<>(Kind.QUERY, rows -> rows, null, null);
    static final Form<Integer> UPDATE = new Form<>(Kind.UPDATE, null, Form::narrow, null);
    static final Form<Long> LARGE_UPDATE = new Form<>(Kind.UPDATE, null, count -> count, null);
    static final Form<int[]> BATCH = new Form<>(
            Kind.BATCH,
            null,
            null,
            counts -> Arrays.stream(counts).mapToInt(Form::narrow).toArray());
    static final Form<long[]> LARGE_BATCH = new Form<>(Kind.BATCH, null, null, long[]::clone);

    final Kind kind;
    private final @Nullable Function<ResultSet, R> ofRows;
    private final @Nullable LongFunction<R> ofCount;
    private final @Nullable Function<long[], R> ofCounts;

    private Form(
            Kind kind,
            @Nullable Function<ResultSet, R> ofRows,
            @Nullable LongFunction<R> ofCount,
            @Nullable Function<long[], R> ofCounts) {
        this.kind = kind;
        this.ofRows = ofRows;
        this.ofCount = ofCount;
        this.ofCounts = ofCounts;
    }

    /** What JDBC says of a count that an int cannot hold is: ask for the large one. */
    static int narrow(long count) {
        return count == (int) count ? (int) count : Statement.SUCCESS_NO_INFO;
    }

    Function<ResultSet, R> ofRows() throws SQLException {
        return offered(ofRows, "rows");
    }

    LongFunction<R> ofCount() throws SQLException {
        return offered(ofCount, "an update count");
    }

    Function<long[], R> ofCounts() throws SQLException {
        return offered(ofCounts, "batch counts");
    }

    private <T> T offered(@Nullable T conversion, String result) throws SQLException {
        if (conversion == null) {
            throw new SQLException("The result of an execution of kind " + kind + " cannot be " + result + ".");
        }
        return conversion;
    }
}
