/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Order;

/** Which of several idle connections a {@link QueuePool} lends. */
public enum CheckoutOrder {
    /** The thread's own last one if that is free, else any: the fastest. The default. */
    AFFINE(Order.AFFINE),
    /** The one that has been idle for longest, so that all are used in turn. SQLAlchemy: the default. */
    FIFO(Order.OLDEST_FIRST),
    /** The one that came back last, so that those not needed stay idle. SQLAlchemy: {@code use_lifo}. */
    LIFO(Order.NEWEST_FIRST);

    private final Order order;

    CheckoutOrder(Order order) {
        this.order = order;
    }

    Order order() {
        return order;
    }
}
