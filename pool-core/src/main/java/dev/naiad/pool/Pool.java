/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.dialect.Dialect;
import dev.naiad.pool.queue.Slot;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source of connections that are given back by closing them. Subclasses decide which place a borrower gets and what becomes
 * of it afterwards; opening, lending, resetting, closing and events are here.
 *
 * <p>Pools are lazy: making, disposing of and recreating one opens nothing. All methods are thread-safe.
 *
 * <p>SQLAlchemy counterpart: {@code Pool}.
 */
public abstract class Pool implements AutoCloseable {

    private final PoolConfig config;
    private final ConnectionFactory factory;
    private final Listeners listeners;
    private final Logger log;
    private final Counters counters = new Counters();
    private final AtomicLong lastId = new AtomicLong();
    private final AtomicInteger generation = new AtomicInteger();

    /** A new pool with the listeners named in the configuration. */
    protected Pool(PoolConfig config) {
        this(config, new Listeners());
        config.listeners().forEach(listeners::add);
    }

    /** A new, empty pool that has the settings and the listeners of another: for {@link #recreate()}. */
    protected Pool(Pool origin) {
        this(origin.config, new Listeners(origin.listeners));
    }

    private Pool(PoolConfig config, Listeners listeners) {
        this.config = config;
        this.factory = config.effectiveConnectionFactory();
        this.listeners = listeners;
        this.log = LoggerFactory.getLogger("dev.naiad.pool." + getClass().getSimpleName() + "." + config.name());
    }

    /**
     * Borrows a connection. Close it to give it back.
     *
     * @throws PoolTimeoutException if none becomes available in time
     * @throws PoolClosedException if the pool is closed
     * @throws SQLException if opening one fails: the driver's exception, unchanged
     */
    public final PoolProxiedConnection connect() throws SQLException {
        ConnectionRecord record = (ConnectionRecord) doGet();
        if (record.mode() != Slot.Mode.IN_USE) {
            record.moveTo(Slot.Mode.IN_USE);
        }
        long ticket = record.ticket();
        try {
            ConnectionFairy fairy = new ConnectionFairy(record, ticket);
            if (listeners.wants(PoolEvent.Kind.CHECKOUT)) {
                offerToListeners(record, fairy);
            }
            return fairy;
        } catch (Throwable e) {
            if (record.tryBeginReturn(ticket)) {
                record.invalidate(e);
                record.checkin();
            }
            throw e;
        }
    }

    private void offerToListeners(ConnectionRecord record, ConnectionFairy fairy) throws SQLException {
        try {
            listeners.fire(new PoolEvent.Checkout(this, record, record.requireConnection(), fairy));
        } catch (Throwable e) {
            fairy.invalidate(e);
            throw e;
        }
        if (fairy.isClosed()) {
            throw new SQLException("Pool '" + name() + "': a checkout listener closed the connection.", "08003");
        }
    }

    /**
     * Finds a place with a connection for a borrower, who owns it from then on. It is either one made by
     * {@link #createEntry()} or one that came through {@link #doReturn}.
     */
    protected abstract ConnectionPoolEntry doGet() throws SQLException;

    /**
     * Takes back a place. Its connection has been reset, or is null if it was invalidated. Must not throw, and must keep the
     * place for {@link #doGet()} or call {@link #discard}.
     */
    protected abstract void doReturn(ConnectionPoolEntry entry);

    /** Makes a new place and opens its connection. If that fails, nothing is left behind. */
    protected final ConnectionPoolEntry createEntry() throws SQLException {
        ConnectionRecord record = newRecord();
        record.open();
        return record;
    }

    /** Opens a new connection for a place that the caller owns and that has none, or one unfit for use. */
    protected final void reopen(ConnectionPoolEntry entry) throws SQLException {
        ((ConnectionRecord) entry).open();
    }

    /** Whether the connection of a place may be lent as it is: present, of the present generation, not too old. */
    protected final boolean isUsable(ConnectionPoolEntry entry) {
        return ((ConnectionRecord) entry).usable();
    }

    /** Closes the connection of a place that the caller owns and gives up. */
    protected final void discard(ConnectionPoolEntry entry, CloseReason reason) {
        ConnectionRecord record = (ConnectionRecord) entry;
        record.closeConnection(reason);
        record.moveTo(Slot.Mode.RETIRED);
    }

    final ConnectionRecord newRecord() {
        return new ConnectionRecord(this, lastId.incrementAndGet());
    }

    /**
     * Closes all idle connections; those in use are closed when they come back. The pool stays usable and opens new
     * connections on demand.
     */
    public abstract void dispose();

    /** A new, empty pool of the same class with the same settings and listeners. */
    public abstract Pool recreate();

    /** One line for people; do not parse it. */
    public abstract String status();

    /** The pool's figures. Never blocks and never touches a connection. */
    public abstract PoolSnapshot snapshot();

    /** Closes the pool for good: whoever waits and whoever comes gets a {@link PoolClosedException}. */
    @Override
    public abstract void close();

    /**
     * Adds a listener, after those already present. The same object is added once.
     *
     * @return removes it when closed
     */
    public final Registration addListener(PoolListener listener) {
        return listeners.add(listener);
    }

    /** Adds a handler for some kinds of events. */
    public final Registration subscribe(Set<PoolEvent.Kind> kinds, EventHandler handler) {
        return listeners.add(kinds, handler);
    }

    /** The settings. */
    public final PoolConfig config() {
        return config;
    }

    /** The name, as in log lines, metrics and messages. */
    public final String name() {
        return config.name();
    }

    @Override
    public String toString() {
        return status();
    }

    // For the classes of this package

    /** Connections of older generations are stale. */
    final int generation() {
        return generation.get();
    }

    final void nextGeneration() {
        generation.incrementAndGet();
    }

    /** Delivers an event that cannot be refused; it is made only if somebody listens. */
    final void announce(PoolEvent.Kind kind, Supplier<PoolEvent> event) {
        if (listeners.wants(kind)) {
            listeners.announce(event.get(), log);
        }
    }

    final ConnectionFactory factory() {
        return factory;
    }

    final Listeners listeners() {
        return listeners;
    }

    final Counters counters() {
        return counters;
    }

    final Ticker ticker() {
        return config.ticker();
    }

    final Dialect dialect() {
        return config.dialect();
    }

    final Logger log() {
        return log;
    }
}
