/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.Diagnosis;
import dev.naiad.pool.diagnose.ExhaustionReport;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What is going on in a pool, for callers that are turned away at once. There may be thousands of them in a second, so no thread is
 * stopped to see where it is, and one report serves all who come within {@link #LIFE}.
 */
final class BriefReport {

    static final long LIFE = TimeUnit.MILLISECONDS.toNanos(100);

    final ExhaustionReport report;

    /** The verdict with evidence and advice, in one line. */
    final String verdict;

    private final long made;

    private BriefReport(ExhaustionReport report, long made) {
        this.report = report;
        this.made = made;
        Diagnosis diagnosis = report.diagnosis();
        verdict = diagnosis.verdict() + ": " + diagnosis.evidence() + " " + diagnosis.advice();
    }

    /** Makes them for those who are turned away for one reason. */
    static final class Source {

        private final Pool pool;
        private final AtomicBoolean making = new AtomicBoolean();
        private volatile @Nullable BriefReport last;

        Source(Pool pool) {
            this.pool = pool;
        }

        BriefReport get() {
            long now = pool.ticker().nanos();
            BriefReport present = last;
            if (present != null && (now - present.made < LIFE || making.get())) {
                return present;
            }
            if (!making.compareAndSet(false, true)) {
                return present != null ? present : new BriefReport(pool.watch().briefReport(), now);
            }
            try {
                BriefReport next = new BriefReport(pool.watch().briefReport(), now);
                last = next;
                return next;
            } finally {
                making.set(false);
            }
        }
    }
}
