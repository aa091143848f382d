/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.ExhaustionReport;
import dev.naiad.pool.diagnose.Holder;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells the JDK's flight recorder what happens in a pool. As it stands it does nothing, for as long as nobody records, and for a runtime without a flight recorder.
 */
interface Recorder {

    Recorder NONE = new Recorder() {};

    /** Something that takes time. */
    @FunctionalInterface
    interface Span {

        Span UNRECORDED = (record, failure) -> {};

        /**
         * It is over.
         *
         * @param record the connection concerned, if there is one
         * @param failure null if it went well
         */
        void end(@Nullable ConnectionRecord record, @Nullable Throwable failure);
    }

    default Span waiting() {
        return Span.UNRECORDED;
    }

    default Span opening() {
        return Span.UNRECORDED;
    }

    default Span validating() {
        return Span.UNRECORDED;
    }

    /**
     * Has the closing of a connection recorded.
     *
     * @param id the connection's number; 0 if it has none any more
     */
    default Closing.Farewell closing(long id, CloseReason reason, Closing.Farewell farewell) {
        return farewell;
    }

    default void timedOut(Duration waited, ExhaustionReport report) {}

    default void reported(ExhaustionReport report) {}

    default void lost(
            @Nullable ConnectionRecord record,
            String borrower,
            List<StackTraceElement> borrowedAt,
            boolean reclaimed) {}

    default void heldTooLong(Holder holder, HoldLimitStep step) {}

    /** Looks if somebody wants to have loans and resets recorded, for which each checkout has to be looked at. */
    default void sweep() {}
}
