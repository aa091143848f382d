/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.Locale;

/**
 * What ends the transaction a connection comes back with. Nothing is sent while autocommit is on.
 *
 * <p>SQLAlchemy counterpart: {@code reset_on_return}.
 */
public enum ResetOnReturn {
    /** Roll back: locks and snapshots are released, unfinished work is undone. The default. */
    ROLLBACK,
    /**
     * Commit: unfinished work is kept. If the commit fails, the connection is discarded and {@code close()} throws, because a
     * lost commit must not pass unnoticed.
     */
    COMMIT,
    /**
     * Nothing: the next borrower gets the transaction as it is. For a custom reset in a {@link PoolListener}. If autocommit or
     * another property of the session has been changed, and so has to be restored, what is still open is rolled back first:
     * restoring would commit it.
     */
    NONE;

    /**
     * Reads the spellings SQLAlchemy accepts, in any case: {@code rollback} or {@code true}, {@code commit}, {@code none} or
     * {@code false}.
     *
     * @throws InvalidSettingException for anything else
     */
    public static ResetOnReturn of(String text) {
        return switch (text.trim().toLowerCase(Locale.ROOT)) {
            case "rollback", "true" -> ROLLBACK;
            case "commit" -> COMMIT;
            case "none", "false" -> NONE;
            default -> throw new InvalidSettingException("reset_on_return", text, "rollback, commit or none");
        };
    }
}
