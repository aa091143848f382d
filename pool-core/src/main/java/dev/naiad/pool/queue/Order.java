/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

/** Which of several idle slots is taken. */
public enum Order {
    /** Whichever the search meets first, which starts at a place of the thread's own. */
    AFFINE,
    /** The one that became idle first. */
    OLDEST_FIRST,
    /** The one that became idle last. */
    NEWEST_FIRST;

    boolean prefers(long stamp, long toStamp) {
        return this == OLDEST_FIRST ? stamp < toStamp : stamp > toStamp;
    }
}
