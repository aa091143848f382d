/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.testing;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.Pool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An extension of JUnit Jupiter that watches a pool during each test and fails the test if a connection is not given back. On
 * request it also fails if too many are in use at once, if a thread borrows one while it holds another, and if one comes back with a
 * transaction open. The failure tells the place in the code where the connection was borrowed.
 *
 * <pre>{@code
 * @RegisterExtension
 * final PoolGuard guard = PoolGuard.over(() -> dataSource).forbidNesting().forbidOpenWork().allowAtMost(2);
 * }</pre>
 *
 * <p>What a test did not give back is closed after it, so that it does no harm to the next. One guard watches one pool, and one
 * test at a time: for tests that run in parallel on the same pool it is of no use. It keeps the stack of each checkout, so a
 * checkout costs microseconds while a test runs.
 */
public final class PoolGuard implements BeforeEachCallback, AfterEachCallback {

    private final Supplier<? extends DataSource> dataSource;
    private Duration patience = Duration.ofSeconds(1);
    private int most = Integer.MAX_VALUE;
    private boolean nestingForbidden;
    private boolean openWorkForbidden;
    private @Nullable Watch watch;

    private PoolGuard(Supplier<? extends DataSource> dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Watches the pool behind a data source.
     *
     * @param dataSource asked before each test, so it may be injected after the guard was made; what it gives is, or leads by
     *     {@code unwrap} to, a {@link NaiadDataSource}
     */
    public static PoolGuard over(Supplier<? extends DataSource> dataSource) {
        return new PoolGuard(Objects.requireNonNull(dataSource, "dataSource"));
    }

    /** As {@link #over(Supplier)}, of a data source that is there already. */
    public static PoolGuard over(DataSource dataSource) {
        Objects.requireNonNull(dataSource, "dataSource");
        return over(() -> dataSource);
    }

    /**
     * How many connections may be in use at the same time.
     *
     * @param connections 1 or more; any number by default
     */
    public PoolGuard allowAtMost(int connections) {
        if (connections < 1) {
            throw new IllegalArgumentException("At most " + connections + " connections: allowed are 1 and more.");
        }
        most = connections;
        return this;
    }

    /** No thread may borrow a connection while it holds one: with enough such threads at once all would wait for each other. */
    public PoolGuard forbidNesting() {
        nestingForbidden = true;
        return this;
    }

    /** No connection may come back with a transaction open, whose work is lost if the pool rolls back. */
    public PoolGuard forbidOpenWork() {
        openWorkForbidden = true;
        return this;
    }

    /**
     * How long after the test connections may still come back, from threads that it has not waited for.
     *
     * @param patience one second by default
     */
    public PoolGuard within(Duration patience) {
        this.patience = Objects.requireNonNull(patience, "patience");
        return this;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws SQLException {
        watch = Watch.begin(pool(), most, nestingForbidden, openWorkForbidden);
    }

    private Pool pool() throws SQLException {
        DataSource present = dataSource.get();
        if (present == null) {
            throw new IllegalStateException("PoolGuard: there is no data source to watch yet.");
        }
        if (!present.isWrapperFor(NaiadDataSource.class)) {
            throw new IllegalStateException(
                    "PoolGuard: " + present.getClass().getName() + " is no NaiadDataSource, nor does it lead to one.");
        }
        return present.unwrap(NaiadDataSource.class).pool();
    }

    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        Watch ended = watch;
        watch = null;
        if (ended == null) {
            return; // it never began
        }
        List<Violation> violations = ended.end(patience);
        if (!violations.isEmpty()) {
            throw failure(violations);
        }
    }

    private static AssertionError failure(List<Violation> violations) {
        StringBuilder message = new StringBuilder();
        for (Violation violation : violations) {
            message.append(message.isEmpty() ? "" : System.lineSeparator()).append(violation.what());
        }
        AssertionError failure =
                new AssertionError(message.toString(), violations.get(0).where());
        violations.stream().skip(1).forEach(violation -> failure.addSuppressed(violation.where()));
        return failure;
    }
}
