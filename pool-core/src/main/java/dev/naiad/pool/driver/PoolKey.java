/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.driver;

/** What makes two requests for a connection go to the same pool. */
sealed interface PoolKey permits PoolKey.Chosen, ConnectArguments {

    /** A key that the caller has chosen; a type of its own, so that no URL can be mistaken for one. */
    record Chosen(String key) implements PoolKey {}
}
