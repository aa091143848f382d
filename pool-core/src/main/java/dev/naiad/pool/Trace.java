/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

/** For which checkouts a pool notes the stack, to tell where a connection was borrowed that does not come back. */
public enum Trace {
    /** For none. */
    OFF,
    /**
     * For samples, a few each second, while the pool has little to do; for all while connections run short, which is when callers
     * have waited for more than 10 ms or four fifths of the connections are in use, and for ten seconds afterwards; but never for
     * more than a thousand a second. The default. Between samples a checkout costs no more than without.
     */
    ADAPTIVE,
    /** For all. Costs some microseconds each. */
    ALWAYS
}
