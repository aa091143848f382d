/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

/**
 * What those who look after a slot note of it. The queue makes nothing of it.
 *
 * <p>It is here, and not in a subclass, because the fields of a superclass come first: these are touched so seldom that they serve as
 * the padding before the state word, for which it takes seven of eight bytes.
 */
public abstract class SlotNotes {

    /** The last ticket whose holder got hold of what the slot stands for. */
    protected volatile long exposedTicket;

    /** When what is in the slot was prepared, and after how long it is too old. */
    protected volatile long openedAt;

    protected volatile long lifetime = Long.MAX_VALUE;

    /** When the word of the last sweep was seen first. */
    protected long sweptSince;

    /** The word of the last look for slots at rest, when it was seen first, and what was drawn by lot for this rest. */
    protected long restWord;

    protected long restSince;
    protected double keepaliveDraw;

    SlotNotes() {}
}
