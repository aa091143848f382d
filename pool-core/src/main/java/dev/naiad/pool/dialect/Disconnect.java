/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.dialect;

/** What an exception says of the connections of a pool. */
public enum Disconnect {
    /** The connection is fine. */
    NONE,
    /** The connection is dead; the others are asked before they are lent again. */
    CONNECTION,
    /** The connection is dead, and so are all others opened before now, as after a fail-over. */
    GENERATION
}
