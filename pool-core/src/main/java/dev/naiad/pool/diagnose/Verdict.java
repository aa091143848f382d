/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

/** Why callers wait for connections, in one word. */
public enum Verdict {
    /** Nobody waits, and nothing is known to be wrong. */
    HEALTHY,
    /** The pool is suspended. */
    SUSPENDED,
    /** Connections cannot be opened: the database refuses them or cannot be reached. */
    DATABASE_DOWN,
    /** The database accepts no more connections than there are. */
    DATABASE_FULL,
    /** Connections could still be opened, but that takes too long. */
    CONNECT_SLOW,
    /** Threads that hold a connection wait for another one. */
    NESTED_CHECKOUT,
    /** Connections are held with a transaction open, and nothing is done with them. */
    IDLE_IN_TRANSACTION,
    /** Connections are held and not used, as when they were never closed. */
    LEAK,
    /** Connections are held by calls to the database that do not end. */
    SLOW_QUERY,
    /** Connections come and go; there are just too few for those who ask. */
    UNDERSIZED,
    /** Callers wait, and what is seen at this moment does not tell why. */
    UNCLEAR
}
