/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.EnumSet;

/**
 * Logs each checkout and return. It observes the pool as anybody may, so it costs nothing where nobody wants to read that;
 * whether somebody does is decided once, when the pool is made.
 */
final class EchoLog {

    private EchoLog() {}

    static void attach(Pool pool) {
        if (pool.config().echo() == Echo.DEBUG || pool.log().isDebugEnabled()) {
            pool.subscribe(EnumSet.of(PoolEvent.Kind.CHECKOUT, PoolEvent.Kind.RESET), EchoLog::log);
        }
    }

    private static void log(PoolEvent event) {
        if (event instanceof PoolEvent.Checkout checkout) {
            Pool pool = checkout.pool();
            pool.logDetail(
                    "Pool '{}': lending connection {}",
                    pool.name(),
                    checkout.entry().id());
        } else if (event instanceof PoolEvent.Reset reset) {
            Pool pool = reset.pool();
            ConnectionPoolEntry entry = reset.entry();
            pool.logDetail(
                    "Pool '{}': connection {} comes back{}",
                    pool.name(),
                    entry == null ? "(detached)" : entry.id(),
                    reset.transactionWasReset() ? ", its transaction has been reset" : "");
        }
    }
}
