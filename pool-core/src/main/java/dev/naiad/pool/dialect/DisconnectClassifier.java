/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.dialect;

import java.sql.SQLException;

/**
 * Has the last word on what an exception says of its connection; may make more of it than the dialect does, or less.
 *
 * <p>Called in the thread that gets the exception, for each one a driver throws. What it throws itself is logged, and the
 * proposal stands.
 *
 * <p>SQLAlchemy counterpart: the {@code handle_error} event with its {@code is_disconnect} and
 * {@code invalidate_pool_on_disconnect}.
 */
@FunctionalInterface
public interface DisconnectClassifier {

    /**
     * Decides.
     *
     * @param exception what the driver threw
     * @param proposal what the dialect makes of it
     */
    Disconnect classify(SQLException exception, Disconnect proposal);
}
