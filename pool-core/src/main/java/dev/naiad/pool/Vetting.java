/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.RecentFailure;
import dev.naiad.pool.dialect.Disconnect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/** The checkout of a connection that has to be looked at first, by a ping or by listeners. */
final class Vetting {

    private static final int CHECKOUT_ATTEMPTS = 2;
    private static final long SHORTEST_PING = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_PING = TimeUnit.SECONDS.toNanos(5);

    private final Pool pool;

    Vetting(Pool pool) {
        this.pool = pool;
    }

    /** Pings where that is due, and asks the listeners; a connection found dead is replaced once. */
    ConnectionFairy lend(ConnectionRecord first) throws SQLException {
        ConnectionRecord record = first;
        long deadline = record.deadline();
        boolean pinged = false;
        for (int attempt = 1; ; attempt++) {
            Connection connection;
            while ((connection = record.connection()) == null) { // invalidated since it was taken
                record = replaced(record, deadline);
            }
            ConnectionFairy fairy = pool.lend(record, connection);
            try {
                if (record.needsAttention()) {
                    pool.housekeep();
                    record.markWatched();
                }
                pool.tracing().checkedOut(record);
                if (record.needsPing() && !pinged) { // nobody pays twice; the mark stays for the next
                    pinged = true;
                    validate(record, deadline);
                }
                if (record.hearsOfRequests()) {
                    presentConnection(record).beginRequest();
                }
                if (pool.listeners().wants(PoolEvent.Kind.CHECKOUT)) {
                    pool.listeners().fire(new PoolEvent.Checkout(pool, record, presentConnection(record), fairy));
                    fairy.wasTouched();
                }
                if (!fairy.isValid()) {
                    fairy.close();
                    throw new SQLException(
                            "Pool '" + pool.name() + "': a checkout listener closed the connection.", "08003");
                }
                record.clearDeadline();
                return fairy;
            } catch (DisconnectionException e) {
                if (e instanceof InvalidatePoolException) {
                    pool.outdate(record);
                }
                if (attempt == CHECKOUT_ATTEMPTS || !fairy.letGo()) {
                    takeBack(fairy, record, e);
                    throw new SQLException(
                            "Pool '" + pool.name() + "': gave up after " + attempt
                                    + " connections that were found dead.",
                            "08006",
                            e);
                }
                ConnectionRecord dead = record;
                pool.logSafely(log -> log.info("Pool '{}': {} is replaced: {}", pool.name(), dead, e.getMessage()));
                record.invalidate(e);
                record = replaced(record, deadline);
            } catch (Throwable e) {
                takeBack(fairy, record, e);
                throw e;
            }
        }
    }

    private ConnectionRecord replaced(ConnectionRecord vacated, long deadline) throws SQLException {
        vacated.setDeadline(deadline);
        return pool.owned(pool.replace(vacated));
    }

    /** The connection of a record being lent, which somebody else may invalidate at any time. */
    private static Connection presentConnection(ConnectionRecord record) throws DisconnectionException {
        Connection present = record.connection();
        if (present == null) {
            throw new DisconnectionException("it was invalidated meanwhile");
        }
        return present;
    }

    /** Ends a checkout that failed, whatever its listeners have done to the connection. */
    private static void takeBack(ConnectionFairy fairy, ConnectionRecord record, Throwable cause) {
        if (fairy.letGo()) {
            record.invalidate(cause);
            record.checkin();
        } else if (fairy.isDetached() && fairy.isValid()) {
            fairy.invalidate(cause);
        }
    }

    private void validate(ConnectionRecord record, long deadline) throws SQLException {
        Recorder.Span span = pool.recorder().validating();
        try {
            ping(record, deadline);
        } catch (Throwable e) {
            span.end(record, e);
            throw e;
        }
        span.end(record, null);
    }

    private void ping(ConnectionRecord record, long deadline) throws SQLException {
        long now = pool.ticker().nanos();
        // The other half is for opening another one in its place.
        long patience = pool.timeoutNanos() == 0 ? SHORTEST_PING : Math.min(LONGEST_PING, (deadline - now) / 2);
        int seconds = (int) TimeUnit.NANOSECONDS.toSeconds(Math.max(SHORTEST_PING, patience));
        pool.logDetail("Pool '{}': pinging connection {}", pool.name(), record.id());
        record.markAsked();
        Ping ping = new Ping(pool.dialect(), presentConnection(record), seconds);
        boolean alive;
        try {
            pool.inBackground(ping);
            if (!ping.await(pool.ticker(), now + patience)) {
                throw patience < LONGEST_PING
                        ? new DisconnectionException("there was no time left for it to answer the ping")
                        : new InvalidatePoolException("it did not answer the ping");
            }
            alive = ping.alive();
        } catch (DisconnectionException e) {
            throw e;
        } catch (SQLException e) {
            if (pool.classify(e, record.connection()) == Disconnect.NONE) {
                throw e;
            }
            pool.failures().note(RecentFailure.Place.PINGING, e);
            throw new InvalidatePoolException("the ping failed", e);
        }
        if (!alive) {
            InvalidatePoolException dead = new InvalidatePoolException("it did not answer the ping");
            pool.failures().note(RecentFailure.Place.PINGING, dead);
            throw dead;
        }
        record.markAlive();
    }
}
