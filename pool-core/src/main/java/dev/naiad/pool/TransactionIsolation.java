/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How much transactions see of each other.
 *
 * <p>SQLAlchemy counterpart: {@code isolation_level}.
 */
public enum TransactionIsolation {
    /** Also what others have not committed. Many databases give {@link #READ_COMMITTED} instead. */
    READ_UNCOMMITTED(Connection.TRANSACTION_READ_UNCOMMITTED),
    /** What others have committed before each statement. */
    READ_COMMITTED(Connection.TRANSACTION_READ_COMMITTED),
    /** What has been read is the same when it is read again. */
    REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ),
    /** As if transactions ran one after the other. */
    SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE);

    private final int level;

    TransactionIsolation(int level) {
        this.level = level;
    }

    /** The constant of {@link Connection}, for {@link Connection#setTransactionIsolation}. */
    public int level() {
        return level;
    }

    /**
     * Reads the spellings SQLAlchemy and JDBC use, in any case: {@code READ COMMITTED}, {@code read_committed},
     * {@code TRANSACTION_READ_COMMITTED}.
     *
     * @throws InvalidSettingException for anything else
     */
    public static TransactionIsolation of(String text) {
        String name = text.trim().toUpperCase(Locale.ROOT).replace(' ', '_').replace('-', '_');
        String plain = name.startsWith("TRANSACTION_") ? name.substring("TRANSACTION_".length()) : name;
        return Arrays.stream(values())
                .filter(isolation -> isolation.name().equals(plain))
                .findFirst()
                .orElseThrow(() -> new InvalidSettingException(
                        "transaction_isolation",
                        text,
                        Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "))));
    }
}
