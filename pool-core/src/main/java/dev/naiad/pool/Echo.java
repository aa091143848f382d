/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

/**
 * How much of what a pool logs at DEBUG it logs at INFO instead, so that one pool can be watched without changing the levels of
 * the logging system. What it logs at INFO or above anyway is not affected.
 *
 * <p>SQLAlchemy counterpart: {@code echo} / {@code echo_pool}, which sets the level of one pool's logger.
 */
public enum Echo {
    /** Nothing: the logger's level decides. The default. */
    OFF,
    /** What happens to physical connections: opening, pinging, detaching, closing. */
    ON,
    /** That, and every checkout and every return. */
    DEBUG
}
