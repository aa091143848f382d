/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Has one connection, which all borrowers share, also at the same time and from several threads: for databases in memory that
 * live as long as their connection, and for tests.
 *
 * <p>Every {@link #connect()} returns a handle of its own, with statements of its own. The session and the transaction are common: one
 * borrower's commit or rollback is everybody's, and sharing does not make a driver's connection safe for use by several threads. The
 * connection is reset when the last handle is closed, so nobody's {@code close()} rolls back the others' work.
 *
 * <p>A connection that was invalidated, is too old or was disposed of is replaced for those who come later; those who have it keep it until
 * they close it. Who comes while it is being opened or reset waits for that; {@code timeout} limits the wait and the opening together, {@code
 * connect_timeout} the opening. The sizes have no effect.
 *
 * <p>SQLAlchemy counterpart: {@code StaticPool}.
 */
public final class StaticPool extends Pool {

    private final SoleLease sole;

    /** A new, empty pool. */
    public StaticPool(PoolConfig config) {
        this(config, new SoleLease());
    }

    private StaticPool(PoolConfig config, SoleLease sole) {
        super(config, sole);
        this.sole = sole;
        beginLife();
    }

    private StaticPool(StaticPool origin, SoleLease sole) {
        super(origin, sole);
        this.sole = sole;
        beginLife();
    }

    @Override
    protected ConnectionPoolEntry doGet() throws SQLException {
        ConnectionRecord place = sole.take();
        try {
            if (place == null) {
                ConnectionRecord first = newRecord();
                sole.limit(first);
                openInTime(first);
                place = first;
                sole.opened(first);
            } else {
                sole.limit(place);
            }
            prepare(place);
            return place;
        } catch (Throwable e) {
            giveBack(place);
            throw e;
        }
    }

    @Override
    protected void doReturn(ConnectionPoolEntry entry) {
        giveBack((ConnectionRecord) entry);
    }

    private void giveBack(@Nullable ConnectionRecord place) {
        if (place == null) {
            sole.gone(null);
            return;
        }
        if (isOutdated(place) || !sole.keep(place)) {
            try {
                discard(place, isOutdated(place) ? closeReason() : CloseReason.RECYCLED);
            } finally {
                sole.gone(place);
            }
        } else if (isOutdated(place)) { // since we last looked
            discardResting();
        }
    }

    @Override
    boolean isOneTooMany(int forsaken) {
        return true;
    }

    @Override
    void writeOff(ConnectionRecord record, long word) {
        sole.forget(record, word);
    }

    private void discardResting() {
        ConnectionRecord resting = sole.takeResting();
        if (resting != null) {
            discard(resting, closeReason());
        }
    }

    /** Closes the connection; if it is in use, when its last user closes it. Who comes meanwhile gets a new one. */
    @Override
    protected void doDispose() {
        discardResting();
    }

    @Override
    public Pool recreate() {
        log().info("Pool '{}': recreating", name());
        return new StaticPool(this, new SoleLease());
    }

    @Override
    boolean isClosed() {
        return sole.isClosed();
    }

    @Override
    public String status() {
        return "StaticPool '" + name() + "'";
    }

    @Override
    public PoolSnapshot snapshot() {
        return sole.snapshot(this);
    }

    PoolSnapshot figures(int idle, int lent, int waiting) {
        return snapshotOf(1, 0, idle, lent, waiting);
    }

    /** Lends no more; a connection in use is closed when its last user closes it. */
    @Override
    public void close() {
        endLife();
        sole.close();
        awaitedOpenings().abandonAll();
        beginEpoch();
        discardResting();
        log().info("Pool closed. {}", status());
    }
}
