/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import org.jspecify.annotations.Nullable;

/**
 * A setting has a value it cannot have. Thrown while a pool is being configured, before anything is opened.
 *
 * <p>SQLAlchemy counterpart: {@code ArgumentError}.
 */
public final class InvalidSettingException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String setting;
    private final String value;
    private final String allowed;

    /**
     * @param setting the setting's name, such as {@code pool_size}
     * @param value the refused value
     * @param allowed what would be accepted, as a noun phrase: "0 or more (0 means no limit)"
     */
    public InvalidSettingException(String setting, @Nullable Object value, String allowed) {
        this(setting, value, allowed, null);
    }

    /** As above, with the reason the value was found wanting. */
    public InvalidSettingException(String setting, @Nullable Object value, String allowed, @Nullable Throwable cause) {
        super("Invalid value '" + value + "' for " + setting + ". Allowed: " + allowed + ".", cause);
        this.setting = setting;
        this.value = String.valueOf(value);
        this.allowed = allowed;
    }

    /** The setting's name, such as {@code pool_size}. */
    public String setting() {
        return setting;
    }

    /** The refused value. */
    public String value() {
        return value;
    }

    /** What would be accepted. */
    public String allowed() {
        return allowed;
    }
}
