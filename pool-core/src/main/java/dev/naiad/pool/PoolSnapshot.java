/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The figures of a pool at one moment. They are read one after the other without stopping the pool, so under load they may
 * be off by what happened meanwhile; each is never negative except {@code overflow}.
 *
 * @param name the pool's name
 * @param poolSize the number of connections kept; 0 means no limit
 * @param maxOverflow how many more may be open for a while; -1 means no limit
 * @param minIdle how many are kept open idle, whether they are needed or not
 * @param checkedIn places that nobody uses, whether they have a connection or lost it, as in an outage
 * @param idle connections that nobody uses
 * @param checkedOut connections in use, those being opened included
 * @param overflow open connections less {@code poolSize}: negative until the pool has filled, 0 if {@code poolSize} is 0
 * @param opening connections being opened
 * @param waiting threads waiting for a connection
 * @param opened connections opened so far
 * @param closed connections closed so far, by reason; every reason is present
 * @param openFailures attempts to open a connection that failed so far
 * @param timeouts callers that waited in vain so far
 * @param leftOpen connections that came back with a transaction open so far
 * @param lost connections that their borrowers dropped without closing them, as far as it was found out, so far
 * @param waits callers that had to wait, for a connection to come back or to be opened, so far, in vain or not
 * @param waitTime how long they waited altogether
 * @param openTime how long it took altogether to open the connections that were opened
 * @param checkouts connections lent so far
 * @param nested callers so far that had to wait for a connection while their thread held another one
 * @param deadlocks times so far when all connections were held by threads that waited for another one
 * @param heldTooLong connections held unused for longer than {@code hold_limit} so far
 */
public record PoolSnapshot(
        String name,
        int poolSize,
        int maxOverflow,
        int minIdle,
        int checkedIn,
        int idle,
        int checkedOut,
        int overflow,
        int opening,
        int waiting,
        long opened,
        Map<CloseReason, Long> closed,
        long openFailures,
        long timeouts,
        long leftOpen,
        long lost,
        long waits,
        Duration waitTime,
        Duration openTime,
        long checkouts,
        long nested,
        long deadlocks,
        long heldTooLong) {

    /** Connections in use, without those being opened. */
    public int inUse() {
        return Math.max(0, checkedOut - opening);
    }

    /** Most connections open at any moment; empty if there is no limit. */
    public OptionalInt limit() {
        return poolSize == 0 || maxOverflow < 0
                ? OptionalInt.empty()
                : OptionalInt.of((int) Math.min(Integer.MAX_VALUE, (long) poolSize + maxOverflow));
    }
}
