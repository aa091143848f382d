/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

/** The state word, off the cache line of whatever lies before the slot. */
abstract class PaddedWord extends SlotNotes {

    volatile long word;
}
