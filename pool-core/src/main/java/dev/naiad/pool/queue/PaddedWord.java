/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

/** The state word, off the cache line of whatever lies before it. */
abstract class PaddedWord extends LeadingPad {

    volatile long word;
}

@SuppressWarnings("unused")
abstract class LeadingPad {

    private long p1, p2, p3, p4, p5, p6, p7;
}
