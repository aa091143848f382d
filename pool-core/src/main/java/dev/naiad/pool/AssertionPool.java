/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Lends one connection at a time and throws an {@link AssertionError} at whoever asks for a second one: finds code that holds
 * more connections than it should. The error's cause has the stack of the first checkout, unless {@code store_traceback} is
 * off. For tests and debugging.
 *
 * <p>It keeps one connection. Nobody waits for others, but for the opening, as long as {@code timeout} and {@code connect_timeout} allow. The
 * sizes have no effect.
 *
 * <p>SQLAlchemy counterpart: {@code AssertionPool}.
 */
public final class AssertionPool extends Pool {

    private sealed interface State {}

    /** Nobody has the connection. The place is null until the first checkout and after a disposal. */
    private record Free(@Nullable ConnectionPoolEntry entry) implements State {}

    /** Somebody has it, or is getting it, or is giving it back. */
    private record Lent(@Nullable Throwable checkout) implements State {}

    private static final Free EMPTY = new Free(null);

    /** What stands above the caller in the stack of a checkout. */
    private static final Set<String> OWN_FRAMES =
            Set.of(AssertionPool.class.getName(), Pool.class.getName(), NaiadDataSource.class.getName());

    private final AtomicReference<State> state = new AtomicReference<>(EMPTY);

    /** Places that are still in the driver, on their way back, and for which nobody waits any more. */
    private final Set<ConnectionPoolEntry> writtenOff = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /** A new, empty pool. */
    public AssertionPool(PoolConfig config) {
        super(config);
        beginLife();
    }

    private AssertionPool(AssertionPool origin) {
        super(origin);
        beginLife();
    }

    @Override
    protected ConnectionPoolEntry doGet() throws SQLException {
        ConnectionPoolEntry entry = claim().entry();
        try {
            if (closed) {
                throw new PoolClosedException(name());
            }
            if (entry == null) {
                return createEntry();
            }
            prepare(entry);
            return entry;
        } catch (Throwable e) {
            release(entry);
            throw e;
        }
    }

    private Free claim() throws SQLException {
        Lent mine = new Lent(config().storeTraceback() ? traceOfCheckout() : null);
        while (true) {
            State present = state.get();
            if (closed) {
                throw new PoolClosedException(name());
            }
            if (present instanceof Lent other) {
                throw alreadyLent(other.checkout());
            }
            if (present instanceof Free free && state.compareAndSet(free, mine)) {
                return free;
            }
        }
    }

    private static Throwable traceOfCheckout() {
        Throwable trace = new Throwable("The connection was checked out here, by " + Thread.currentThread());
        trace.setStackTrace(Arrays.stream(trace.getStackTrace())
                .dropWhile(frame -> OWN_FRAMES.contains(frame.getClassName()))
                .toArray(StackTraceElement[]::new));
        return trace;
    }

    private AssertionError alreadyLent(@Nullable Throwable checkout) {
        if (checkout == null) {
            return new AssertionError("Pool '" + name() + "': the connection is already checked out.");
        }
        StackTraceElement[] stack = checkout.getStackTrace();
        String place = stack.length == 0 ? "" : ", at " + stack[0];
        return new AssertionError(
                "Pool '" + name() + "': the connection is already checked out" + place + "; the cause has the stack.",
                checkout);
    }

    @Override
    protected void doReturn(ConnectionPoolEntry entry) {
        if (!writtenOff.remove(entry)) {
            release(entry);
        }
    }

    /** Who comes back has moved the record before it looks whether that is written off; here it is the other way round. */
    @Override
    void writeOff(ConnectionRecord record, long word) {
        State present = state.get();
        writtenOff.add(record);
        boolean done = record.ticket() == word && present instanceof Lent && state.compareAndSet(present, EMPTY);
        if (!done && !writtenOff.remove(record)) {
            release(record); // who has come back in this moment took it for written off
        }
    }

    @Override
    boolean isOneTooMany(int forsaken) {
        return true;
    }

    private void release(@Nullable ConnectionPoolEntry entry) {
        ConnectionPoolEntry kept = entry;
        try {
            if (entry != null && isOutdated(entry)) {
                kept = null;
                discard(entry, closeReason());
            }
        } finally {
            state.set(kept == null ? EMPTY : new Free(kept));
        }
        if (kept != null && isOutdated(kept)) { // since we last looked
            discardIdle();
        }
    }

    private void discardIdle() {
        if (state.get() instanceof Free free && state.compareAndSet(free, EMPTY)) {
            ConnectionPoolEntry entry = free.entry();
            if (entry != null) {
                discard(entry, closeReason());
            }
        }
    }

    /** Closes the connection; if it is in use, when it comes back. */
    @Override
    protected void doDispose() {
        discardIdle();
    }

    @Override
    public Pool recreate() {
        log().info("Pool '{}': recreating", name());
        return new AssertionPool(this);
    }

    @Override
    boolean isClosed() {
        return closed;
    }

    @Override
    public String status() {
        return "AssertionPool '" + name() + "'";
    }

    @Override
    public PoolSnapshot snapshot() {
        State present = state.get();
        int idle = present instanceof Free free && free.entry() != null ? 1 : 0;
        return snapshotOf(1, 0, idle, present instanceof Lent ? 1 : 0, 0);
    }

    /** Lends no more; a connection in use is closed when it comes back. */
    @Override
    public void close() {
        endLife();
        closed = true;
        awaitedOpenings().abandonAll();
        beginEpoch();
        discardIdle();
        log().info("Pool closed. {}", status());
    }
}
