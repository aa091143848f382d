/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.diagnose.Holder;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HoldLimitTests {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final TestTicker ticker = new TestTicker();
    private final StubDatabase database = new StubDatabase();
    private final List<PoolEvent.HeldTooLong> told = new CopyOnWriteArrayList<>();
    private final List<PoolEvent.CameBack> cameBack = new CopyOnWriteArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private @Nullable QueuePool pool;

    private QueuePool pool(Consumer<PoolConfig.Builder> change) {
        PoolConfig.Builder settings =
                database.settings().ticker(ticker).poolSize(1).maxOverflow(0).holdLimit(LIMIT);
        change.accept(settings);
        QueuePool made = new QueuePool(settings.build());
        made.subscribe(Set.of(PoolEvent.Kind.HELD_TOO_LONG), event -> told.add((PoolEvent.HeldTooLong) event));
        made.subscribe(Set.of(PoolEvent.Kind.CAME_BACK), event -> cameBack.add((PoolEvent.CameBack) event));
        pool = made;
        return made;
    }

    @AfterEach
    void close() {
        release.countDown();
        if (pool != null) {
            pool.close(Duration.ofSeconds(1));
        }
    }

    private void pass(Duration time) {
        pool.sweep();
        ticker.advance(time);
        pool.sweep();
    }

    private List<HoldLimitStep> steps() {
        return told.stream().map(PoolEvent.HeldTooLong::step).toList();
    }

    @Test
    void warnsOfAConnectionThatIsHeldUnusedAndSaysSoOnce() throws SQLException {
        pool(settings -> settings.trace(Trace.ALWAYS));
        Connection held = pool.connect();
        held.createStatement().execute("select 'secret'");

        pass(LIMIT.minusNanos(1));
        assertThat(told).isEmpty();
        pass(Duration.ofNanos(1));
        pass(LIMIT);

        assertThat(told).singleElement().satisfies(event -> {
            Holder holder = event.holder();
            assertThat(event.step()).isEqualTo(HoldLimitStep.WARN);
            assertThat(holder.thread().name()).isEqualTo(Thread.currentThread().getName());
            assertThat(holder.heldFor()).isEqualTo(LIMIT);
            assertThat(holder.sql()).isEqualTo("select ?");
            assertThat(holder.borrowedAt().get(0).getClassName()).isEqualTo(HoldLimitTests.class.getName());
        });
        assertThat(pool.snapshot().heldTooLong()).isEqualTo(1);
        assertThat(cameBack).isEmpty();
        held.close();
        pool.sweep();
        assertThat(cameBack)
                .singleElement()
                .satisfies(event -> assertThat(event.heldFor()).isEqualTo(LIMIT.multipliedBy(2)));
    }

    @Test
    void aConnectionInSteadyUseIsNotForgotten() throws SQLException {
        pool(settings -> settings.holdLimitAbort(LIMIT));
        try (Connection held = pool.connect()) {
            for (int i = 0; i < 5; i++) {
                pass(LIMIT.minusSeconds(1));
                held.createStatement().execute("select 1");
            }
        }
        pass(LIMIT);

        assertThat(told).isEmpty();
    }

    private Borrower<Void> executing(Connection connection) {
        CountDownLatch running = new CountDownLatch(1);
        database.script((call, stub) -> {
            if (call.equals("statement.execute")) {
                running.countDown();
                TestSupport.awaitUninterruptibly(release);
                throw new SQLException("canceled", "57014");
            }
        });
        Borrower<Void> borrower = Borrower.of(() -> {
            connection.createStatement().execute("select slow");
            return null;
        });
        TestSupport.awaitUninterruptibly(running);
        return borrower;
    }

    @Test
    void aConnectionWhoseStatementRunsIsNoLeak() throws Exception {
        pool(settings -> settings.holdLimitAbort(LIMIT));
        Connection held = pool.connect();
        Borrower<Void> borrower = executing(held);

        pass(LIMIT.multipliedBy(10));

        assertThat(told).isEmpty();
        assertThat(database.open).hasValue(1);
        release.countDown();
        assertThat(borrower.failure()).hasMessage("canceled");
        held.close();
    }

    @Test
    void cancelsAStatementThatRunsForTooLong() throws Exception {
        pool(settings -> settings.holdLimitCancel(LIMIT));
        pool.connect().close();
        pool.sweep(); // from now on statements are remembered
        Connection held = pool.connect();
        Borrower<Void> borrower = executing(held);
        StubDatabase.Script running = (call, stub) -> {
            if (call.equals("statement.cancel")) {
                release.countDown();
            }
        };
        database.script(running);

        pass(LIMIT);

        assertThat(borrower.failure()).hasMessage("canceled");
        assertThat(steps()).containsExactly(HoldLimitStep.CANCEL);
        assertThat(told.get(0).holder().activity()).isEqualTo(Holder.Activity.CALLING);
        held.createStatement().execute("select 1");
        held.close();
        assertThat(database.open).as("the connection is as good as before").hasValue(1);
    }

    @Test
    void takesBackAConnectionThatIsHeldUnusedForTooLong() throws SQLException {
        pool(settings -> settings.holdLimitAbort(LIMIT.multipliedBy(2)));
        Connection held = pool.connect();

        pass(LIMIT);
        pass(LIMIT);

        assertThat(steps()).containsExactly(HoldLimitStep.WARN, HoldLimitStep.ABORT);
        await().until(() -> pool.snapshot().checkedOut() == 0);
        assertThat(database.journal).containsExactly("open 1", "abort 1");
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.HELD_TOO_LONG, 1L);
        try (PoolProxiedConnection next = pool.connect()) {
            assertThat(held.unwrap(PoolProxiedConnection.class).isValid()).isFalse();
            held.close();
            held.close();
            assertThatThrownBy(held::createStatement).isInstanceOf(SQLException.class);
            assertThat(next.isValid()).isTrue();
            assertThat(pool.snapshot().checkedOut()).isEqualTo(1);
        }
        assertThat(cameBack).as("it did not").isEmpty();
    }

    @Test
    void aFailureOfWhatWasTakenBackDoesNoHarmToTheNextConnection() throws SQLException {
        pool(settings -> settings.holdLimitAbort(LIMIT));
        Connection held = pool.connect();
        pass(LIMIT);
        await().until(() -> pool.snapshot().checkedOut() == 0);
        database.script((call, stub) -> {
            if (call.equals("createStatement") && stub.number == 1) {
                throw new SQLException("gone", "08006");
            }
        });

        Connection next = pool.connect();
        assertThatThrownBy(held::createStatement).hasMessage("gone");
        next.close();

        assertThat(database.open).as("the next connection is kept").hasValue(1);
    }

    @Test
    void endsAStatementThatCannotBeCancelled() throws Exception {
        pool(settings -> settings.holdLimitCancel(LIMIT).holdLimitAbort(LIMIT.multipliedBy(2)));
        Connection held = pool.connect();
        Borrower<Void> borrower = executing(held);

        pass(LIMIT);
        pass(LIMIT);

        assertThat(steps()).containsExactly(HoldLimitStep.CANCEL, HoldLimitStep.ABORT);
        await().until(() -> database.journal.contains("abort 1"));
        release.countDown();
        assertThat(borrower.failure()).isInstanceOf(SQLException.class);
    }

    @Test
    void neverTakesBackWhatMayBeUsedUnseen() throws SQLException {
        pool(settings -> settings.holdLimitAbort(LIMIT));
        Connection held = pool.connect();
        StubDatabase.StubConnection stub = database.behind(held);
        assertThat(held.unwrap(stub.connection.getClass())).isSameAs(stub.connection);

        pass(LIMIT);

        assertThat(database.open).hasValue(1);
        held.close();
    }

    @Test
    void theFurtherLimitsNeedTheFirst() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> PoolConfig.builder().holdLimitAbort(LIMIT).build())
                .withMessage("Invalid value 'PT10S' for hold_limit_abort. Allowed: nothing unless hold_limit is set.");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> PoolConfig.builder()
                        .holdLimit(LIMIT)
                        .holdLimitCancel(LIMIT.minusSeconds(1))
                        .build())
                .withMessage("Invalid value 'PT9S' for hold_limit_cancel. Allowed: hold_limit (PT10S) or more.");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> PoolConfig.builder().holdLimit(Duration.ZERO))
                .withMessage("Invalid value 'PT0S' for hold_limit. Allowed: a duration of more than 0.");
    }
}
