/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.Pool;
import java.util.function.Consumer;

/** What the endpoint can do to a pool. */
public enum PoolOperation {
    /** Closes all idle connections; those in use are closed when they come back. New ones are opened on demand. */
    REFRESH(Pool::dispose);

    private final Consumer<Pool> action;

    PoolOperation(Consumer<Pool> action) {
        this.action = action;
    }

    void applyTo(Pool pool) {
        action.accept(pool);
    }
}
