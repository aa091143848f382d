/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class PoolLoggingTests {

    private static final String LOGGER = "dev.naiad.pool.QueuePool.logged";

    private final StubDatabase database = new StubDatabase().withoutAutoCommit();
    private LogRecorder log = new LogRecorder(LOGGER, Level.TRACE);

    private PoolConfig.Builder settings() {
        return database.settings().name("logged").poolSize(1).maxOverflow(0).prePing(PrePing.OFF);
    }

    private void record(Level level) {
        log.close();
        log = new LogRecorder(LOGGER, level);
    }

    @AfterEach
    void stopRecording() {
        log.close();
    }

    private static void use(Pool pool) throws SQLException {
        try (PoolProxiedConnection connection = pool.connect()) {
            connection.createStatement().executeUpdate("x");
        }
    }

    @Test
    @Tag("L-01")
    @Tag("L-02")
    @Tag("L-05")
    void atDebugTheWholeLifeOfAConnectionIsTold() throws SQLException {
        QueuePool pool = new QueuePool(settings().build());
        use(pool);
        use(pool);
        try (PoolProxiedConnection connection = pool.connect()) {
            connection.transactionWasReset();
        }
        pool.dispose();
        use(pool.recreate());

        assertThat(log.events)
                .allSatisfy(event -> assertThat(event.getLoggerName()).isEqualTo(LOGGER));
        assertThat(log.lines)
                .containsExactly(
                        "DEBUG Pool 'logged': opened connection 1",
                        "DEBUG Pool 'logged': lending connection 1",
                        "DEBUG Pool 'logged': connection 1 comes back",
                        "DEBUG Pool 'logged': lending connection 1",
                        "DEBUG Pool 'logged': connection 1 comes back",
                        "DEBUG Pool 'logged': lending connection 1",
                        "DEBUG Pool 'logged': connection 1 comes back, its transaction has been reset",
                        "DEBUG Pool 'logged': closing connection 1 (DISPOSED)",
                        "INFO Pool disposed. QueuePool 'logged': pool size 1, in pool 0, overflow -1, checked out 0",
                        "INFO Pool 'logged': recreating",
                        "DEBUG Pool 'logged': opened connection 1",
                        "DEBUG Pool 'logged': lending connection 1",
                        "DEBUG Pool 'logged': connection 1 comes back");
    }

    @Test
    @Tag("L-01")
    void aPoolOfAnotherClassHasALoggerOfThatClass() throws SQLException {
        try (LogRecorder ofNullPool = new LogRecorder("dev.naiad.pool.NullPool.logged", Level.DEBUG)) {
            use(new NullPool(settings().build()));
            assertThat(ofNullPool.lines).hasSize(4);
        }
        assertThat(log.lines).isEmpty();
    }

    @Test
    @Tag("L-02")
    @Tag("R-12")
    void atInfoWhatEndsAConnectionBeforeItsTimeIsTold() throws SQLException {
        record(Level.INFO);
        QueuePool pool = new QueuePool(settings().build());
        use(pool);
        pool.connect().invalidate(new SQLException("why"));
        PoolProxiedConnection second = pool.connect();
        second.invalidateSoftly(null);
        second.close();
        pool.invalidate(pool.connect(), null);
        Registration registration = pool.subscribe(Set.of(PoolEvent.Kind.CHECKOUT), event -> {
            throw new DisconnectionException("refused");
        });
        assertThatThrownBy(pool::connect).isInstanceOf(SQLException.class);
        registration.close();
        pool.close();

        assertThat(log.lines)
                .containsExactly(
                        "INFO Pool 'logged': connection 1 is invalidated because of java.sql.SQLException: why",
                        "INFO Pool 'logged': connection 1 will be replaced",
                        "INFO Pool 'logged': all connections opened until now will be replaced",
                        "INFO Pool 'logged': connection 1 is invalidated",
                        "INFO Pool 'logged': Entry 1 of pool 'logged' (RETURNING) is replaced: refused",
                        "INFO Pool 'logged': connection 1 is invalidated because of"
                                + " dev.naiad.pool.DisconnectionException: refused",
                        "INFO Pool 'logged': connection 1 is invalidated because of"
                                + " dev.naiad.pool.DisconnectionException: refused",
                        "INFO Pool closed. QueuePool 'logged': pool size 1, in pool 0, overflow -1, checked out 0");
    }

    @Test
    @Tag("L-02")
    @Tag("PB-07")
    void failuresThatNobodyElseHearsOfAreErrorsWithTheirTrace() throws SQLException {
        record(Level.WARN);
        QueuePool pool = new QueuePool(settings().build());
        SQLException failure = new SQLException("no");
        PoolProxiedConnection connection = pool.connect();
        connection.createStatement().executeUpdate("x");
        database.script((call, stub) -> {
            if (Set.of("rollback", "abort").contains(call)) {
                throw failure;
            }
        });
        connection.close();

        assertThat(log.lines)
                .containsExactly(
                        "ERROR Pool 'logged': resetting Entry 1 of pool 'logged' (RETURNING) failed",
                        "ERROR Pool 'logged': closing a connection failed (INVALIDATED)");
        assertThat(log.events)
                .allSatisfy(event ->
                        assertThat(event.getThrowableProxy().getMessage()).isEqualTo("no"));
    }

    @Test
    void anOutageIsToldWhenItBeginsWhenItsCauseChangesAndWhenItIsOver() throws SQLException {
        record(Level.INFO);
        TestTicker ticker = new TestTicker();
        QueuePool pool =
                new QueuePool(settings().failFastAfter(null).ticker(ticker).build());
        AtomicReference<SQLException> failure = new AtomicReference<>(new SQLException("refused", "08001"));
        database.script((call, stub) -> {
            if (call.equals("open") && failure.get() != null) {
                throw failure.get();
            }
        });
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(pool::connect).hasMessage("refused");
        }
        failure.set(new SQLException("password=geheim refused", "28P01"));
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(pool::connect).hasMessage("password=geheim refused");
        }
        assertThat(log.lines)
                .containsExactly(
                        "WARN Pool 'logged': opening a connection to " + pool.factory() + " failed: refused",
                        "WARN Pool 'logged': opening a connection to " + pool.factory() + " failed: password=***");
        assertThat(log.events)
                .allSatisfy(event -> assertThat(event.getThrowableProxy())
                        .as("the callers have it")
                        .isNull());

        log.lines.clear();
        failure.set(null);
        ticker.advance(Duration.ofSeconds(90));
        use(pool);
        use(pool);
        assertThat(log.lines)
                .containsExactly(
                        "INFO Pool 'logged': connections can be opened again, after 90 s and 5 failed attempts");
    }

    @Test
    @Tag("F-05")
    @Tag("EX-02")
    void invalidatingWhatIsClosedIsAWarning() throws SQLException {
        record(Level.WARN);
        PoolProxiedConnection connection = new QueuePool(settings().build()).connect();
        connection.close();
        connection.invalidate(null);

        assertThat(log.lines).containsExactly("WARN Pool 'logged': a closed connection cannot be invalidated");
    }

    @Test
    @Tag("PP-09")
    void aPingIsTold() throws SQLException {
        QueuePool pool = new QueuePool(settings().prePing(PrePing.ON).build());
        use(pool);
        log.lines.clear();
        database.script((call, stub) -> {
            if (call.equals("isValid")) {
                throw new SQLException("gone", "08006");
            }
        });
        use(pool);

        assertThat(log.lines)
                .startsWith(
                        "DEBUG Pool 'logged': pinging connection 1",
                        "INFO Pool 'logged': all connections opened until now will be replaced",
                        "INFO Pool 'logged': Entry 1 of pool 'logged' (RETURNING) is replaced: the ping failed");
    }

    @ParameterizedTest
    @CsvSource({"OFF, 0", "ON, 2", "DEBUG, 6"})
    @Tag("L-03")
    void echoBringsTheDetailsToInfo(Echo echo, int lines) throws SQLException {
        record(Level.INFO);
        QueuePool pool = new QueuePool(settings().echo(echo).build());
        use(pool);
        use(pool);
        pool.connect().invalidate(null);
        log.lines.removeIf(line -> line.endsWith("is invalidated"));

        assertThat(log.lines).hasSize(echo == Echo.DEBUG ? lines + 1 : lines).allMatch(line -> line.startsWith("INFO"));
    }

    @Test
    @Tag("L-03")
    void echoIsOnePoolsBusinessAndIsRecreatedOnce() throws SQLException {
        record(Level.INFO);
        use(new QueuePool(settings().build()));
        assertThat(log.lines).isEmpty();

        use(new QueuePool(settings().echo(Echo.DEBUG).build()).recreate());

        assertThat(log.lines)
                .containsExactly(
                        "INFO Pool 'logged': recreating",
                        "INFO Pool 'logged': opened connection 1",
                        "INFO Pool 'logged': lending connection 1",
                        "INFO Pool 'logged': connection 1 comes back");
    }

    @Test
    @Tag("L-04")
    void checkoutsAreToldIfTheLoggerWasAtDebugWhenThePoolWasMade() throws SQLException {
        record(Level.INFO);
        QueuePool madeAtInfo = new QueuePool(settings().build());
        record(Level.DEBUG);
        use(madeAtInfo);
        assertThat(log.lines).containsExactly("DEBUG Pool 'logged': opened connection 1");
        QueuePool madeAtDebug = new QueuePool(settings().build());
        record(Level.INFO);
        use(madeAtDebug);
        assertThat(log.lines).isEmpty();
    }

    /** A pool logs numbers: what a driver says of its connection may be a failure, or a secret. */
    @Test
    @Tag("L-06")
    void aDriversTextIsNeverAskedFor() throws SQLException {
        AtomicInteger asked = new AtomicInteger();
        QueuePool pool = new QueuePool(settings()
                .echo(Echo.DEBUG)
                .prePing(PrePing.ON)
                .timeout(Duration.ZERO)
                .build());
        database.script((call, stub) -> {
            if (call.equals("toString")) {
                asked.incrementAndGet();
                throw new IllegalStateException("password=geheim");
            }
            if (Set.of("rollback", "abort").contains(call)) {
                throw new SQLException("no");
            }
        });
        use(pool);
        use(pool);
        PoolProxiedConnection connection = pool.connect();
        assertThatThrownBy(pool::connect).isInstanceOf(PoolTimeoutException.class);
        assertThat(connection.toString()).isNotEmpty();
        connection.detach();
        connection.close();
        PoolProxiedConnection softly = pool.connect();
        softly.invalidateSoftly(null);
        softly.close();
        pool.close(Duration.ZERO);

        assertThat(asked).hasValue(0);
        assertThat(log.lines).hasSizeGreaterThan(10).noneMatch(line -> line.contains("geheim"));
        assertThat(database.open).hasValue(0);
    }

    @Test
    void aLogThatFailsCostsNothing() throws SQLException {
        QueuePool pool = new QueuePool(settings()
                .echo(Echo.DEBUG)
                .prePing(PrePing.ON)
                .timeout(Duration.ZERO)
                .build());
        use(pool);
        database.script((call, stub) -> {
            if (call.equals("isValid")) {
                throw new SQLException("gone", "08006");
            }
        });
        log.failing = true;
        use(pool);
        pool.connect().invalidate(null);
        PoolProxiedConnection softly = pool.connect();
        softly.invalidateSoftly(null);
        softly.close();
        pool.dispose();
        pool.connect().close();

        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(pool.snapshot().checkedIn()).isEqualTo(1);
        pool.close(Duration.ZERO);
        assertThat(database.open).hasValue(0);
    }
}
