/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.testing;

import dev.naiad.pool.ConnectionFactory;
import dev.naiad.pool.ConnectionPoolEntry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A connection factory to put between a pool and a real one, for finding out how a service bears a database that refuses, hangs, is
 * slow, or cuts connections. Faults begin and end at once, in any thread:
 *
 * <pre>{@code
 * FaultyConnectionFactory database = new FaultyConnectionFactory(ConnectionFactory.of(realDataSource));
 * NaiadDataSource pooled = NaiadDataSource.builder().connectionFactory(database).build();
 *
 * database.cutConnections();
 * database.refuseConnections();
 * // … what does the service do?
 * database.recover();
 * }</pre>
 *
 * <p>Connections from it are proxies; {@code unwrap} gives the driver's objects, which know no faults.
 */
public final class FaultyConnectionFactory implements ConnectionFactory {

    private final ConnectionFactory real;
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final Set<FaultyCalls> open = ConcurrentHashMap.newKeySet();

    /** A factory without faults, to begin with. */
    public FaultyConnectionFactory(ConnectionFactory real) {
        this.real = Objects.requireNonNull(real, "real");
    }

    @Override
    public Connection open(ConnectionPoolEntry entry) throws SQLException {
        strike(new Call(Call.OPEN));
        Connection connection = real.open(entry);
        return FaultyCalls.around(Objects.requireNonNull(connection, "the connection of the real factory"), this);
    }

    void strike(Call call) throws SQLException {
        for (Fault fault : faults) {
            fault.strike(call);
        }
    }

    void opened(FaultyCalls connection) {
        open.add(connection);
    }

    void closed(FaultyCalls connection) {
        open.remove(connection);
    }

    /** Adds any fault, after those present. */
    public FaultyConnectionFactory add(Fault fault) {
        faults.add(Objects.requireNonNull(fault, "fault"));
        return this;
    }

    /** From now on no connection can be opened, as when the database is down: SQLState 08001. */
    public FaultyConnectionFactory refuseConnections() {
        return add(call -> {
            if (call.isOpening()) {
                throw new SQLTransientConnectionException("Connection refused (a fault made for this test)", "08001");
            }
        });
    }

    /**
     * All connections open now are dead, as when the database was restarted: whatever is called fails with SQLState 08006, and
     * {@code isValid} is false. New ones are not concerned.
     */
    public FaultyConnectionFactory cutConnections() {
        open.forEach(FaultyCalls::cut);
        return this;
    }

    /** From now on opening a connection takes this much longer. */
    public FaultyConnectionFactory slowConnections(Duration delay) {
        return delay(Call.OPEN, delay);
    }

    /**
     * From now on a method takes this much longer, until {@link #recover()}.
     *
     * @param method of a connection, a statement or a result set: {@code "executeQuery"}; {@link Call#OPEN} for opening
     */
    public FaultyConnectionFactory delay(String method, Duration delay) {
        return add(new Hang(method, delay.toNanos()));
    }

    /** From now on a method does not return, until {@link #recover()} or an interrupt. See {@link #delay}. */
    public FaultyConnectionFactory hang(String method) {
        return add(new Hang(method, Long.MAX_VALUE));
    }

    /**
     * The next calls of a method fail.
     *
     * @param method of a connection, a statement or a result set: {@code "commit"}; {@link Call#OPEN} for opening
     * @param times how many of them
     * @param failure makes the exception
     */
    public FaultyConnectionFactory fail(String method, int times, Supplier<? extends SQLException> failure) {
        Objects.requireNonNull(method, "method");
        AtomicInteger left = new AtomicInteger(times);
        return add(call -> {
            if (call.method().equals(method) && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                throw failure.get();
            }
        });
    }

    /** Ends all faults. What hangs goes on; what was cut stays dead. */
    public void recover() {
        List<Fault> ended = List.copyOf(faults);
        faults.removeAll(ended);
        for (Fault fault : ended) {
            fault.end();
        }
    }

    /** What the real factory says of itself. */
    @Override
    public String toString() {
        return real + " (with faults on request)";
    }

    /** Something that goes wrong. */
    @FunctionalInterface
    public interface Fault {

        /** Called before each opening of a connection, and each call to one or to what was opened through it. */
        void strike(Call call) throws SQLException;

        /** Called by {@link #recover()}. */
        default void end() {}
    }

    /**
     * A call to the database.
     *
     * @param method its name in the JDBC interface, or {@link #OPEN}
     */
    public record Call(String method) {

        /** In place of a name: a connection is to be opened. */
        public static final String OPEN = "open";

        /** Whether a connection is to be opened. */
        public boolean isOpening() {
            return method.equals(OPEN);
        }
    }

    private static final class Hang implements Fault {

        private final CountDownLatch over = new CountDownLatch(1);
        private final String method;
        private final long nanos;

        Hang(String method, long nanos) {
            this.method = Objects.requireNonNull(method, "method");
            this.nanos = nanos;
        }

        @Override
        public void strike(Call call) throws SQLException {
            if (!call.method().equals(method)) {
                return;
            }
            try {
                over.await(nanos, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SQLException("Interrupted in " + method + " (a fault made for this test)", "HY008", e);
            }
        }

        @Override
        public void end() {
            over.countDown();
        }
    }
}
