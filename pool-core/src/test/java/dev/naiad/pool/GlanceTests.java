/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.diagnose.ExhaustionReport;
import dev.naiad.pool.diagnose.Holder;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GlanceTests {

    private final StubDatabase database = new StubDatabase();

    private QueuePool pool(Trace trace) {
        return new QueuePool(database.settings().poolSize(5).trace(trace).build());
    }

    @Test
    void looksAtNoThread() throws SQLException {
        try (QueuePool pool = pool(Trace.OFF);
                Connection held = pool.connect()) {
            assertThat(pool.report().holders())
                    .singleElement()
                    .satisfies(holder -> assertThat(holder.presentStack()).isNotEmpty());
            assertThat(pool.glance().holders()).singleElement().satisfies(holder -> {
                assertThat(holder.presentStack()).isEmpty();
                assertThat(holder.place()).isEmpty();
                assertThat(holder.thread().name())
                        .isEqualTo(Thread.currentThread().getName());
            });
            assertThat(held.isClosed()).isFalse();
        }
    }

    @Test
    void knowsWhereWasBorrowedIfThatWasTraced() throws SQLException {
        try (QueuePool pool = pool(Trace.ALWAYS);
                Connection held = pool.connect()) {
            assertThat(pool.glance().holders())
                    .singleElement()
                    .satisfies(holder -> assertThat(holder.place())
                            .hasValueSatisfying(place -> assertThat(place.getMethodName())
                                    .isEqualTo("knowsWhereWasBorrowedIfThatWasTraced")));
            assertThat(held.isClosed()).isFalse();
        }
    }

    @Test
    void aReportWithoutStacksIsTheSameOtherwise() throws SQLException {
        try (QueuePool pool = pool(Trace.ALWAYS);
                Connection held = pool.connect()) {
            ExhaustionReport report = pool.report();
            ExhaustionReport shorter = report.withoutStacks();
            assertThat(shorter.holders())
                    .allSatisfy(holder -> assertThat(holder.place()).isEmpty())
                    .extracting(Holder::connection)
                    .containsExactly(report.holders().get(0).connection());
            assertThat(shorter)
                    .usingRecursiveComparison()
                    .ignoringFields("holders")
                    .isEqualTo(report);
            assertThat(held.isClosed()).isFalse();
        }
    }
}
