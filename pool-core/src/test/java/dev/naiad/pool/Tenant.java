/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.driver.ManagedDriver;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;

/** An application that uses pools on a thread that outlives it, and closes them. */
final class Tenant implements Runnable {

    /** What it does with them. */
    enum Use {
        QUEUE,
        THREAD_LOCAL,
        SINGLETON_THREAD,
        LEFT_OPEN,
        DRIVER
    }

    private final Use use;

    Tenant(String use) {
        this.use = Use.valueOf(use);
    }

    @Override
    public void run() {
        try {
            switch (use) {
                case QUEUE -> useAndClose(new QueuePool(settings().build()));
                case THREAD_LOCAL ->
                    useAndClose(new QueuePool(settings().useThreadLocal(true).build()));
                case SINGLETON_THREAD ->
                    useAndClose(new SingletonThreadPool(settings().build()));
                case LEFT_OPEN -> {
                    QueuePool pool = new QueuePool(settings().build());
                    Connection leaked = pool.connect();
                    pool.close(Duration.ZERO);
                    leaked.isClosed();
                }
                case DRIVER -> useDriver();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PoolConfig.Builder settings() {
        return new StubDatabase()
                .settings()
                .closers(null)
                .name("tenant")
                .warmUp(1)
                .keepalive(Duration.ofMinutes(1))
                .recycle(Duration.ofHours(1));
    }

    private static void useAndClose(Pool pool) throws SQLException {
        try (pool) {
            Connection first = pool.connect();
            pool.connect().close();
            first.close();
            pool.suspectAll();
        }
    }

    private static void useDriver() throws SQLException {
        StubDatabaseDriver database = new StubDatabaseDriver();
        DriverManager.registerDriver(database);
        new ManagedDriver().connect("jdbc:naiad:jdbc:stub:tenant", null).close();
        ManagedDriver.clear();
        DriverManager.deregisterDriver(database);
        for (var other : DriverManager.drivers().toList()) {
            if (other.getClass().getClassLoader() == Tenant.class.getClassLoader()) {
                DriverManager.deregisterDriver(other);
            }
        }
    }
}
