/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.metrics;

/** What of a pool is timed. */
public enum PoolTimer {
    /** How long callers wait who find nothing idle, be it in vain. Kept by the pool. */
    WAIT,
    /** How long it takes to open a connection. Kept by the pool. */
    OPEN,
    /** How long a connection is lent. Costs two readings of the clock each time. */
    HOLD,
    /** How long it takes to make a connection that comes back fit for the next borrower. Costs two readings of the clock each time. */
    RESET
}
