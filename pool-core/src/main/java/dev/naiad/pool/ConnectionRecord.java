/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.jdbc.SessionState;
import dev.naiad.pool.queue.Slot;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The long-lived slot of a pool and the physical connection it holds at the moment.
 *
 * <p>Its fields belong to whoever owns the slot; the transitions of {@link Slot} publish them to the next owner. Others may
 * look at {@link #connection()} and {@link #age()} but get no promise of being up to date.
 */
final class ConnectionRecord extends Slot implements ConnectionPoolEntry {

    private static final long NEVER = Long.MAX_VALUE;

    private final Pool pool;
    private final long id;
    private final Map<Object, Object> info = new ConcurrentHashMap<>(0);
    private final Map<Object, Object> recordInfo = new ConcurrentHashMap<>(0);

    private volatile @Nullable Connection connection;
    private @Nullable SessionState session;
    private long openedAt;
    private long lifetime = NEVER;
    private int generation;
    private volatile @Nullable SQLException brokenBy;

    ConnectionRecord(Pool pool, long id) {
        this.pool = pool;
        this.id = id;
    }

    // Physical connection: for the owner

    /**
     * Opens a connection, in place of the present one if there is one. On failure the record has none.
     *
     * <p>The time is taken, and the generation read, before the factory is called: a slow connect counts towards the age, and
     * an invalidation that happens meanwhile makes the new connection stale.
     */
    void open() throws SQLException {
        closeConnection(CloseReason.RECYCLED);
        info.clear();
        brokenBy = null;
        openedAt = pool.ticker().nanos();
        lifetime = drawLifetime(pool.config());
        generation = pool.generation();
        Connection opened;
        try {
            opened = pool.factory().open(this);
            if (opened == null) {
                throw new SQLException(
                        "Pool '" + pool.name() + "': the connection factory " + pool.factory()
                                + " returned null instead of a connection.",
                        "08001");
            }
        } catch (Throwable e) {
            pool.counters().openFailures.incrementAndGet();
            pool.announce(PoolEvent.Kind.CONNECT_FAILED, () -> new PoolEvent.ConnectFailed(pool, this, e));
            throw e;
        }
        connection = opened;
        session = new SessionState();
        pool.counters().opened.incrementAndGet();
        pool.log().debug("Pool '{}': opened connection {}", pool.name(), id);
        try {
            if (pool.listeners().wants(PoolEvent.Kind.CONNECT)) {
                pool.listeners().fire(new PoolEvent.Connect(pool, this, opened));
            }
        } catch (Throwable e) {
            announceInvalid(opened, e);
            closeConnection(CloseReason.REJECTED);
            throw e;
        }
    }

    private static long drawLifetime(PoolConfig config) {
        Duration recycle = config.recycle();
        if (recycle == null) {
            return NEVER;
        }
        double kept = 1 - config.recycleJitter() * ThreadLocalRandom.current().nextDouble();
        return (long) (PoolConfig.saturatedNanos(recycle) * kept);
    }

    /** Reports the connection as unfit and closes it. */
    void invalidate(@Nullable Throwable cause) {
        Connection unfit = connection;
        if (unfit == null) {
            return;
        }
        pool.log()
                .info(
                        "Pool '{}': connection {} is invalidated{}",
                        pool.name(),
                        id,
                        cause == null ? "" : " because of " + cause);
        announceInvalid(unfit, cause);
        closeConnection(CloseReason.INVALIDATED);
    }

    private void announceInvalid(Connection unfit, @Nullable Throwable cause) {
        pool.announce(PoolEvent.Kind.INVALIDATE, () -> new PoolEvent.Invalidate(pool, this, unfit, cause));
    }

    /** Closes the connection if there is one. Failures are logged: nobody has a use for this connection any more. */
    void closeConnection(CloseReason reason) {
        Connection old = connection;
        if (old == null) {
            return;
        }
        pool.announce(PoolEvent.Kind.CLOSE, () -> new PoolEvent.Close(pool, this, old, reason));
        pool.log().debug("Pool '{}': closing connection {} ({})", pool.name(), id, reason);
        try {
            switch (reason) {
                case RECYCLED, INVALIDATED, REJECTED -> pool.dialect().terminate(old);
                default -> closeGracefully(old);
            }
        } catch (Throwable e) {
            pool.log().error("Pool '{}': closing connection {} failed", pool.name(), id, e);
        } finally {
            connection = null;
            session = null;
            pool.counters().closed(reason);
        }
    }

    private void closeGracefully(Connection old) throws SQLException {
        // What close() does to an open transaction differs between databases: some refuse, some commit.
        if (pool.config().resetOnReturn() == ResetOnReturn.NONE && !old.getAutoCommit()) {
            pool.dialect().rollback(old);
        }
        pool.dialect().close(old);
    }

    /** Ends a connection whose user does not let go. The slot stays with its user. */
    void abandon() {
        Connection held = connection;
        if (held == null) {
            return;
        }
        try {
            pool.dialect().terminate(held);
        } catch (Throwable e) {
            pool.log().error("Pool '{}': aborting connection {} failed", pool.name(), id, e);
        }
    }

    /** Whether it can be lent as it is. */
    boolean usable() {
        return connection != null && generation == pool.generation() && !expired();
    }

    private boolean expired() {
        return lifetime != NEVER && pool.ticker().nanos() - openedAt > lifetime;
    }

    int generation() {
        return generation;
    }

    // Checkout

    /** The last steps of a return; the record belongs to the pool afterwards. */
    void checkin() {
        if (pool.listeners().wants(PoolEvent.Kind.CHECKIN)) {
            pool.listeners().announce(new PoolEvent.Checkin(pool, this, connection), pool.log());
        }
        pool.doReturn(this);
    }

    /** Remembers that the driver reported the connection as dead; may be called by any thread. */
    void markBroken(SQLException cause) {
        if (brokenBy == null) {
            brokenBy = cause;
        }
    }

    @Nullable
    SQLException brokenBy() {
        return brokenBy;
    }

    Pool pool() {
        return pool;
    }

    Connection requireConnection() {
        Connection present = connection;
        if (present == null) {
            throw new IllegalStateException("Record " + id + " of pool '" + pool.name() + "' has no connection.");
        }
        return present;
    }

    SessionState requireSession() {
        SessionState present = session;
        if (present == null) {
            throw new IllegalStateException("Record " + id + " of pool '" + pool.name() + "' has no connection.");
        }
        return present;
    }

    // ConnectionPoolEntry

    @Override
    public long id() {
        return id;
    }

    @Override
    public @Nullable Connection connection() {
        return connection;
    }

    @Override
    public boolean inUse() {
        return mode() == Mode.IN_USE;
    }

    @Override
    public Duration age() {
        return connection == null
                ? Duration.ZERO
                : Duration.ofNanos(pool.ticker().nanos() - openedAt);
    }

    @Override
    public Map<Object, Object> info() {
        return info;
    }

    @Override
    public Map<Object, Object> recordInfo() {
        return recordInfo;
    }

    @Override
    public String toString() {
        return "Entry " + id + " of pool '" + pool.name() + "' (" + mode() + ")";
    }
}
