/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

/** Two properties that do not go together. */
final class SettingClashException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String property;
    private final String other;
    private final String reason;
    private final String action;

    /**
     * @param property the one that is refused
     * @param other the one because of which it is; it need not be set
     * @param reason why, as a clause
     * @param action what to do, as a sentence
     */
    SettingClashException(String property, String other, String reason, String action) {
        super("'" + property + "' does not go together with '" + other + "': " + reason + ". " + action);
        this.property = property;
        this.other = other;
        this.reason = reason;
        this.action = action;
    }

    String property() {
        return property;
    }

    String other() {
        return other;
    }

    String reason() {
        return reason;
    }

    String action() {
        return action;
    }
}
