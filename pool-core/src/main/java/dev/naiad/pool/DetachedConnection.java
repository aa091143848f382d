/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What a proxy holds after {@code detach()}: a physical connection that the pool has nothing to do with any more. */
final class DetachedConnection {

    private enum State {
        /** Announced, not yet taken out of its place. */
        DETACHING,
        OPEN,
        CLOSED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.DETACHING);
    private final Map<Object, Object> info;
    private volatile @Nullable Finalizers finalizers;

    DetachedConnection(Map<Object, Object> info) {
        this.info = new ConcurrentHashMap<>(info);
    }

    /** Completes the detaching; false if it was closed meanwhile, so that it is up to the caller to close the connection. */
    boolean opened(@Nullable Finalizers moved) {
        finalizers = moved;
        return state.compareAndSet(State.DETACHING, State.OPEN);
    }

    /** True for the one caller who has to close the physical connection. */
    boolean tryClose() {
        return state.getAndSet(State.CLOSED) == State.OPEN;
    }

    Map<Object, Object> info() {
        return info;
    }

    void runFinalizers(Connection connection) throws SQLException {
        Finalizers present = finalizers;
        if (present != null) {
            present.run(connection);
        }
    }
}
