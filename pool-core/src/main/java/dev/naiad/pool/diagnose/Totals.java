/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

/**
 * What has happened in a pool since it was made.
 *
 * @param checkouts connections lent
 * @param timeouts callers that waited in vain
 * @param openFailures attempts to open a connection that failed
 * @param lost connections that were dropped without being closed
 * @param nested callers that had to wait while their thread held a connection already
 * @param deadlocks times when all connections were held by threads that waited for another
 * @param heldTooLong connections that were held unused for longer than {@code hold_limit}
 */
public record Totals(
        long checkouts, long timeouts, long openFailures, long lost, long nested, long deadlocks, long heldTooLong) {}
