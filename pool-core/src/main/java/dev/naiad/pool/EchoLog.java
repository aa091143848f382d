/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.Set;
import org.slf4j.Logger;

/**
 * Logs each checkout and return. It observes the pool as anybody may, so it costs nothing where nobody wants to read that;
 * whether somebody does is decided once, when the pool is made.
 */
final class EchoLog {

    static final Set<PoolEvent.Kind> KINDS = Set.of(PoolEvent.Kind.CHECKOUT, PoolEvent.Kind.RESET);

    private EchoLog() {}

    static boolean isWanted(PoolConfig config, Logger log) {
        return config.echo() == Echo.DEBUG || log.isDebugEnabled();
    }

    static void log(PoolEvent event) {
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
