/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

/** What callers meet at a pool that is suspended. */
public enum Suspension {
    /** They get a {@link PoolSuspendedException} at once. */
    FAIL,
    /** They wait for {@link QueuePool#resume()}, no longer than their timeout. */
    WAIT;

    String text() {
        return this == FAIL ? "fail" : "wait";
    }
}
