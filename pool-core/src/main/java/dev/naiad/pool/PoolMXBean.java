/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.List;
import java.util.Map;

/**
 * A pool as JMX shows it, under {@code dev.naiad:type=Pool,name=…} if {@link PoolSettings#registerMbeans} says so. The figures are those of
 * {@link PoolSnapshot}. What may fail throws an exception that any client has the class of, with the reason in its message.
 */
public interface PoolMXBean {

    /** The pool's name. */
    String getName();

    /** Which class of pool it is, as in the setting {@code pool_class}. */
    String getPoolClass();

    /** One line for people. */
    String getStatus();

    /** The settings by name, without secrets. */
    Map<String, String> getSettings();

    /** Whether it is suspended. */
    boolean isSuspended();

    /** See {@link PoolSnapshot#poolSize}. */
    int getPoolSize();

    /** See {@link PoolSnapshot#maxOverflow}. */
    int getMaxOverflow();

    /** See {@link PoolSnapshot#checkedIn}. */
    int getCheckedIn();

    /** See {@link PoolSnapshot#idle}. */
    int getIdle();

    /** See {@link PoolSnapshot#checkedOut}. */
    int getCheckedOut();

    /** See {@link PoolSnapshot#overflow}. */
    int getOverflow();

    /** See {@link PoolSnapshot#opening}. */
    int getOpening();

    /** See {@link PoolSnapshot#waiting}. */
    int getWaiting();

    /** See {@link PoolSnapshot#opened}. */
    long getOpened();

    /** See {@link PoolSnapshot#closed}; by the names of the {@link CloseReason}s. */
    Map<String, Long> getClosed();

    /** See {@link PoolSnapshot#openFailures}. */
    long getOpenFailures();

    /** See {@link PoolSnapshot#timeouts}. */
    long getTimeouts();

    /** See {@link PoolSnapshot#leftOpen}. */
    long getLeftOpen();

    /** See {@link PoolSnapshot#lost}. */
    long getLost();

    /** See {@link PoolSnapshot#checkouts}. */
    long getCheckouts();

    /** See {@link PoolSnapshot#nested}. */
    long getNested();

    /** See {@link PoolSnapshot#deadlocks}. */
    long getDeadlocks();

    /** See {@link PoolSnapshot#heldTooLong}. */
    long getHeldTooLong();

    /** See {@link Pool#report()}; as text. An operation, because it stops those who hold connections for a moment. */
    String report();

    /** See {@link Pool#history()}; one line each. */
    List<String> history();

    /** See {@link Pool#dispose()}. */
    void dispose();

    /**
     * See {@link QueuePool#suspend}.
     *
     * @param callers what they meet: {@code fail} or {@code wait}
     */
    void suspend(String callers);

    /** See {@link QueuePool#resume()}. */
    void resume();

    /** Sets {@code pool_size} and {@code max_overflow}; see {@link QueuePool#reconfigure}. */
    void resize(int poolSize, int maxOverflow);

    /** See {@link QueuePool#rotate()}. Does not wait for the old connections to come back. */
    void rotate();
}
