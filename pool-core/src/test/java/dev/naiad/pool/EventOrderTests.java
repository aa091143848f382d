/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of events, of what the database sees, and of finalizers, in everything that can happen to a connection. */
@Timeout(60)
@Tag("A23.3")
class EventOrderTests {

    private final StubDatabase database = new StubDatabase().withoutAutoCommit();
    private final TestTicker ticker = new TestTicker();
    private QueuePool pool = new QueuePool(settings().build());
    private Journal journal = new Journal(database, pool);

    private PoolConfig.Builder settings() {
        return database.settings()
                .poolSize(1)
                .maxOverflow(1)
                .prePing(PrePing.OFF)
                .recycle(Duration.ofSeconds(30))
                .ticker(ticker);
    }

    private void restart(PoolConfig.Builder settings) {
        pool.close(Duration.ZERO);
        pool = new QueuePool(settings.build());
        journal = new Journal(database, pool);
    }

    @AfterEach
    void nothingIsLost() {
        assertThat(pool.snapshot().checkedOut()).isZero();
        pool.close(Duration.ZERO);
        assertThat(database.open).hasValue(0);
    }

    private PoolProxiedConnection borrowAndWork() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        connection.createStatement().executeUpdate("x");
        return connection;
    }

    @Test
    void theFirstConnectionAndTheNext() throws SQLException {
        Connection one = pool.connect();
        assertThat(journal.next()).containsExactly("open 1", "firstConnect", "connect", "checkout");
        Connection two = pool.connect();
        assertThat(journal.next()).containsExactly("open 2", "connect", "checkout");
        one.close();
        two.close();
    }

    @Test
    @Tag("QP-11")
    @Tag("R-09")
    @Tag("FC-01")
    void aReturnAndAReuseAndAReturnThatIsOneTooMany() throws SQLException {
        PoolProxiedConnection one = borrowAndWork();
        PoolProxiedConnection two = borrowAndWork();
        journal.next();
        for (PoolProxiedConnection connection : List.of(one, two)) {
            connection.entry().addFinalizer(raw -> database.journal.add("older"));
            connection.entry().addFinalizer(raw -> database.journal.add("newer"));
        }

        one.close();
        assertThat(journal.next()).containsExactly("reset", "rollback 1", "newer", "older", "checkin");
        two.close();
        assertThat(journal.next())
                .containsExactly("reset", "rollback 2", "newer", "older", "checkin", "close", "close 2");
        pool.connect().close();
        assertThat(journal.next()).containsExactly("checkout", "reset", "checkin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"age", "generation", "soft"})
    @Tag("RC-04")
    @Tag("R-12")
    void aReplacementAtTheNextCheckout(String reason) throws SQLException {
        restart(settings().poolSize(2));
        PoolProxiedConnection stale = pool.connect();
        PoolProxiedConnection reporter = pool.connect();
        journal.next();
        switch (reason) {
            case "age" -> ticker.advance(Duration.ofSeconds(31));
            case "generation" -> pool.invalidate(reporter, null);
            default -> stale.invalidateSoftly(null);
        }
        stale.close();
        journal.next();

        pool.connect().close();

        assertThat(journal.next())
                .startsWith("close", "abort 1", "open 3", "connect", "checkout")
                .doesNotContain("invalidate", "firstConnect");
        reporter.close();
    }

    @Test
    @Tag("I-01")
    void aHardInvalidation() throws SQLException {
        PoolProxiedConnection connection = borrowAndWork();
        journal.next();
        connection.invalidate(null);
        assertThat(journal.next()).containsExactly("invalidate", "close", "abort 1", "checkin none");
        connection.close();
        assertThat(journal.next()).isEmpty();
        pool.connect().close();
        assertThat(journal.next()).startsWith("open 2", "connect", "checkout");
    }

    @Test
    @Tag("F-07")
    @Tag("E-13")
    @Tag("E-43")
    void anInvalidationOfTheEntryAloneAndTheReturnOfItsUser() throws SQLException {
        PoolProxiedConnection connection = borrowAndWork();
        connection.entry().addFinalizer(raw -> database.journal.add("finalizer"));
        journal.next();
        connection.entry().invalidate(null);
        assertThat(journal.next()).containsExactly("invalidate", "close", "abort 1");
        connection.close();
        assertThat(journal.next()).containsExactly("checkin none");
    }

    @Test
    @Tag("I-02")
    @Tag("F-06")
    void aSoftInvalidationReportedTwice() throws SQLException {
        PoolProxiedConnection connection = borrowAndWork();
        journal.next();
        connection.invalidateSoftly(null);
        connection.invalidateSoftly(null);
        connection.close();
        assertThat(journal.next())
                .containsExactly("softInvalidate", "softInvalidate", "reset", "rollback 1", "checkin");
        pool.connect().close();
        assertThat(journal.next()).startsWith("close", "abort 1", "open 2", "connect", "checkout");
    }

    @Test
    @Tag("I-03")
    void anInvalidationOfThePoolClosesTheReportersConnectionOnly() throws SQLException {
        restart(settings().poolSize(2));
        PoolProxiedConnection one = pool.connect();
        PoolProxiedConnection two = pool.connect();
        journal.next();
        pool.invalidate(one, null);
        assertThat(journal.next()).containsExactly("invalidate", "close", "abort 1", "checkin none");
        two.close();
        assertThat(database.open).hasValue(1);
    }

    /** Whoever gets to work while the reporter's connection is being closed must not meet a sibling. */
    @Test
    @Tag("I-05")
    void thePoolIsInvalidBeforeTheReportersConnectionIs() throws SQLException {
        Connection sibling = pool.connect();
        PoolProxiedConnection reporter = pool.connect();
        sibling.close();
        Registration registration = pool.subscribe(Set.of(PoolEvent.Kind.INVALIDATE), event -> {
            try (Connection other = pool.connect()) {
                assertThat(database.behind(other).number).isEqualTo(3);
            }
        });
        pool.invalidate(reporter, null);
        registration.close();

        assertThat(database.attempts).hasValue(3);
    }

    @Test
    @Tag("DT-01")
    @Tag("DT-02")
    void aDetachmentAndTheClosingAfterIt() throws SQLException {
        PoolProxiedConnection connection = borrowAndWork();
        journal.next();
        connection.detach();
        assertThat(journal.next()).containsExactly("detach");
        connection.close();
        assertThat(journal.next()).containsExactly("reset none", "rollback 1", "closeDetached", "close 1");
    }

    @Test
    @Tag("DR-01")
    void aDisposal() throws SQLException {
        pool.connect().close();
        journal.next();
        pool.dispose();
        assertThat(journal.next()).containsExactly("close", "close 1");
    }

    @Test
    @Tag("RR-07")
    void aRollbackThatFailsAndAClosingThatFailsToo() throws SQLException {
        PoolProxiedConnection connection = borrowAndWork();
        journal.next();
        database.script((call, stub) -> {
            if (Set.of("rollback", "abort").contains(call)) {
                throw new SQLException("no");
            }
        });
        connection.close();
        assertThat(journal.next()).containsExactly("reset", "invalidate", "close", "close 1", "checkin none");
    }

    @Test
    @Tag("RR-07")
    void aResetThatHasInvalidatedTheConnectionItself() throws SQLException {
        pool.addListener(new PoolListener() {
            @Override
            public void reset(PoolEvent.Reset event) throws SQLException {
                event.entry().invalidate(null);
                throw new SQLException("gone");
            }
        });
        PoolProxiedConnection connection = borrowAndWork();
        journal.next();
        connection.close();
        assertThat(journal.next()).containsExactly("reset", "invalidate", "close", "abort 1", "checkin none");
    }

    @Test
    @Tag("PP-01")
    void aPingThatFails() throws SQLException {
        restart(settings().prePing(PrePing.ON));
        pool.connect().close();
        journal.next();
        database.script((call, stub) -> {
            if (call.equals("isValid")) {
                database.journal.add("ping " + stub.number);
                throw new SQLException("gone", "08006");
            }
        });
        pool.connect().close();
        assertThat(journal.next())
                .startsWith("ping 1", "invalidate", "close", "abort 1", "open 2", "connect", "checkout");
    }

    private enum Failure {
        SQL(new SQLException("no")),
        RUNTIME(new IllegalStateException("no")),
        ERROR(new LinkageError("no"));

        final Throwable thrown;

        Failure(Throwable thrown) {
            this.thrown = thrown;
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("D-05")
    @Tag("E-05")
    @Tag("E-06")
    void aCheckoutListenerThatThrowsSomethingElse(Failure failure) throws SQLException {
        pool.connect().close();
        Registration registration =
                pool.subscribe(Set.of(PoolEvent.Kind.CHECKOUT), event -> TestSupport.sneakyThrow(failure.thrown));
        journal.next();
        assertThatThrownBy(pool::connect).isSameAs(failure.thrown);
        assertThat(journal.next()).containsExactly("checkout", "invalidate", "close", "abort 1", "checkin none");
        registration.close();
        pool.connect().close();
        assertThat(journal.next()).startsWith("open 2", "connect", "checkout");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("E-32")
    void aConnectListenerThatThrowsForANewPlace(Failure failure) throws SQLException {
        Registration registration =
                pool.subscribe(Set.of(PoolEvent.Kind.CONNECT), event -> TestSupport.sneakyThrow(failure.thrown));
        assertThatThrownBy(pool::connect).isSameAs(failure.thrown);
        assertThat(journal.next())
                .containsExactly("open 1", "firstConnect", "connect", "invalidate", "close", "abort 1");
        assertThat(pool.snapshot().overflow()).isEqualTo(-1);
        registration.close();
    }

    /** All connect listeners run again for the next connection, not only those that had not run. */
    @ParameterizedTest
    @EnumSource
    @Tag("R-08")
    @Tag("E-02")
    void aConnectListenerThatThrowsForAnOldPlace(Failure failure) throws SQLException {
        pool.connect().invalidate(null);
        Registration registration =
                pool.subscribe(Set.of(PoolEvent.Kind.CONNECT), event -> TestSupport.sneakyThrow(failure.thrown));
        pool.subscribe(
                Set.of(PoolEvent.Kind.CONNECT),
                event -> ((PoolEvent.Connect) event).entry().info().put("set", "up"));
        journal.next();
        assertThatThrownBy(pool::connect).isSameAs(failure.thrown);
        assertThat(journal.next())
                .containsExactly("open 2", "connect", "invalidate", "close", "abort 2", "checkin none");
        registration.close();
        try (PoolProxiedConnection connection = pool.connect()) {
            assertThat(connection.info()).containsEntry("set", "up");
        }
        assertThat(journal.next()).startsWith("open 3", "connect", "checkout");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("CR-05")
    @Tag("R-07")
    void anOpeningThatFailsTellsNobodyOfAConnection(boolean oldPlace) throws SQLException {
        if (oldPlace) {
            pool.connect().invalidate(null);
        }
        journal.next();
        database.script((call, stub) -> {
            if (call.equals("open")) {
                throw new SQLException("down");
            }
        });
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(pool::connect).hasMessage("down");
            assertThat(journal.next())
                    .containsExactlyElementsOf(
                            oldPlace ? List.of("connectFailed", "checkin none") : List.of("connectFailed"));
        }
        database.script((call, stub) -> {});
        pool.connect().close();
        assertThat(journal.next()).contains("connect", "checkout");
    }

    @Test
    @Tag("NP-01")
    @Tag("NP-02")
    void aPoolThatKeepsNothing() throws SQLException {
        NullPool none = new NullPool(settings().build());
        journal = new Journal(database, none);
        for (String first : List.of("firstConnect", "")) {
            PoolProxiedConnection connection = none.connect();
            connection.createStatement().executeUpdate("x");
            connection.invalidateSoftly(null);
            connection.close();
            List<String> told = journal.next();
            assertThat(told.remove("firstConnect")).isEqualTo(first.equals("firstConnect"));
            told.removeIf(entry -> entry.startsWith("update"));
            assertThat(told.stream().map(entry -> entry.replaceAll(" \\d", "")).toList())
                    .containsExactly(
                            "open",
                            "connect",
                            "checkout",
                            "softInvalidate",
                            "reset",
                            "rollback",
                            "checkin",
                            "close",
                            "close");
        }
        PoolProxiedConnection connection = none.connect();
        journal.next();
        connection.invalidate(null);
        connection.close();
        assertThat(journal.next()).containsExactly("invalidate", "close", "abort 3", "checkin none");
    }

    @Test
    @Tag("DT-11")
    @Tag("PL-07")
    void oneConnectAndAsManyCheckinsAsCheckoutsSaveOneWhenDetached() throws SQLException {
        for (int i = 0; i < 3; i++) {
            pool.connect().close();
        }
        PoolProxiedConnection last = pool.connect();
        last.detach();
        last.close();
        List<String> told = journal.next();

        assertThat(told).containsOnlyOnce("connect");
        assertThat(told.stream().filter("checkout"::equals)).hasSize(4);
        assertThat(told.stream().filter("checkin"::equals)).hasSize(3);
    }
}
