/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A checkout that several handles share. It is over, and the connection reset and given back, when the last handle is closed;
 * from then on nobody can join. A handle that invalidates, aborts or detaches the connection does it to all.
 */
final class Lease {

    private final ConnectionFairy shared;
    private final Consumer<Lease> onEnd;
    private final AtomicInteger handles = new AtomicInteger();

    private Lease(ConnectionFairy shared, Consumer<Lease> onEnd) {
        this.shared = shared;
        this.onEnd = onEnd;
    }

    /**
     * Makes a new checkout a shared one.
     *
     * @param onBegin told of the lease before there is a handle
     * @param onEnd told of it when it is over, before the connection is reset
     * @return the first handle
     */
    static LeasedConnection begin(ConnectionFairy shared, Consumer<Lease> onBegin, Consumer<Lease> onEnd)
            throws SQLException {
        try {
            Lease lease = new Lease(shared, onEnd);
            onBegin.accept(lease);
            LeasedConnection first = new LeasedConnection(lease, shared);
            lease.handles.set(1);
            return first;
        } catch (Throwable e) { // no memory
            shared.close();
            throw e;
        }
    }

    /** Whether who joins gets a connection that is the pool's and can be used. */
    boolean isFit() {
        return shared.isValid() && !shared.isDetached();
    }

    boolean isOver() {
        return handles.get() == 0;
    }

    /** Adds a handle to those there are; null if the lease is over. */
    @Nullable
    LeasedConnection join() {
        LeasedConnection handle = new LeasedConnection(this, shared);
        int present;
        do {
            present = handles.get();
            if (present == 0) {
                return null;
            }
        } while (!handles.compareAndSet(present, present + 1));
        return handle;
    }

    /** To be called once for each handle. */
    void leave() throws SQLException {
        if (handles.decrementAndGet() == 0) {
            try {
                onEnd.accept(this);
            } finally {
                shared.close();
            }
        }
    }
}
