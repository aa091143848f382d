/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

/**
 * When a connection is asked whether it is alive before it is lent. One that has just been opened is never asked; one whose
 * pool has seen another connection die is asked once, whatever the setting.
 *
 * <p>SQLAlchemy counterpart: {@code pool_pre_ping}, with {@link #OFF} and {@link #ON}.
 */
public enum PrePing {
    /** Never. */
    OFF,
    /** After it has lain idle for about half a second or longer. The default: a busy pool pays nothing. */
    IDLE,
    /** Before each checkout, at the price of a round trip. */
    ON
}
