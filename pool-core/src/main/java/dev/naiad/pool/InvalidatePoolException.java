/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import org.jspecify.annotations.Nullable;

/**
 * A {@link DisconnectionException} that tells of more than one connection: all others opened before now are replaced, too, when
 * they are next asked for.
 *
 * <p>SQLAlchemy counterpart: {@code InvalidatePoolError}.
 */
public final class InvalidatePoolException extends DisconnectionException {

    private static final long serialVersionUID = 1L;

    /** A disconnection that has been noticed in some way. */
    public InvalidatePoolException(String message) {
        super(message);
    }

    /** A disconnection noticed by an exception. */
    public InvalidatePoolException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
