/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AssertionPoolTests {

    private final StubDatabase database = new StubDatabase();
    private final TestTicker ticker = new TestTicker();

    private AssertionPool pool() {
        return new AssertionPool(database.settings().ticker(ticker).build());
    }

    private static PoolProxiedConnection theFirstCheckout(Pool pool) throws SQLException {
        return pool.connect();
    }

    @Test
    @Tag("AP-01")
    void aSecondCheckoutFailsAndTellsOfTheFirst() throws SQLException {
        AssertionPool pool = pool();
        PoolProxiedConnection first = theFirstCheckout(pool);

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(pool::connect)
                .withMessageContaining("Pool 'default': the connection is already checked out, at ")
                .withMessageContaining("AssertionPoolTests.theFirstCheckout")
                .satisfies(e -> {
                    assertThat(e.getCause())
                            .hasMessageContaining(Thread.currentThread().getName());
                    assertThat(e.getCause().getStackTrace()[0].getMethodName()).isEqualTo("theFirstCheckout");
                });
        assertThat(first.isValid()).isTrue();
        first.close();
        pool.connect().close();
        assertThat(database.attempts).hasValue(1);
    }

    @Test
    @Tag("AP-01")
    @Tag("AP-07")
    @Tag("E-41")
    void theStackCanBeLeftOutAlsoAfterRecreate() throws SQLException {
        Pool pool = new AssertionPool(database.settings().storeTraceback(false).build()).recreate();
        pool.connect();

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(pool::connect)
                .withMessage("Pool 'default': the connection is already checked out.")
                .withNoCause();
    }

    @Test
    @Tag("AP-01")
    void checkoutsOneAfterTheOtherAreFine() throws SQLException {
        AssertionPool pool = pool();
        for (int i = 0; i < 3; i++) {
            pool.connect().close();
        }
        assertThat(database.journal).containsExactly("open 1");
    }

    @Test
    @Tag("AP-02")
    void keepsItsPlaceThroughInvalidationAndRecycling() throws SQLException {
        AssertionPool pool = new AssertionPool(database.settings()
                .ticker(ticker)
                .recycle(Duration.ofMinutes(1))
                .build());
        PoolProxiedConnection first = pool.connect();
        ConnectionPoolEntry place = first.entry();
        first.invalidate(null);
        PoolProxiedConnection second = pool.connect();
        assertThat(second.entry()).isSameAs(place);
        second.close();
        ticker.advance(Duration.ofMinutes(2));

        assertThat(pool.connect().entry()).isSameAs(place);
        assertThat(database.journal).containsExactly("open 1", "abort 1", "open 2", "abort 2", "open 3");
    }

    @Test
    @Tag("AP-04")
    @Tag("E-41")
    void closingAfterADisposalDoesNotThrowAndTheConnectionEnds() throws SQLException {
        AssertionPool pool = pool();
        PoolProxiedConnection held = pool.connect();
        pool.dispose();
        assertThatThrownBy(pool::connect).isInstanceOf(AssertionError.class);
        held.close();

        assertThat(database.open).hasValue(0);
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.DISPOSED, 1L);
    }

    @Test
    @Tag("AP-05")
    void opensAnewAfterADisposal() throws SQLException {
        AssertionPool pool = pool();
        pool.connect().close();
        pool.dispose();

        assertThat(pool.connect().isValid()).isTrue();
        assertThat(database.journal).containsExactly("open 1", "close 1", "open 2");
    }

    @Test
    @Tag("AP-06")
    void aFailedOpeningDoesNotCountAsACheckout() throws SQLException {
        database.script((call, connection) -> {
            throw new SQLException("down");
        });
        AssertionPool pool = pool();
        assertThatThrownBy(pool::connect).hasMessage("down");
        database.script((call, connection) -> {});
        pool.connect().close();
    }

    @Test
    @Tag("AP-08")
    @Tag("E-41")
    void ofManyThreadsOneGetsTheConnection() throws Exception {
        AssertionPool pool = pool();
        for (int round = 0; round < 100; round++) {
            AtomicInteger refused = new AtomicInteger();
            List<Borrower<PoolProxiedConnection>> borrowers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                borrowers.add(Borrower.of(() -> {
                    try {
                        return pool.connect();
                    } catch (AssertionError e) {
                        refused.incrementAndGet();
                        return null;
                    }
                }));
            }
            List<PoolProxiedConnection> lent = new ArrayList<>();
            for (Borrower<PoolProxiedConnection> borrower : borrowers) {
                PoolProxiedConnection connection = borrower.get();
                if (connection != null) {
                    lent.add(connection);
                }
            }
            assertThat(lent).hasSize(1);
            assertThat(refused).hasValue(3);
            lent.get(0).close();
        }
        assertThat(database.attempts).hasValue(1);
    }

    @Test
    void pingsWhatHasRestedForLongAndWhatMayHaveDiedWithAnother() throws SQLException {
        AtomicInteger pings = new AtomicInteger();
        database.script((call, connection) -> pings.addAndGet(call.equals("isValid") ? 1 : 0));
        AssertionPool pool = pool();
        pool.connect().close();
        pool.connect().close();
        assertThat(pings).hasValue(0);

        pool.sweep();
        pool.sweep();
        pool.connect().close();
        assertThat(pings).hasValue(1);
        pool.connect().close();
        assertThat(pings).hasValue(1);
        pool.suspectAll();
        pool.connect().close();
        assertThat(pings).hasValue(2);
    }

    /** Whoever of the two comes first, one of them releases the place. */
    @Test
    void aConnectionThatComesBackWhileItIsWrittenOffLeavesThePoolUsable() throws Exception {
        AssertionPool pool = new AssertionPool(database.settings().build());
        for (int i = 0; i < 4_000; i++) {
            PoolProxiedConnection connection = pool.connect();
            ConnectionRecord record = (ConnectionRecord) connection.entry();
            long past = record.ticket() - 1;
            CountDownLatch begun = new CountDownLatch(1);
            Borrower<Void> judge = Borrower.of(() -> {
                begun.countDown();
                pool.writeOff(record, past);
                return null;
            });
            begun.await();
            connection.close();
            judge.get();
        }
        pool.connect().close();
    }
}
