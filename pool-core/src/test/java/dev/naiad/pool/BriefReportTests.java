/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.naiad.pool.diagnose.Diagnosis;
import dev.naiad.pool.diagnose.ExhaustionReport;
import dev.naiad.pool.diagnose.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What those are told that a pool turns away at once. */
@Timeout(60)
class BriefReportTests {

    private static final Duration LIFE = Duration.ofNanos(BriefReport.LIFE);

    private final StubDatabase database = new StubDatabase();
    private final TestTicker ticker = new TestTicker();
    private @Nullable QueuePool pool;

    @AfterEach
    void close() {
        if (pool != null) {
            pool.close(Duration.ZERO);
        }
    }

    private QueuePool pool(PoolConfig.Builder settings) {
        QueuePool made = new QueuePool(settings.build());
        pool = made;
        return made;
    }

    private PoolConfig.Builder settings() {
        return database.settings()
                .name("shop")
                .poolSize(1)
                .maxOverflow(0)
                .timeout(Duration.ofMinutes(1))
                .ticker(ticker);
    }

    /** One connection is held, and somebody has waited for it for five seconds. */
    private QueuePool leaking(PoolConfig.Builder settings) throws Exception {
        QueuePool leaky = pool(settings);
        Connection kept = leaky.connect();
        assertThat(kept.isClosed()).isFalse();
        Borrower.waitingFor(leaky);
        ticker.advance(Duration.ofSeconds(5));
        return leaky;
    }

    private static void assertThatTheFirstLineHasTheVerdict(SQLException e, ExhaustionReport report, Verdict verdict) {
        Diagnosis diagnosis = report.diagnosis();
        assertThat(diagnosis.verdict()).isEqualTo(verdict);
        assertThat(e.getMessage())
                .startsWith("Pool 'shop': ")
                .endsWith(verdict + ": " + diagnosis.evidence() + " " + diagnosis.advice())
                .hasLineCount(1);
    }

    @Test
    void whoComesWhenTooManyWaitIsToldWhy() throws Exception {
        QueuePool leaky = leaking(settings().maxWaiters(1));

        TooManyWaitersException e = catchThrowableOfType(TooManyWaitersException.class, leaky::connect);

        assertThatTheFirstLineHasTheVerdict(e, e.report(), Verdict.LEAK);
    }

    @Test
    void whoComesWhenOthersHaveWaitedTooLongIsToldWhy() throws Exception {
        QueuePool leaky = leaking(settings().shedAfter(Duration.ofSeconds(1)));

        PoolOverloadedException e = catchThrowableOfType(PoolOverloadedException.class, leaky::connect);

        assertThatTheFirstLineHasTheVerdict(e, e.report(), Verdict.LEAK);
    }

    @Test
    void whoComesWhenTheDatabaseIsUnreachableIsToldWhyWithoutPasswords() {
        database.script((call, connection) -> {
            if (call.equals("open")) {
                throw new SQLException("No route to jdbc:stub://host/db?user=u&password=hush", "08001");
            }
        });
        QueuePool cut = pool(settings().failFastAfter(Duration.ZERO));
        catchThrowableOfType(SQLException.class, cut::connect);

        DatabaseUnavailableException e = catchThrowableOfType(DatabaseUnavailableException.class, cut::connect);

        assertThatTheFirstLineHasTheVerdict(e, e.report(), Verdict.DATABASE_DOWN);
        assertThat(e.getMessage()).contains("No route to jdbc:stub://host/db").doesNotContain("hush");
        assertThat(e.getCause()).hasMessageContaining("No route");
    }

    @Test
    void oneReportServesAllWhoComeWithinATenthOfASecond() throws Exception {
        QueuePool leaky = leaking(settings().maxWaiters(1));
        ExhaustionReport first = catchThrowableOfType(TooManyWaitersException.class, leaky::connect)
                .report();

        ticker.advance(LIFE.minusNanos(1));
        assertThat(catchThrowableOfType(TooManyWaitersException.class, leaky::connect)
                        .report())
                .isSameAs(first);
        ticker.advance(Duration.ofNanos(1));
        assertThat(catchThrowableOfType(TooManyWaitersException.class, leaky::connect)
                        .report())
                .isNotSameAs(first);
    }

    @Test
    void noThreadIsStoppedForIt() throws Exception {
        QueuePool leaky = leaking(settings().maxWaiters(1));

        ExhaustionReport brief = catchThrowableOfType(TooManyWaitersException.class, leaky::connect)
                .report();

        assertThat(leaky.report().holders().get(0).presentStack()).isNotEmpty();
        assertThat(brief.holders())
                .singleElement()
                .satisfies(holder -> assertThat(holder.presentStack()).isEmpty());
    }
}
