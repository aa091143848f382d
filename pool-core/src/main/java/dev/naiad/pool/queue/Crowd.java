/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

/**
 * Waiters who came while others waited.
 *
 * @param since when the first of them came, in the queue's time
 * @param served how many waiters {@linkplain SlotQueue#served() had been served} by then
 */
public record Crowd(long since, long served) {

    static final Crowd NONE = new Crowd(0, 0);
}
