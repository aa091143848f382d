/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

/** Why a physical connection was closed. */
public enum CloseReason {
    /** It came back while {@code pool_size} connections were idle already. */
    OVERFLOW,
    /** It was older than {@code recycle}, or outdated otherwise. */
    RECYCLED,
    /** It broke, its reset failed, or somebody invalidated it. */
    INVALIDATED,
    /** A listener refused it right after it was opened. */
    REJECTED,
    /** It was opened only after {@code connect_timeout}. */
    LATE,
    /** It was opened only to see whether that works; see {@link QueuePool#rotate()}. */
    PROBED,
    /** It was idle, and nobody had needed it for {@code idle_timeout}. */
    IDLE,
    /** It had been detached, and its user closed it. */
    DETACHED,
    /** Its borrower dropped it without closing it. */
    LOST,
    /** It was held for longer than {@code hold_limit_abort}. */
    HELD_TOO_LONG,
    /** The pool was disposed of. */
    DISPOSED,
    /** The pool was closed. */
    POOL_CLOSED,
    /** The pool keeps no idle connections ({@link NullPool}). */
    NOT_POOLED
}
