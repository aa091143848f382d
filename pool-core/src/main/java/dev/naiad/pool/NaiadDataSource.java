/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.ExhaustionReport;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The data source applications hold: a {@link Pool} behind the JDBC interface.
 *
 * <pre>{@code
 * try (var dataSource = NaiadDataSource.builder()
 *         .url("jdbc:postgresql://localhost:5432/shop")
 *         .username("shop")
 *         .password(password)
 *         .poolSize(5)
 *         .build();
 *     var connection = dataSource.getConnection()) {
 *     // ...
 * }
 * }</pre>
 *
 * <p>It is also a JavaBean for frameworks: made without arguments, given its properties, and started by the first
 * {@link #getConnection()}. From then on its settings are changed by {@link QueuePool#reconfigure} only. All methods are thread-safe.
 *
 * <p>SQLAlchemy counterpart: the part of {@code Engine} that has to do with connections.
 */
public final class NaiadDataSource implements PoolDataSource, AutoCloseable {

    private final ReentrantLock startup = new ReentrantLock();
    private final PoolConfig.Builder settings;

    /** Null for the default, which needs none of the other classes. */
    private @Nullable PoolClass poolClass;

    private boolean closed;
    private volatile @Nullable Pool pool;

    /** A data source with the default settings, yet without a URL. */
    public NaiadDataSource() {
        this(PoolConfig.builder());
    }

    private NaiadDataSource(PoolConfig.Builder settings) {
        this.settings = settings;
    }

    /** A data source with the default pool, which is made at once, so that a wrong setting shows here. */
    public static NaiadDataSource of(PoolConfig config) {
        return of(new QueuePool(config));
    }

    /** A data source for a pool of any class. Closing it closes the pool. */
    public static NaiadDataSource of(Pool pool) {
        announce(pool);
        NaiadDataSource dataSource = new NaiadDataSource(pool.config().toBuilder());
        dataSource.pool = pool;
        return dataSource;
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    private static void announce(Pool pool) {
        pool.beginLife();
        pool.logSafely(log -> log.info("Pool '{}' for {}: {}", pool.name(), pool.factory(), pool.status()));
    }

    // DataSource

    /**
     * Borrows a connection. Close it to give it back. See {@link Pool#connect()} for what may be thrown.
     *
     * @throws SQLNonTransientConnectionException if the settings are incomplete or wrong
     */
    @Override
    public Connection getConnection() throws SQLException {
        Pool started = pool;
        return started != null ? started.connect() : startForBorrower().connect();
    }

    private Pool startForBorrower() throws SQLException {
        if (isClosed()) {
            throw new PoolClosedException(getConfig().name());
        }
        try {
            return pool();
        } catch (InvalidSettingException e) {
            throw new SQLNonTransientConnectionException(e.getMessage(), "08001", e);
        }
    }

    private boolean isClosed() {
        startup.lock();
        try {
            return closed;
        } finally {
            startup.unlock();
        }
    }

    /** Not supported: one pool has one user. */
    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException(
                "A pool has one user. Set username and password on the data source, or make one data source for each user.");
    }

    /**
     * The pool; made now if it was not before.
     *
     * @throws InvalidSettingException if the settings are incomplete or wrong
     */
    @Override
    public Pool pool() {
        Pool started = pool;
        if (started != null) {
            return started;
        }
        startup.lock();
        try {
            started = pool;
            if (started == null) {
                PoolConfig config = settings.build();
                started = poolClass == null ? new QueuePool(config) : poolClass.make(config);
                if (closed) {
                    started.close();
                } else {
                    announce(started);
                }
                pool = started;
            }
            return started;
        } finally {
            startup.unlock();
        }
    }

    /** What is going on in the pool: see {@link Pool#report()}. */
    public ExhaustionReport report() {
        return pool().report();
    }

    /** Whether the pool has been made, so that {@link #configure} comes too late. */
    public boolean isStarted() {
        return pool != null;
    }

    /** Closes the pool for good; see {@link Pool#close()}. */
    @Override
    public void close() {
        Pool started;
        startup.lock();
        try {
            closed = true;
            started = pool;
        } finally {
            startup.unlock();
        }
        if (started != null) {
            try {
                started.close();
            } finally {
                started.endLife(); // a class of one's own does not do so by itself
            }
        }
    }

    @Override
    public <T> T unwrap(Class<T> iface) throws SQLException {
        if (iface.isInstance(this)) {
            return iface.cast(this);
        }
        if (Pool.class.isAssignableFrom(iface) && iface.isInstance(pool())) {
            return iface.cast(pool());
        }
        throw new SQLException("A NaiadDataSource is not a wrapper for " + iface.getName() + ".");
    }

    @Override
    public boolean isWrapperFor(Class<?> iface) {
        return iface.isInstance(this) || Pool.class.isAssignableFrom(iface) && iface.isInstance(pool());
    }

    /** Always null: the pool logs through SLF4J. */
    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    /** Not supported: the pool logs through SLF4J. */
    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("The pool logs through SLF4J.");
    }

    /** Always 0: see {@link PoolSettings#timeout}. */
    @Override
    public int getLoginTimeout() {
        return 0;
    }

    /** Not supported, because it is ambiguous for a pool: see {@link PoolSettings#timeout}. */
    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("Set timeout on the pool instead of the login timeout.");
    }

    /** Not supported: the pool logs through SLF4J. */
    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("The pool logs through SLF4J.");
    }

    // JavaBean

    /**
     * Changes settings.
     *
     * @throws IllegalStateException if the pool has started
     */
    public void configure(Consumer<PoolConfig.Builder> change) {
        startup.lock();
        try {
            if (pool != null) {
                throw new IllegalStateException("Pool '" + pool.name() + "' has started; its settings are fixed.");
            }
            change.accept(settings);
        } finally {
            startup.unlock();
        }
    }

    /** The settings, as they are now. */
    public PoolConfig getConfig() {
        Pool started = pool;
        if (started != null) {
            return started.config();
        }
        startup.lock();
        try {
            return settings.build();
        } finally {
            startup.unlock();
        }
    }

    /** See {@link PoolSettings#url}. */
    public @Nullable String getUrl() {
        return getConfig().url();
    }

    /** See {@link PoolSettings#url}. */
    public void setUrl(@Nullable String url) {
        configure(settings -> settings.url(url));
    }

    /** See {@link PoolSettings#username}. */
    public @Nullable String getUsername() {
        return getConfig().username();
    }

    /** See {@link PoolSettings#username}. */
    public void setUsername(@Nullable String username) {
        configure(settings -> settings.username(username));
    }

    /** Hidden, so that no serializer prints it; Spring Boot finds it for the data sources it derives from this one. */
    @Nullable
    String getPassword() {
        return getConfig().password();
    }

    /** See {@link PoolSettings#password}. */
    public void setPassword(@Nullable String password) {
        configure(settings -> settings.password(password));
    }

    /** See {@link PoolSettings#driverClassName}. */
    public @Nullable String getDriverClassName() {
        return getConfig().driverClassName();
    }

    /** See {@link PoolSettings#driverClassName}. */
    public void setDriverClassName(@Nullable String driverClassName) {
        configure(settings -> settings.driverClassName(driverClassName));
    }

    /** The class of the pool. */
    public PoolClass getPoolClass() {
        Pool started = pool;
        if (started != null) {
            return PoolClass.of(started.getClass());
        }
        startup.lock();
        try {
            return poolClass == null ? PoolClass.QUEUE : poolClass;
        } finally {
            startup.unlock();
        }
    }

    /**
     * Sets the class of the pool. Default {@link PoolClass#QUEUE}.
     *
     * @throws IllegalStateException if the pool has started
     */
    public void setPoolClass(PoolClass poolClass) {
        configure(settings -> this.poolClass = poolClass);
    }

    @Override
    public String toString() {
        Pool started = pool;
        return started != null
                ? started.status()
                : "NaiadDataSource '" + getConfig().name() + "' (not started)";
    }

    /** Builds a {@link NaiadDataSource}. Not thread-safe. */
    public static final class Builder extends PoolSettings<Builder> {

        private Function<PoolConfig, Pool> poolClass = QueuePool::new;

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** Makes the pool, as in {@code poolClass(NullPool::new)}. Default {@link QueuePool}. */
        public Builder poolClass(Function<PoolConfig, Pool> poolClass) {
            this.poolClass = poolClass;
            return this;
        }

        /**
         * Makes the data source and its pool. Opens no connection.
         *
         * @throws InvalidSettingException if settings are missing or do not fit together
         */
        public NaiadDataSource build() {
            return of(poolClass.apply(new PoolConfig(this)));
        }
    }
}
