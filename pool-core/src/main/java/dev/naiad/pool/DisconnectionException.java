/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a {@link PoolListener#checkout} listener to say that the connection offered is dead: the pool replaces it and asks
 * all checkout listeners again, once. Elsewhere it has no particular meaning.
 *
 * <p>SQLAlchemy counterpart: {@code DisconnectionError}.
 */
public sealed class DisconnectionException extends SQLException permits InvalidatePoolException {

    private static final long serialVersionUID = 1L;

    /** A disconnection that has been noticed in some way. */
    public DisconnectionException(String message) {
        this(message, null);
    }

    /** A disconnection noticed by an exception. */
    public DisconnectionException(String message, @Nullable Throwable cause) {
        super(message, "08006", cause);
    }
}
