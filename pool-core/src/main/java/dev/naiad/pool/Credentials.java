/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import org.jspecify.annotations.Nullable;

/**
 * A database user and its password.
 *
 * @param username the user; null to leave it to the URL or the driver
 * @param password never shown
 */
public record Credentials(
        @Nullable String username, @Nullable String password) {

    @Override
    public String toString() {
        return "Credentials[username=" + username + ", password=" + (password == null ? null : Secrets.MASK) + "]";
    }
}
