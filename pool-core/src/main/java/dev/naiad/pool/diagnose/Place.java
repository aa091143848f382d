/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A place in a pool, and what is in it. Looked at without stopping anything, so the parts may be off by what happened meanwhile.
 *
 * @param connection the number of the place
 * @param state what it is doing
 * @param age since the opening of its connection began; zero while there is none
 * @param sql the SQL text that was last prepared or executed on its connection, or by its former borrower, shortened, without
 *     literals and comments; null if there was none
 */
public record Place(
        long connection,
        State state,
        Duration age,
        @Nullable String sql) {

    /** What a place may be doing. */
    public enum State {
        /** It has no connection, and none is being opened. */
        VACANT,
        /** A connection is being opened for it. */
        OPENING,
        /** Its connection may be lent at once. */
        IDLE,
        /** Its connection is in nobody's use, but is being asked if it is alive, replaced or taken out of the pool. */
        ATTENDED,
        /** Its connection is lent. */
        IN_USE,
        /** Its connection is coming back: the pool is ending the transaction and resetting the session. */
        RETURNING
    }
}
