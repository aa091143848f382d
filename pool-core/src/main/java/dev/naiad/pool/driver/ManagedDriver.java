/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.driver;

import dev.naiad.pool.InvalidSettingException;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolConfig;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A JDBC driver that lends pooled connections of other drivers, for programs that know nothing but {@link DriverManager}:
 * {@code jdbc:naiad:} before the URL they have is all it takes.
 *
 * <pre>{@code
 * DriverManager.getConnection("jdbc:naiad:jdbc:postgresql://localhost:5432/shop", "shop", password);
 * DriverManager.getConnection("jdbc:naiad:pool_size=20&timeout=5:jdbc:postgresql://localhost:5432/shop", properties);
 * }</pre>
 *
 * <p>The pool is made by the first connection and stays. Each combination of URL and properties, users and passwords among
 * them, has a pool of its own, so a program with many users may have to {@link #dispose} of theirs. A {@code key} among the
 * settings takes the place of the combination: all who give the same key share the pool that the first of them has made, with
 * the first's URL, user and password.
 *
 * <p>Settings of the pool stand in the URL as above, percent-encoded where necessary, or among the properties with
 * {@code naiad.} before the name, as in {@code naiad.pool_size} or {@code naiad.poolSize}; {@link #getPropertyInfo} lists
 * them. All other properties, which have to be texts, are the real driver's. A name that is none, a value that cannot be, and
 * a setting with two values are refused with an {@link SQLException}.
 *
 * <p>The pools belong to the class, not to an instance, and are closed by {@link #clear()}, or when the driver manager
 * deregisters the driver. All methods are thread-safe.
 *
 * <p>SQLAlchemy counterpart: {@code manage()}, {@code clear_managers()} and {@code sa_pool_key}.
 */
public final class ManagedDriver implements Driver {

    private static final int MAJOR_VERSION = 0;
    private static final int MINOR_VERSION = 1;

    private static final ManagedPools POOLS = new ManagedPools();

    static {
        try {
            DriverManager.registerDriver(new ManagedDriver(), ManagedDriver::clear);
        } catch (SQLException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A driver; all have the same pools. The driver manager finds one by itself. */
    public ManagedDriver() {}

    /**
     * The pool that {@code connect} with the same arguments borrows from; made now if there is none. For its figures and its
     * listeners. Opens no connection. SQLAlchemy: {@code get_pool}.
     *
     * @throws InvalidSettingException if the URL, a setting or the choice of a driver is wrong
     */
    public static Pool pool(String url, @Nullable Properties info) {
        return POOLS.pool(ConnectArguments.of(url, info));
    }

    /** The pools there are, in no particular order. */
    public static List<Pool> pools() {
        return POOLS.present();
    }

    /**
     * Closes the pool that {@code connect} with the same arguments borrows from, as {@link Pool#close()} does, and forgets it.
     * The next {@code connect} makes a new one. Whoever waits for a connection fails.
     *
     * @return whether there was one
     * @throws InvalidSettingException if the URL or the name of a setting is wrong
     */
    public static boolean dispose(String url, @Nullable Properties info) {
        return POOLS.dispose(ConnectArguments.of(url, info).key());
    }

    /**
     * As {@link #dispose(String, Properties)}, for the pool of a key.
     *
     * @param key the value of the setting {@code key}
     */
    public static boolean dispose(String key) {
        return POOLS.dispose(new PoolKey.Chosen(key.strip()));
    }

    /**
     * Closes all pools, as {@link Pool#close()} does, and forgets them. Returns when they are closed. SQLAlchemy:
     * {@code clear_managers}, which only forgets them.
     */
    public static void clear() {
        POOLS.clear();
    }

    /**
     * Borrows a connection. Close it to give it back. See {@link Pool#connect()} for what else may be thrown.
     *
     * @param info may be null
     * @return null if the URL is for another driver
     * @throws SQLNonTransientConnectionException if the URL, a setting or the choice of a driver is wrong
     */
    @Override
    public @Nullable Connection connect(String url, @Nullable Properties info) throws SQLException {
        if (!acceptsURL(url)) {
            return null;
        }
        try {
            return POOLS.connect(ConnectArguments.of(url, info));
        } catch (InvalidSettingException e) {
            throw asSqlException(e);
        }
    }

    /** Whether the URL begins with {@code jdbc:naiad:}, in any case. */
    @Override
    public boolean acceptsURL(@Nullable String url) throws SQLException {
        if (url == null) {
            throw new SQLNonTransientConnectionException("The URL is null.", "08001");
        }
        return ManagedUrl.isManaged(url);
    }

    /**
     * The settings of the pool, with the values they have or would have, and after them the properties of the real driver, if
     * the driver manager finds it.
     */
    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, @Nullable Properties info) throws SQLException {
        if (!acceptsURL(url)) {
            return new DriverPropertyInfo[0];
        }
        try {
            ConnectArguments arguments = ConnectArguments.of(url, info);
            List<DriverPropertyInfo> properties = settingsOf(arguments);
            Collections.addAll(properties, propertiesOf(arguments));
            return properties.toArray(DriverPropertyInfo[]::new);
        } catch (InvalidSettingException e) {
            throw asSqlException(e);
        }
    }

    private static List<DriverPropertyInfo> settingsOf(ConnectArguments arguments) {
        PoolConfig defaults = PoolConfig.builder().build();
        List<DriverPropertyInfo> properties = new ArrayList<>();
        for (ManagedSetting setting : ManagedSetting.values()) {
            String given = arguments.settings().get(setting);
            DriverPropertyInfo property =
                    new DriverPropertyInfo(setting.property(), given != null ? given : setting.textIn(defaults));
            property.description = setting.description();
            property.choices =
                    setting.choices().isEmpty() ? null : setting.choices().toArray(String[]::new);
            properties.add(property);
        }
        return properties;
    }

    private static DriverPropertyInfo[] propertiesOf(ConnectArguments arguments) throws SQLException {
        Driver driver;
        try {
            driver = DriverManager.getDriver(arguments.url());
        } catch (SQLException e) {
            return new DriverPropertyInfo[0]; // connecting will say what is wrong, if it is
        }
        Properties own = new Properties();
        own.putAll(arguments.properties());
        return driver.getPropertyInfo(arguments.url(), own);
    }

    private static SQLException asSqlException(InvalidSettingException e) {
        return new SQLNonTransientConnectionException(e.getMessage(), "08001", e);
    }

    @Override
    public int getMajorVersion() {
        return MAJOR_VERSION;
    }

    @Override
    public int getMinorVersion() {
        return MINOR_VERSION;
    }

    /** Always false: whether the connections comply depends on the real driver. */
    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    /** Not supported: the pool logs through SLF4J. */
    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("The pool logs through SLF4J.");
    }
}
