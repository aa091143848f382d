/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

/** What a pool does about a connection that is held for too long. */
public enum HoldLimitStep {
    /** It says so: {@link PoolSettings#holdLimit}. */
    WARN,
    /** It has the driver cancel the statement that is running: {@link PoolSettings#holdLimitCancel}. */
    CANCEL,
    /** It closes the connection and takes its place back: {@link PoolSettings#holdLimitAbort}. */
    ABORT
}
