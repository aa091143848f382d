/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.dialect.Dialect;
import dev.naiad.pool.dialect.DisconnectClassifier;
import dev.naiad.pool.intercept.ExecutionInterceptor;
import dev.naiad.pool.jdbc.SessionDefaults;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a pool. Immutable; what each means is said at the builder's method of the same name. {@link #toString()}
 * shows no secrets.
 */
public final class PoolConfig {

    private final CheckoutOrder checkoutOrder;
    private final @Nullable Executor closers;
    private final @Nullable Boolean autoCommit;
    private final @Nullable String catalog;
    private final int connectConcurrency;
    private final @Nullable ConnectionFactory connectionFactory;
    private final @Nullable Duration connectTimeout;
    private final Map<String, String> connectionProperties;
    private final @Nullable CredentialsProvider credentials;
    private final @Nullable Dialect dialect;
    private final DisconnectClassifier disconnectClassifier;
    private final @Nullable String driverClassName;
    private final @Nullable Duration failFastAfter;
    private final @Nullable Duration holdLimit;
    private final @Nullable Duration holdLimitAbort;
    private final @Nullable Duration holdLimitCancel;
    private final List<ExecutionInterceptor> interceptors;
    private final Echo echo;
    private final @Nullable Duration idleTimeout;
    private final @Nullable String initSql;
    private final @Nullable Duration keepalive;
    private final List<PoolListener> listeners;
    private final int maxOverflow;
    private final int maxWaiters;
    private final int minIdle;
    private final String name;
    private final Nested nested;
    private final List<Consumer<? super Pool>> observers;
    private final @Nullable String password;
    private final Duration patience;
    private final int poolSize;
    private final PrePing prePing;
    private final @Nullable Boolean readOnly;
    private final @Nullable Duration recycle;
    private final double recycleJitter;
    private final boolean registerMbeans;
    private final ResetOnReturn resetOnReturn;
    private final @Nullable Duration resetTimeout;
    private final boolean storeTraceback;
    private final @Nullable String schema;
    private final @Nullable Duration shedAfter;
    private final Ticker ticker;
    private final @Nullable Duration timeout;
    private final Trace trace;
    private final @Nullable TransactionIsolation transactionIsolation;
    private final @Nullable String url;
    private final boolean useThreadLocal;
    private final @Nullable String username;
    private final int warmUp;

    PoolConfig(PoolSettings<?> settings) {
        checkoutOrder = settings.checkoutOrder;
        closers = settings.closers;
        autoCommit = settings.autoCommit;
        catalog = settings.catalog;
        connectConcurrency = settings.connectConcurrency;
        connectionFactory = settings.connectionFactory;
        connectTimeout = settings.connectTimeout;
        connectionProperties = Map.copyOf(settings.connectionProperties);
        credentials = settings.credentials;
        dialect = settings.dialect;
        disconnectClassifier = settings.disconnectClassifier;
        driverClassName = settings.driverClassName;
        failFastAfter = settings.failFastAfter;
        holdLimit = settings.holdLimit;
        holdLimitAbort = atLeast(settings.holdLimit, "hold_limit_abort", settings.holdLimitAbort);
        holdLimitCancel = atLeast(settings.holdLimit, "hold_limit_cancel", settings.holdLimitCancel);
        interceptors = List.copyOf(settings.interceptors);
        echo = settings.echo;
        idleTimeout = settings.idleTimeout;
        initSql = settings.initSql;
        keepalive = settings.keepalive;
        listeners = List.copyOf(settings.listeners);
        maxOverflow = settings.maxOverflow;
        maxWaiters = settings.maxWaiters;
        minIdle = settings.minIdle;
        name = settings.name;
        nested = settings.nested;
        observers = List.copyOf(settings.observers);
        password = settings.password;
        patience = settings.patience;
        poolSize = settings.poolSize;
        prePing = settings.prePing;
        readOnly = settings.readOnly;
        recycle = settings.recycle;
        recycleJitter = settings.recycleJitter;
        registerMbeans = settings.registerMbeans;
        resetOnReturn = settings.resetOnReturn;
        resetTimeout = settings.resetTimeout;
        storeTraceback = settings.storeTraceback;
        schema = settings.schema;
        shedAfter = settings.shedAfter;
        ticker = settings.ticker;
        timeout = settings.timeout;
        trace = settings.trace;
        transactionIsolation = settings.transactionIsolation;
        url = settings.url;
        useThreadLocal = settings.useThreadLocal;
        username = settings.username;
        warmUp = settings.warmUp;
    }

    private static @Nullable Duration atLeast(
            @Nullable Duration holdLimit, String setting, @Nullable Duration furtherLimit) {
        if (furtherLimit != null && (holdLimit == null || furtherLimit.compareTo(holdLimit) < 0)) {
            throw new InvalidSettingException(
                    setting,
                    furtherLimit,
                    holdLimit == null ? "nothing unless hold_limit is set" : "hold_limit (" + holdLimit + ") or more");
        }
        return furtherLimit;
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these settings. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** See {@link PoolSettings#checkoutOrder}. */
    public CheckoutOrder checkoutOrder() {
        return checkoutOrder;
    }

    @Nullable
    Executor closers() {
        return closers;
    }

    /** See {@link PoolSettings#autoCommit}. */
    public @Nullable Boolean autoCommit() {
        return autoCommit;
    }

    /** See {@link PoolSettings#catalog}. */
    public @Nullable String catalog() {
        return catalog;
    }

    /** See {@link PoolSettings#connectConcurrency}. */
    public int connectConcurrency() {
        return connectConcurrency;
    }

    /** See {@link PoolSettings#connectTimeout}. */
    public @Nullable Duration connectTimeout() {
        return connectTimeout;
    }

    /** See {@link PoolSettings#connectionFactory}. */
    public @Nullable ConnectionFactory connectionFactory() {
        return connectionFactory;
    }

    /** See {@link PoolSettings#connectionProperty}. */
    public Map<String, String> connectionProperties() {
        return connectionProperties;
    }

    /** See {@link PoolSettings#credentials}. */
    public @Nullable CredentialsProvider credentials() {
        return credentials;
    }

    /** See {@link PoolSettings#dialect}. */
    public @Nullable Dialect dialect() {
        return dialect;
    }

    /** See {@link PoolSettings#disconnectClassifier}. */
    public DisconnectClassifier disconnectClassifier() {
        return disconnectClassifier;
    }

    /** See {@link PoolSettings#driverClassName}. */
    public @Nullable String driverClassName() {
        return driverClassName;
    }

    /** See {@link PoolSettings#failFastAfter}. */
    public @Nullable Duration failFastAfter() {
        return failFastAfter;
    }

    /** See {@link PoolSettings#holdLimit}. */
    public @Nullable Duration holdLimit() {
        return holdLimit;
    }

    /** See {@link PoolSettings#holdLimitAbort}. */
    public @Nullable Duration holdLimitAbort() {
        return holdLimitAbort;
    }

    /** See {@link PoolSettings#holdLimitCancel}. */
    public @Nullable Duration holdLimitCancel() {
        return holdLimitCancel;
    }

    /** See {@link PoolSettings#interceptor}. */
    public List<ExecutionInterceptor> interceptors() {
        return interceptors;
    }

    /** See {@link PoolSettings#echo}. */
    public Echo echo() {
        return echo;
    }

    /** See {@link PoolSettings#idleTimeout}. */
    public @Nullable Duration idleTimeout() {
        return idleTimeout;
    }

    /** See {@link PoolSettings#initSql}. */
    public @Nullable String initSql() {
        return initSql;
    }

    /** See {@link PoolSettings#keepalive}. */
    public @Nullable Duration keepalive() {
        return keepalive;
    }

    /** See {@link PoolSettings#listener}. */
    public List<PoolListener> listeners() {
        return listeners;
    }

    /** See {@link PoolSettings#observer}. */
    public List<Consumer<? super Pool>> observers() {
        return observers;
    }

    /** See {@link PoolSettings#maxOverflow}. */
    public int maxOverflow() {
        return maxOverflow;
    }

    /** See {@link PoolSettings#maxWaiters}. */
    public int maxWaiters() {
        return maxWaiters;
    }

    /** See {@link PoolSettings#minIdle}. */
    public int minIdle() {
        return minIdle;
    }

    /** See {@link PoolSettings#name}. */
    public String name() {
        return name;
    }

    /** See {@link PoolSettings#nested}. */
    public Nested nested() {
        return nested;
    }

    /** See {@link PoolSettings#password}. */
    public @Nullable String password() {
        return password;
    }

    /** See {@link PoolSettings#patience}. */
    public Duration patience() {
        return patience;
    }

    /** See {@link PoolSettings#poolSize}. */
    public int poolSize() {
        return poolSize;
    }

    /** See {@link PoolSettings#prePing}. */
    public PrePing prePing() {
        return prePing;
    }

    /** See {@link PoolSettings#readOnly}. */
    public @Nullable Boolean readOnly() {
        return readOnly;
    }

    /** See {@link PoolSettings#recycle}. */
    public @Nullable Duration recycle() {
        return recycle;
    }

    /** See {@link PoolSettings#recycleJitter}. */
    public double recycleJitter() {
        return recycleJitter;
    }

    /** See {@link PoolSettings#registerMbeans}. */
    public boolean registerMbeans() {
        return registerMbeans;
    }

    /** See {@link PoolSettings#resetOnReturn}. */
    public ResetOnReturn resetOnReturn() {
        return resetOnReturn;
    }

    /** See {@link PoolSettings#resetTimeout}. */
    public @Nullable Duration resetTimeout() {
        return resetTimeout;
    }

    /** See {@link PoolSettings#storeTraceback}. */
    public boolean storeTraceback() {
        return storeTraceback;
    }

    /** See {@link PoolSettings#schema}. */
    public @Nullable String schema() {
        return schema;
    }

    /** See {@link PoolSettings#shedAfter}. */
    public @Nullable Duration shedAfter() {
        return shedAfter;
    }

    /** See {@link PoolSettings#ticker}. */
    public Ticker ticker() {
        return ticker;
    }

    /** See {@link PoolSettings#timeout}. */
    public @Nullable Duration timeout() {
        return timeout;
    }

    /** See {@link PoolSettings#trace}. */
    public Trace trace() {
        return trace;
    }

    /** See {@link PoolSettings#transactionIsolation}. */
    public @Nullable TransactionIsolation transactionIsolation() {
        return transactionIsolation;
    }

    /** See {@link PoolSettings#url}. */
    public @Nullable String url() {
        return url;
    }

    /** The JDBC URL as it may be shown: without passwords. */
    public @Nullable String maskedUrl() {
        return url == null ? null : Secrets.masked(url);
    }

    /** See {@link PoolSettings#useThreadLocal}. */
    public boolean useThreadLocal() {
        return useThreadLocal;
    }

    /** See {@link PoolSettings#username}. */
    public @Nullable String username() {
        return username;
    }

    /** See {@link PoolSettings#warmUp}. */
    public int warmUp() {
        return warmUp;
    }

    SessionDefaults sessionDefaults() {
        Integer isolation = transactionIsolation == null ? null : transactionIsolation.level();
        return new SessionDefaults(autoCommit, readOnly, isolation, catalog, schema, initSql);
    }

    ConnectionFactory effectiveConnectionFactory() {
        return connectionFactory != null ? connectionFactory : DriverConnectionFactory.from(this);
    }

    /** The duration in nanoseconds, or the longest representable time. */
    static long saturatedNanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    /** The settings by name as they may be shown: without secrets, and without those that are left to the database. */
    Map<String, String> shown() {
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("name", String.valueOf(name));
        shown.put("url", String.valueOf(maskedUrl()));
        shown.put("username", String.valueOf(username));
        shown.put("password", String.valueOf(password == null ? null : Secrets.MASK));
        shown.put("driverClassName", String.valueOf(driverClassName));
        shown.put("connectionProperties", String.valueOf(maskedProperties()));
        shown.put("connectionFactory", String.valueOf(connectionFactory));
        shown.put("poolSize", String.valueOf(poolSize));
        shown.put("maxOverflow", String.valueOf(maxOverflow));
        shown.put("maxWaiters", String.valueOf(maxWaiters == Integer.MAX_VALUE ? "unlimited" : maxWaiters));
        shown.put("shedAfter", String.valueOf(shedAfter == null ? "never" : shedAfter));
        shown.put("minIdle", String.valueOf(minIdle));
        shown.put("warmUp", String.valueOf(warmUp));
        shown.put("idleTimeout", String.valueOf(idleTimeout == null ? "off" : idleTimeout));
        shown.put("keepalive", String.valueOf(keepalive == null ? "off" : keepalive));
        shown.put("timeout", String.valueOf(timeout == null ? "none" : timeout));
        shown.put("recycle", String.valueOf(recycle == null ? "off" : recycle));
        shown.put("recycleJitter", String.valueOf(recycleJitter));
        shown.put("resetOnReturn", String.valueOf(resetOnReturn));
        show(shown, "resetTimeout", resetTimeout);
        shown.put("prePing", String.valueOf(prePing));
        shown.put("registerMbeans", String.valueOf(registerMbeans));
        shown.put("useThreadLocal", String.valueOf(useThreadLocal));
        show(shown, "autoCommit", autoCommit);
        show(shown, "readOnly", readOnly);
        show(shown, "transactionIsolation", transactionIsolation);
        show(shown, "catalog", catalog);
        show(shown, "schema", schema);
        show(shown, "initSql", initSql);
        shown.put("checkoutOrder", String.valueOf(checkoutOrder));
        shown.put("connectConcurrency", String.valueOf(connectConcurrency));
        shown.put("connectTimeout", String.valueOf(connectTimeout == null ? "none" : connectTimeout));
        shown.put("failFastAfter", String.valueOf(failFastAfter == null ? "never" : failFastAfter));
        shown.put("interceptors", String.valueOf(interceptors.size()));
        shown.put("echo", String.valueOf(echo));
        shown.put("patience", String.valueOf(patience));
        show(shown, "holdLimit", holdLimit);
        show(shown, "holdLimitCancel", holdLimitCancel);
        show(shown, "holdLimitAbort", holdLimitAbort);
        shown.put("nested", String.valueOf(nested));
        shown.put("trace", String.valueOf(trace));
        shown.put("listeners", String.valueOf(listeners.size()));
        shown.put("observers", String.valueOf(observers.size()));
        return shown;
    }

    private static void show(Map<String, String> shown, String name, @Nullable Object value) {
        if (value != null) {
            shown.put(name, value.toString());
        }
    }

    @Override
    public String toString() {
        return shown().entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(", ", "PoolConfig[", "]"));
    }

    /** Which properties of a driver are secret is the driver's business, so only their names are shown. */
    private Map<String, String> maskedProperties() {
        Map<String, String> masked = new TreeMap<>(connectionProperties);
        masked.replaceAll((property, value) -> Secrets.MASK);
        return masked;
    }

    /** Builds a {@link PoolConfig}. Not thread-safe. */
    public static final class Builder extends PoolSettings<Builder> {

        Builder() {}

        Builder(PoolConfig origin) {
            super(origin);
        }

        @Override
        Builder self() {
            return this;
        }

        /** The settings as they are now. */
        public PoolConfig build() {
            return new PoolConfig(this);
        }
    }
}
