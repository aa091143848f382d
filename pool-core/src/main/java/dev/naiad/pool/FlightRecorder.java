/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.Diagnosis;
import dev.naiad.pool.diagnose.ExhaustionReport;
import dev.naiad.pool.diagnose.Holder;
import dev.naiad.pool.jfr.CheckoutTimeoutEvent;
import dev.naiad.pool.jfr.CheckoutWaitEvent;
import dev.naiad.pool.jfr.ConnectionCloseEvent;
import dev.naiad.pool.jfr.ConnectionHeldTooLongEvent;
import dev.naiad.pool.jfr.ConnectionLostEvent;
import dev.naiad.pool.jfr.ConnectionOpenEvent;
import dev.naiad.pool.jfr.ConnectionValidateEvent;
import dev.naiad.pool.jfr.VerdictEvent;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the JDK's flight recorder. What happens on slow paths is asked for at each event, by a test of one flag. It registers
 * nothing with the JDK, so nothing outlives the pool.
 */
final class FlightRecorder implements Recorder {

    private final Pool pool;
    private final LoanRecorder loans;

    FlightRecorder(Pool pool) {
        this.pool = pool;
        this.loans = new LoanRecorder(pool);
    }

    @Override
    public Span waiting() {
        CheckoutWaitEvent event = new CheckoutWaitEvent();
        if (!event.isEnabled()) {
            return Span.UNRECORDED;
        }
        event.begin();
        return (record, failure) -> {
            event.end();
            if (event.shouldCommit()) {
                event.pool = pool.name();
                event.connection = idOf(record);
                event.failure = nameOf(failure);
                event.commit();
            }
        };
    }

    @Override
    public Span opening() {
        ConnectionOpenEvent event = new ConnectionOpenEvent();
        if (!event.isEnabled()) {
            return Span.UNRECORDED;
        }
        event.begin();
        return (record, failure) -> {
            event.end();
            if (event.shouldCommit()) {
                event.pool = pool.name();
                event.connection = idOf(record);
                event.failure = nameOf(failure);
                event.commit();
            }
        };
    }

    @Override
    public Span validating() {
        ConnectionValidateEvent event = new ConnectionValidateEvent();
        if (!event.isEnabled()) {
            return Span.UNRECORDED;
        }
        event.begin();
        return (record, failure) -> {
            event.end();
            if (event.shouldCommit()) {
                event.pool = pool.name();
                event.connection = idOf(record);
                event.failure = nameOf(failure);
                event.commit();
            }
        };
    }

    @Override
    public Closing.Farewell closing(long id, CloseReason reason, Closing.Farewell farewell) {
        return () -> {
            ConnectionCloseEvent event = new ConnectionCloseEvent();
            event.begin();
            Throwable failure = null;
            try {
                farewell.say();
            } catch (Throwable e) {
                failure = e;
                throw e;
            } finally {
                event.end();
                if (event.shouldCommit()) {
                    event.pool = pool.name();
                    event.connection = id;
                    event.reason = reason.name();
                    event.failure = nameOf(failure);
                    event.commit();
                }
            }
        };
    }

    @Override
    public void timedOut(Duration waited, ExhaustionReport report) {
        CheckoutTimeoutEvent event = new CheckoutTimeoutEvent();
        if (event.shouldCommit()) {
            event.pool = pool.name();
            event.waited = PoolConfig.saturatedNanos(waited);
            event.verdict = report.diagnosis().verdict().name();
            event.commit();
        }
        reported(report);
    }

    @Override
    public void reported(ExhaustionReport report) {
        VerdictEvent event = new VerdictEvent();
        if (event.shouldCommit()) {
            Diagnosis diagnosis = report.diagnosis();
            event.pool = pool.name();
            event.verdict = diagnosis.verdict().name();
            event.evidence = diagnosis.evidence();
            event.advice = diagnosis.advice();
            event.commit();
        }
    }

    @Override
    public void lost(
            @Nullable ConnectionRecord record, String borrower, List<StackTraceElement> borrowedAt, boolean reclaimed) {
        ConnectionLostEvent event = new ConnectionLostEvent();
        if (event.shouldCommit()) {
            event.pool = pool.name();
            event.connection = idOf(record);
            event.borrower = borrower;
            event.borrowedAt = placeOf(borrowedAt);
            event.reclaimed = reclaimed;
            event.commit();
        }
    }

    @Override
    public void heldTooLong(Holder holder, HoldLimitStep step) {
        ConnectionHeldTooLongEvent event = new ConnectionHeldTooLongEvent();
        if (event.shouldCommit()) {
            event.pool = pool.name();
            event.connection = holder.connection();
            event.borrower = holder.thread().toString();
            event.borrowedAt = placeOf(holder.borrowedAt());
            event.held = PoolConfig.saturatedNanos(holder.heldFor());
            event.step = step.name();
            event.commit();
        }
    }

    @Override
    public void sweep() {
        loans.sweep();
    }

    private static long idOf(@Nullable ConnectionRecord record) {
        return record == null ? 0 : record.id();
    }

    private static @Nullable String nameOf(@Nullable Throwable failure) {
        return failure == null ? null : failure.getClass().getName();
    }

    private static @Nullable String placeOf(List<StackTraceElement> stack) {
        return stack.isEmpty() ? null : stack.get(0).toString();
    }
}
