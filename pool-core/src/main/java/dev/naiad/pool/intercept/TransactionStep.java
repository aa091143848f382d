/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.intercept;

import java.sql.SQLException;

/** What an {@link ExecutionInterceptor} stands around in a transaction: the next interceptor, or the driver. */
@FunctionalInterface
public interface TransactionStep {

    /** Goes on. */
    void proceed() throws SQLException;
}
