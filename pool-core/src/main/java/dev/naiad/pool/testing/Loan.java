/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.testing;

import dev.naiad.pool.PoolProxiedConnection;

/** A connection that somebody holds; the thread is the one that borrowed it. */
final class Loan {

    final PoolProxiedConnection proxy;
    final Thread borrower = Thread.currentThread();
    final Throwable place = new Throwable("borrowed here by thread " + borrower.getName());

    Loan(PoolProxiedConnection proxy) {
        this.proxy = proxy;
    }
}
