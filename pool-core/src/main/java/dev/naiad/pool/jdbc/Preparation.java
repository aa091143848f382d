/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Has the driver prepare a text that interceptors have seen. */
@FunctionalInterface
interface Preparation<T> {
    @Nullable
    T prepare(String sql) throws SQLException;
}
