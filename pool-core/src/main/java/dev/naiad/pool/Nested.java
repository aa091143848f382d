/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

/**
 * What a {@link QueuePool} does when all its connections are held by threads that wait for another one of it, so that they would
 * wait for each other until they time out.
 */
public enum Nested {
    /** The one of them that began to wait last gets a {@link NestedCheckoutException}, within a second. The default. */
    FAIL,
    /** It is logged, and the event {@link PoolEvent.Deadlock} tells of it. */
    WARN,
    /** Nothing. */
    OFF
}
