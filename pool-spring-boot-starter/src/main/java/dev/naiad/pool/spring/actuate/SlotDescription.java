/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.diagnose.Holder;
import dev.naiad.pool.diagnose.Place;
import dev.naiad.pool.diagnose.ThreadIdentity;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoint shows of a place in a pool.
 *
 * @param connection its number
 * @param state what it is doing
 * @param age since the opening of its connection began; zero while there is none
 * @param sql the SQL text last prepared or executed on its connection, without literals; null if there was none
 * @param thread who has borrowed it; this and what follows is null unless it is lent
 * @param activity what is going on with it
 * @param heldFor how long it has been lent, at least
 * @param unchangedFor for how long, at least, the same call has been running, or there has been none
 * @param inTransaction whether a transaction is open
 * @param place the line of code that borrowed it or, if that was not traced, where the borrower is now; null if not known
 * @param traced whether the line is the one that borrowed it
 */
public record SlotDescription(
        long connection,
        Place.State state,
        Duration age,
        @Nullable String sql,
        @Nullable ThreadIdentity thread,
        Holder.@Nullable Activity activity,
        @Nullable Duration heldFor,
        @Nullable Duration unchangedFor,
        @Nullable Boolean inTransaction,
        @Nullable String place,
        @Nullable Boolean traced) {

    static SlotDescription of(Place place, @Nullable Holder holder) {
        boolean lent = place.state() == Place.State.IN_USE || place.state() == Place.State.RETURNING;
        if (holder == null || !lent) { // it may have come back meanwhile
            return new SlotDescription(
                    place.connection(),
                    place.state(),
                    place.age(),
                    place.sql(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null);
        }
        return new SlotDescription(
                place.connection(),
                place.state(),
                place.age(),
                holder.sql(),
                holder.thread(),
                holder.activity(),
                holder.heldFor(),
                holder.unchangedFor(),
                holder.inTransaction(),
                holder.place().map(StackTraceElement::toString).orElse(null),
                !holder.borrowedAt().isEmpty());
    }
}
