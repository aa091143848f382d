/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code use_threadlocal}. */
class ThreadSharingTests {

    private final StubDatabase database = new StubDatabase().withoutAutoCommit();
    private final ThreadLeases leases = new ThreadLeases(true);
    private final QueuePool pool =
            new QueuePool(database.settings().useThreadLocal(true).build());

    @AfterEach
    void nothingIsLeftOut() {
        assertThat(pool.snapshot().checkedOut()).isZero();
        pool.close();
        await().untilAsserted(() -> assertThat(database.open).hasValue(0)); // what is lost is closed in the background
    }

    @Test
    @Tag("TL-01")
    @Tag("D-09")
    void aThreadHasHandlesOnOneConnectionWhichGoesBackWithTheLast() throws SQLException {
        AtomicInteger checkouts = new AtomicInteger();
        pool.addListener(Map.of("checkout", event -> checkouts.incrementAndGet()));
        PoolProxiedConnection first = pool.connect();
        PoolProxiedConnection second = pool.connect();
        assertThat(second).isNotSameAs(first);
        assertThat(second.entry()).isSameAs(first.entry());
        assertThat(checkouts).hasValue(1);
        first.createStatement().executeUpdate("insert");

        first.close();
        assertThat(database.journal).containsExactly("open 1", "update 1");
        assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
        second.close();
        assertThat(database.journal).containsExactly("open 1", "update 1", "rollback 1");
    }

    @Test
    @Tag("F-13")
    @Tag("TL-06")
    void closingAHandleTwiceCountsOnce() throws SQLException {
        PoolProxiedConnection first = pool.connect();
        PoolProxiedConnection second = pool.connect();
        first.close();
        first.close();
        assertThat(second.isValid()).isTrue();
        second.close();
    }

    @Test
    @Tag("TL-02")
    @Tag("TL-06")
    @Tag("E-17")
    void aUniqueConnectionIsNeitherSharedNorForgetsTheShared() throws SQLException {
        PoolProxiedConnection shared = pool.connect();
        PoolProxiedConnection unique = pool.uniqueConnection();
        assertThat(unique.entry()).isNotSameAs(shared.entry());
        unique.close();

        PoolProxiedConnection again = pool.connect();
        assertThat(again.entry()).isSameAs(shared.entry());
        again.close();
        shared.close();
    }

    @Test
    @Tag("TL-04")
    void threadsDoNotShare() throws Exception {
        PoolProxiedConnection mine = pool.connect();
        Borrower.of(() -> {
                    try (PoolProxiedConnection yours = pool.connect()) {
                        assertThat(yours.entry()).isNotSameAs(mine.entry());
                    }
                    return null;
                })
                .get();
        mine.close();
    }

    @Test
    @Tag("TL-06")
    @Tag("E-17")
    void closedByAnotherThreadTheOwnerGetsAnotherConnection() throws Exception {
        PoolProxiedConnection handedOver = pool.connect();
        Borrower.of(() -> {
                    handedOver.close();
                    return null;
                })
                .get();

        PoolProxiedConnection next = pool.connect();
        assertThat(next.isValid()).isTrue();
        next.close();
    }

    @Test
    @Tag("TL-05")
    @Tag("TL-06")
    @Tag("E-17")
    void afterInvalidatingOrDetachingTheThreadGetsAnotherConnection() throws SQLException {
        PoolProxiedConnection invalid = pool.connect();
        PoolProxiedConnection other = pool.connect();
        invalid.invalidate(null);
        assertThat(other.isValid()).isFalse();
        PoolProxiedConnection next = pool.connect();
        assertThat(next.isValid()).isTrue();
        next.detach();

        PoolProxiedConnection last = pool.connect();
        assertThat(last.isDetached()).isFalse();
        next.close();
        other.close();
        PoolProxiedConnection joined = pool.connect();
        assertThat(joined.entry()).isSameAs(last.entry());
        joined.close();
        last.close();
    }

    @Test
    @Tag("TL-03")
    void nothingIsRememberedOfLeasesThatAreOverOrLost() throws SQLException {
        QueuePool unshared = new QueuePool(database.settings().build());
        leases.connect(unshared).close();
        assertThat(leases.size()).isZero();

        lose(unshared);
        await().pollInSameThread().until(() -> {
            System.gc();
            PoolProxiedConnection connection = leases.connect(unshared);
            boolean fresh = !connection.entry().recordInfo().containsKey("lost");
            connection.close();
            return fresh;
        });
        assertThat(leases.size()).isZero();
        unshared.close(Duration.ZERO);
    }

    private void lose(Pool unshared) throws SQLException {
        leases.connect(unshared).entry().recordInfo().put("lost", true);
    }

    @Test
    void withoutItEveryConnectIsIndependent() throws SQLException {
        QueuePool plain = new QueuePool(database.settings().build());
        try (PoolProxiedConnection first = plain.connect();
                PoolProxiedConnection second = plain.connect()) {
            assertThat(second.entry()).isNotSameAs(first.entry());
        }
        plain.close();
    }
}
