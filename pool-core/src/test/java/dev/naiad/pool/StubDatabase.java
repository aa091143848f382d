/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A database that exists only as its connections. It counts them where a server would, and does as the script says. */
final class StubDatabase implements ConnectionFactory {

    /** Runs before the named call of a driver; may block or throw. */
    @FunctionalInterface
    interface Script {
        void before(String call, StubConnection connection) throws SQLException;
    }

    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger mostOpen = new AtomicInteger();
    final AtomicInteger attempts = new AtomicInteger();
    final List<StubConnection> connections = new CopyOnWriteArrayList<>();

    /** What happened, in order, such as "open 1", "rollback 1", "close 1". */
    final List<String> journal = new CopyOnWriteArrayList<>();

    private volatile Script script = (call, connection) -> {};
    private volatile boolean autoCommit = true;

    void script(Script script) {
        this.script = script;
    }

    /** With autocommit off from the start, as some drivers can be told to. */
    StubDatabase withoutAutoCommit() {
        autoCommit = false;
        return this;
    }

    PoolConfig.Builder settings() {
        return PoolConfig.builder().connectionFactory(this).recycleJitter(0).closers(Runnable::run);
    }

    @Override
    public Connection open(ConnectionPoolEntry entry) throws SQLException {
        StubConnection opened = new StubConnection(attempts.incrementAndGet(), entry, autoCommit);
        script.before("open", opened);
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        connections.add(opened);
        journal.add("open " + opened.number);
        return opened.connection;
    }

    /** The stub behind a connection of a pool. */
    StubConnection behind(Connection pooled) throws SQLException {
        Connection raw = pooled.unwrap(PoolProxiedConnection.class).entry().connection();
        return connections.stream()
                .filter(stub -> stub.connection == raw)
                .findFirst()
                .orElseThrow();
    }

    final class StubConnection {

        final int number;
        final ConnectionPoolEntry entry;
        final Connection connection;
        volatile boolean closed;
        private final ReentrantLock closing = new ReentrantLock();
        private volatile boolean autoCommit;

        private StubConnection(int number, ConnectionPoolEntry entry, boolean autoCommit) {
            this.number = number;
            this.entry = entry;
            this.autoCommit = autoCommit;
            this.connection = (Connection) Proxy.newProxyInstance(
                    StubDatabase.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> answer(method.getName(), arguments));
        }

        private @Nullable Object answer(String call, Object @Nullable [] arguments) throws SQLException {
            switch (call) {
                case "hashCode":
                    return number;
                case "equals":
                    return connection == (arguments == null ? null : arguments[0]);
                case "toString":
                    script.before(call, this);
                    return "stub " + number;
                default:
                    script.before(call, this);
            }
            switch (call) {
                case "close", "abort" -> close(call);
                case "rollback", "commit" -> journal.add(call + " " + number);
                case "setAutoCommit" -> autoCommit = (Boolean) arguments[0];
                default -> {}
            }
            return switch (call) {
                case "getAutoCommit" -> autoCommit;
                case "getTransactionIsolation" -> Connection.TRANSACTION_READ_COMMITTED;
                case "isClosed" -> closed;
                case "isReadOnly" -> false;
                case "isValid" -> !closed;
                case "createStatement" -> statement(Statement.class);
                case "prepareStatement" -> statement(PreparedStatement.class);
                case "getMetaData" -> statement(DatabaseMetaData.class);
                default -> null;
            };
        }

        private void close(String call) {
            closing.lock(); // who comes second may say that it is closed, which it then has to be
            try {
                if (!closed) {
                    journal.add(call + " " + number);
                    open.decrementAndGet();
                    closed = true;
                }
            } finally {
                closing.unlock();
            }
        }

        private Object statement(Class<?> type) {
            return Proxy.newProxyInstance(
                    StubDatabase.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                        script.before("statement." + method.getName(), this);
                        if (method.getName().equals("executeUpdate")) {
                            journal.add("update " + number);
                            return 1;
                        }
                        return method.getReturnType() == boolean.class ? Boolean.FALSE : null;
                    });
        }
    }
}
