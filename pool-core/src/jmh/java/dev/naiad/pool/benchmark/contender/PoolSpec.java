/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.contender;

import dev.naiad.pool.stub.StubDriver;
import org.postgresql.Driver;

/**
 * What every pool is asked for. Besides, all are to end what transaction a connection comes back with, to put its session back,
 * to close its statements, to look at a connection that was idle for about half a second (or what comes nearest) before it is
 * lent, and to wait for 15 seconds at most.
 *
 * @param idle connections it keeps at least
 * @param size connections it opens at most
 */
public record PoolSpec(String url, String user, int idle, int size, Extra extra) {

    public static final int TIMEOUT_MILLIS = 15_000;

    /** What a pool does beside lending connections. */
    public enum Extra {
        NOTHING,
        /** Keeps Micrometer's meters, or what the pool has in their place. */
        METRICS,
        /** As {@link #METRICS}, and how long each connection is held. */
        HOLD_TIMES,
        /** Knows who holds a connection, in order to report one held for long. */
        TRACKING,
        /** Knows as little of holders as it can be told to. */
        NO_TRACKING
    }

    /** On the stub driver, always full. */
    public static PoolSpec stub(int size) {
        return stub(size, size, 0, 0);
    }

    public static PoolSpec stub(int idle, int size, long connectMicros, long queryMicros) {
        return new PoolSpec(StubDriver.url(connectMicros, queryMicros), "stub", idle, size, Extra.NOTHING);
    }

    public static PoolSpec postgres(String url, int size) {
        return new PoolSpec(url, "postgres", size, size, Extra.NOTHING);
    }

    public PoolSpec with(Extra extra) {
        return new PoolSpec(url, user, idle, size, extra);
    }

    String password() {
        return "";
    }

    boolean isStub() {
        return url.startsWith("jdbc:stub:");
    }

    String driverClassName() {
        return isStub() ? StubDriver.class.getName() : Driver.class.getName();
    }
}
