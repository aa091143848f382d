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
    private volatile LostConnections.@Nullable DetachedSentinel sentinel;

    DetachedConnection(Map<Object, Object> info) {
        this.info = new ConcurrentHashMap<>(info);
    }

    /** Completes the detaching; false if it was closed meanwhile, so that it is up to the caller to close the connection. */
    boolean opened(@Nullable Finalizers moved, LostConnections.DetachedSentinel watch) {
        finalizers = moved;
        sentinel = watch;
        boolean open = state.compareAndSet(State.DETACHING, State.OPEN);
        if (!open) {
            watch.dismiss();
        }
        return open;
    }

    /** True for the one caller who has to close the physical connection. */
    boolean tryClose() {
        boolean mine = tryBeginEnd();
        if (mine) {
            dismiss();
        }
        return mine;
    }

    /** The same for who has to reset the connection before. Until it is {@link #dismiss}ed, that is not to take too long. */
    boolean tryBeginEnd() {
        boolean mine = state.getAndSet(State.CLOSED) == State.OPEN;
        LostConnections.DetachedSentinel watch = sentinel;
        if (mine && watch != null) {
            watch.watchEnd(Thread.currentThread());
        }
        return mine;
    }

    /** Nobody has to watch over the connection any more. */
    void dismiss() {
        LostConnections.DetachedSentinel watch = sentinel;
        if (watch != null) {
            watch.dismiss();
        }
    }

    /** Notes that one of the driver's objects is handed out, so that the connection must not be closed if it is lost. */
    void markExposed() {
        LostConnections.DetachedSentinel watch = sentinel;
        if (watch != null) {
            watch.markExposed();
        }
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
