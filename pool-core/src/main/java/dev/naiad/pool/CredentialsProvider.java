/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;

/**
 * Knows the credentials that are valid now. Asked before each connection is opened, on the thread that opens it, by several
 * threads at the same time; what takes long, such as asking a vault, should be cached.
 */
@FunctionalInterface
public interface CredentialsProvider {

    /** The present credentials. An exception counts as a failed attempt to open a connection. */
    Credentials get() throws SQLException;
}
