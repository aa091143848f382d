/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens connections with one JDBC driver, found once: {@link DriverManager} would look for it at every opening. */
final class DriverConnectionFactory implements ConnectionFactory {

    /** There is a driver of our own, but it opens nothing. */
    private static final String OWN_DRIVERS = "dev.naiad.pool.driver.";

    private final Driver driver;
    private final String url;
    private final Map<String, String> properties;
    private final CredentialsProvider credentials;

    private DriverConnectionFactory(
            Driver driver, String url, Map<String, String> properties, CredentialsProvider credentials) {
        this.driver = driver;
        this.url = url;
        this.properties = properties;
        this.credentials = credentials;
    }

    /** Finds the driver. Opens nothing. */
    static DriverConnectionFactory from(PoolConfig config) {
        String url = config.url();
        if (url == null || url.isBlank()) {
            throw new InvalidSettingException(
                    "url", url, "a JDBC URL such as jdbc:postgresql://localhost:5432/shop, or a connection factory");
        }
        Driver driver = config.driverClassName() == null
                ? driverFor(url)
                : checked(load(config.driverClassName()), config.driverClassName(), url);
        return new DriverConnectionFactory(driver, url, config.connectionProperties(), credentialsOf(config));
    }

    private static CredentialsProvider credentialsOf(PoolConfig config) {
        CredentialsProvider provider = config.credentials();
        if (provider != null) {
            return provider;
        }
        Credentials fixed = new Credentials(config.username(), config.password());
        return () -> fixed;
    }

    private static void putIfPresent(Properties properties, String key, @Nullable String value) {
        if (value != null) {
            properties.setProperty(key, value);
        }
    }

    private static Driver driverFor(String url) {
        try {
            return DriverManager.getDriver(url);
        } catch (SQLException e) {
            // The driver manager shows only drivers of this class's loader; an application server may have more.
            return ServiceLoader.load(Driver.class, Thread.currentThread().getContextClassLoader()).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(candidate -> accepts(candidate, url))
                    .findFirst()
                    .orElseThrow(() -> new InvalidSettingException(
                            "url",
                            Secrets.masked(url),
                            "a URL that one of the JDBC drivers on the class path accepts (" + knownDrivers()
                                    + "); is the database's driver a dependency, and the URL spelt right?",
                            e));
        }
    }

    private static boolean accepts(Driver driver, String url) {
        try {
            return driver.acceptsURL(url);
        } catch (SQLException e) {
            return false;
        }
    }

    private static String knownDrivers() {
        String known = DriverManager.drivers()
                .map(driver -> driver.getClass().getName())
                .filter(name -> !name.startsWith(OWN_DRIVERS))
                .sorted()
                .collect(Collectors.joining(", "));
        return known.isEmpty() ? "there is none" : known;
    }

    private static Driver load(String className) {
        ClassNotFoundException notFound = new ClassNotFoundException(className);
        for (ClassLoader loader : Stream.of(
                        Thread.currentThread().getContextClassLoader(), DriverConnectionFactory.class.getClassLoader())
                .filter(Objects::nonNull)
                .toList()) {
            try {
                Object instance = Class.forName(className, true, loader)
                        .getDeclaredConstructor()
                        .newInstance();
                if (instance instanceof Driver driver) {
                    return driver;
                }
                throw new InvalidSettingException(
                        "driver_class_name", className, "a class that implements java.sql.Driver");
            } catch (ClassNotFoundException e) {
                notFound.addSuppressed(e);
            } catch (ReflectiveOperationException | LinkageError e) {
                throw new InvalidSettingException(
                        "driver_class_name", className, "a driver class that can be instantiated", e);
            }
        }
        throw new InvalidSettingException(
                "driver_class_name",
                className,
                "the name of a JDBC driver class on the class path, or none to choose the driver by the URL",
                notFound);
    }

    private static Driver checked(Driver driver, String className, String url) {
        if (!accepts(driver, url)) {
            throw new InvalidSettingException(
                    "driver_class_name", className, "a driver that accepts the URL " + Secrets.masked(url));
        }
        return driver;
    }

    @Override
    public Connection open(ConnectionPoolEntry entry) throws SQLException {
        Properties info = new Properties(); // drivers may change it
        info.putAll(properties);
        Credentials present = credentials.get();
        putIfPresent(info, "user", present.username());
        putIfPresent(info, "password", present.password());
        Connection connection = driver.connect(url, info);
        if (connection == null) {
            throw new SQLException(
                    "The driver " + driver.getClass().getName() + " does not accept the URL " + Secrets.masked(url)
                            + ".",
                    "08001");
        }
        return connection;
    }

    @Override
    public String toString() {
        return Secrets.masked(url);
    }
}
