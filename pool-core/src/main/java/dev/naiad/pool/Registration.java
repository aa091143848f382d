/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

/** A listener's place in a pool; closing it removes the listener. Closing twice does nothing. */
@FunctionalInterface
public interface Registration extends AutoCloseable {

    @Override
    void close();
}
