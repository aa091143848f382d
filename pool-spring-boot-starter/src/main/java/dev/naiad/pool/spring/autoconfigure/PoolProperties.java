/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.CheckoutOrder;
import dev.naiad.pool.Echo;
import dev.naiad.pool.Nested;
import dev.naiad.pool.PrePing;
import dev.naiad.pool.ResetOnReturn;
import dev.naiad.pool.Trace;
import dev.naiad.pool.TransactionIsolation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationUnit;

/**
 * The settings every pool has. Null is "not set"; the default is then the core's. What is done with each stands in
 * {@link PoolSetting}.
 */
public abstract class PoolProperties {

    PoolProperties() {}

    /** Number of connections that may be opened at the same time. */
    private @Nullable Integer connectConcurrency;

    /** Properties for the JDBC driver, beside user and password. */
    private Map<String, String> connectionProperties = new LinkedHashMap<>();

    /** Number of connections that may be open for a while beyond the pool size. -1 means no limit. */
    private @Nullable Integer maxOverflow;

    /**
     * Time for which a waiting caller may be overtaken by one that comes later. 0 means strict order of arrival. If a duration
     * suffix is not specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration patience;

    /** Number of connections kept open. 0 means no limit. */
    private @Nullable Integer poolSize;

    /** When a connection is asked whether it is alive before it is lent. */
    private @Nullable PrePing prePing;

    /**
     * Age beyond which a connection is replaced when it is next asked for. -1 switches this off. If a duration suffix is not
     * specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration recycle;

    /** Part of the recycle age, 0 to 1, by which the life of a connection may be cut short at random. */
    private @Nullable Double recycleJitter;

    /** What ends the transaction that a connection comes back with. */
    private @Nullable ResetOnReturn resetOnReturn;

    /**
     * Time close() waits for a connection to be reset by a thread of the pool before that is aborted. -1 resets on the caller's
     * thread. If a duration suffix is not specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration resetTimeout;

    /**
     * Time a caller waits for a connection, including the time to open one. 0 means not to wait. If a duration suffix is not
     * specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration timeout;

    /**
     * Time that one attempt to open a connection may take before it is abandoned. If a duration suffix is not specified,
     * seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration connectTimeout;

    /**
     * Time without a successful attempt to open a connection after which callers get the last failure at once. 0 means after
     * the first failure, -1 never. If a duration suffix is not specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration failFastAfter;

    /** Whether a thread that already holds a connection gets another handle on the same one. */
    private @Nullable Boolean useThreadLocal;

    /** How much the pool logs at INFO instead of DEBUG. */
    private @Nullable Echo echo;

    /** Whether connections are lent with autocommit on. Left to the driver if not set. */
    private @Nullable Boolean autoCommit;

    /** Catalog of a connection that is lent. That of the URL if not set. */
    private @Nullable String catalog;

    /** SQL statement that is executed once on each new connection. */
    private @Nullable String initSql;

    /**
     * Time a connection may be held unused before the pool says so. -1 switches this off. If a duration suffix is not specified,
     * seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration holdLimit;

    /**
     * Time unused after which a connection is taken back and closed. -1 switches this off. If a duration suffix is not specified,
     * seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration holdLimitAbort;

    /**
     * Time in a single call after which its statement is cancelled. -1 switches this off. If a duration suffix is not specified,
     * seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration holdLimitCancel;

    /** What is done when all connections are held by threads that wait for another one. */
    private @Nullable Nested nested;

    /** For which checkouts the stack is noted, to tell where a connection was borrowed that does not come back. */
    private @Nullable Trace trace;

    /** Whether connections are lent read-only. Left to the driver if not set. */
    private @Nullable Boolean readOnly;

    /** Schema of a connection that is lent. The user's if not set. */
    private @Nullable String schema;

    /** Isolation of the transactions of a connection that is lent. Left to the database if not set. */
    private @Nullable TransactionIsolation transactionIsolation;

    /** Which of the idle connections is lent. */
    private @Nullable CheckoutOrder checkoutOrder;

    /** Class of the pool: a name, or the full name of a class that extends 'dev.naiad.pool.Pool'. */
    private @Nullable String poolClass;

    /**
     * Directory with a file 'password' and perhaps a file 'username', such as a mounted secret. Connections are replaced when they
     * change.
     */
    private @Nullable Path credentialsDirectory;

    /**
     * Time within which a first connection must have been opened when the application starts; if there is none, the start fails.
     * 0 means one attempt. -1 starts without. If a duration suffix is not specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration initializationFailTimeout;

    /** Whether a pool of the class 'assertion' remembers where its connection was checked out. */
    private @Nullable Boolean storeTraceback;

    /** Whether the pool can be looked at and operated through JMX. */
    private @Nullable Boolean registerMbeans;

    /** Number of callers that may wait for a connection at the same time. More are refused at once. */
    private @Nullable Integer maxWaiters;

    /**
     * Time that the caller that waits longest must have waited for newcomers to be refused at once. -1 switches this off. If a
     * duration suffix is not specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration shedAfter;

    /** Number of idle connections that are kept ready. */
    private @Nullable Integer minIdle;

    /** Number of connections that are opened in the background when the pool starts. */
    private @Nullable Integer warmUp;

    /**
     * Time after which idle connections are closed that the peak of use meanwhile did not need. -1 switches this off. If a
     * duration suffix is not specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration idleTimeout;

    /**
     * Time at rest after which a connection is asked in the background whether it is alive. -1 switches this off. If a duration
     * suffix is not specified, seconds will be used.
     */
    @DurationUnit(ChronoUnit.SECONDS)
    private @Nullable Duration keepalive;

    public @Nullable Integer getConnectConcurrency() {
        return connectConcurrency;
    }

    public void setConnectConcurrency(@Nullable Integer connectConcurrency) {
        this.connectConcurrency = connectConcurrency;
    }

    public Map<String, String> getConnectionProperties() {
        return connectionProperties;
    }

    public void setConnectionProperties(Map<String, String> connectionProperties) {
        this.connectionProperties = connectionProperties;
    }

    public @Nullable Integer getMaxOverflow() {
        return maxOverflow;
    }

    public void setMaxOverflow(@Nullable Integer maxOverflow) {
        this.maxOverflow = maxOverflow;
    }

    public @Nullable Duration getPatience() {
        return patience;
    }

    public void setPatience(@Nullable Duration patience) {
        this.patience = patience;
    }

    public @Nullable Integer getPoolSize() {
        return poolSize;
    }

    public void setPoolSize(@Nullable Integer poolSize) {
        this.poolSize = poolSize;
    }

    public @Nullable PrePing getPrePing() {
        return prePing;
    }

    public void setPrePing(@Nullable PrePing prePing) {
        this.prePing = prePing;
    }

    public @Nullable Duration getRecycle() {
        return recycle;
    }

    public void setRecycle(@Nullable Duration recycle) {
        this.recycle = recycle;
    }

    public @Nullable Double getRecycleJitter() {
        return recycleJitter;
    }

    public void setRecycleJitter(@Nullable Double recycleJitter) {
        this.recycleJitter = recycleJitter;
    }

    public @Nullable ResetOnReturn getResetOnReturn() {
        return resetOnReturn;
    }

    public void setResetOnReturn(@Nullable ResetOnReturn resetOnReturn) {
        this.resetOnReturn = resetOnReturn;
    }

    public @Nullable Duration getResetTimeout() {
        return resetTimeout;
    }

    public void setResetTimeout(@Nullable Duration resetTimeout) {
        this.resetTimeout = resetTimeout;
    }

    public @Nullable Duration getTimeout() {
        return timeout;
    }

    public void setTimeout(@Nullable Duration timeout) {
        this.timeout = timeout;
    }

    public @Nullable Duration getConnectTimeout() {
        return connectTimeout;
    }

    public void setConnectTimeout(@Nullable Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    public @Nullable Duration getFailFastAfter() {
        return failFastAfter;
    }

    public void setFailFastAfter(@Nullable Duration failFastAfter) {
        this.failFastAfter = failFastAfter;
    }

    public @Nullable Boolean getUseThreadLocal() {
        return useThreadLocal;
    }

    public void setUseThreadLocal(@Nullable Boolean useThreadLocal) {
        this.useThreadLocal = useThreadLocal;
    }

    public @Nullable Echo getEcho() {
        return echo;
    }

    public void setEcho(@Nullable Echo echo) {
        this.echo = echo;
    }

    public @Nullable Boolean getAutoCommit() {
        return autoCommit;
    }

    public void setAutoCommit(@Nullable Boolean autoCommit) {
        this.autoCommit = autoCommit;
    }

    public @Nullable String getCatalog() {
        return catalog;
    }

    public void setCatalog(@Nullable String catalog) {
        this.catalog = catalog;
    }

    public @Nullable String getInitSql() {
        return initSql;
    }

    public void setInitSql(@Nullable String initSql) {
        this.initSql = initSql;
    }

    public @Nullable Boolean getReadOnly() {
        return readOnly;
    }

    public void setReadOnly(@Nullable Boolean readOnly) {
        this.readOnly = readOnly;
    }

    public @Nullable String getSchema() {
        return schema;
    }

    public void setSchema(@Nullable String schema) {
        this.schema = schema;
    }

    public @Nullable TransactionIsolation getTransactionIsolation() {
        return transactionIsolation;
    }

    public void setTransactionIsolation(@Nullable TransactionIsolation transactionIsolation) {
        this.transactionIsolation = transactionIsolation;
    }

    public @Nullable CheckoutOrder getCheckoutOrder() {
        return checkoutOrder;
    }

    public void setCheckoutOrder(@Nullable CheckoutOrder checkoutOrder) {
        this.checkoutOrder = checkoutOrder;
    }

    public @Nullable Integer getMaxWaiters() {
        return maxWaiters;
    }

    public void setMaxWaiters(@Nullable Integer maxWaiters) {
        this.maxWaiters = maxWaiters;
    }

    public @Nullable String getPoolClass() {
        return poolClass;
    }

    public void setPoolClass(@Nullable String poolClass) {
        this.poolClass = poolClass;
    }

    public @Nullable Boolean getStoreTraceback() {
        return storeTraceback;
    }

    public void setStoreTraceback(@Nullable Boolean storeTraceback) {
        this.storeTraceback = storeTraceback;
    }

    public @Nullable Path getCredentialsDirectory() {
        return credentialsDirectory;
    }

    public void setCredentialsDirectory(@Nullable Path credentialsDirectory) {
        this.credentialsDirectory = credentialsDirectory;
    }

    public @Nullable Duration getInitializationFailTimeout() {
        return initializationFailTimeout;
    }

    public void setInitializationFailTimeout(@Nullable Duration initializationFailTimeout) {
        this.initializationFailTimeout = initializationFailTimeout;
    }

    public @Nullable Boolean getRegisterMbeans() {
        return registerMbeans;
    }

    public void setRegisterMbeans(@Nullable Boolean registerMbeans) {
        this.registerMbeans = registerMbeans;
    }

    public @Nullable Duration getHoldLimit() {
        return holdLimit;
    }

    public void setHoldLimit(@Nullable Duration holdLimit) {
        this.holdLimit = holdLimit;
    }

    public @Nullable Duration getHoldLimitAbort() {
        return holdLimitAbort;
    }

    public void setHoldLimitAbort(@Nullable Duration holdLimitAbort) {
        this.holdLimitAbort = holdLimitAbort;
    }

    public @Nullable Duration getHoldLimitCancel() {
        return holdLimitCancel;
    }

    public void setHoldLimitCancel(@Nullable Duration holdLimitCancel) {
        this.holdLimitCancel = holdLimitCancel;
    }

    public @Nullable Nested getNested() {
        return nested;
    }

    public void setNested(@Nullable Nested nested) {
        this.nested = nested;
    }

    public @Nullable Trace getTrace() {
        return trace;
    }

    public void setTrace(@Nullable Trace trace) {
        this.trace = trace;
    }

    public @Nullable Duration getShedAfter() {
        return shedAfter;
    }

    public void setShedAfter(@Nullable Duration shedAfter) {
        this.shedAfter = shedAfter;
    }

    public @Nullable Integer getMinIdle() {
        return minIdle;
    }

    public void setMinIdle(@Nullable Integer minIdle) {
        this.minIdle = minIdle;
    }

    public @Nullable Integer getWarmUp() {
        return warmUp;
    }

    public void setWarmUp(@Nullable Integer warmUp) {
        this.warmUp = warmUp;
    }

    public @Nullable Duration getIdleTimeout() {
        return idleTimeout;
    }

    public void setIdleTimeout(@Nullable Duration idleTimeout) {
        this.idleTimeout = idleTimeout;
    }

    public @Nullable Duration getKeepalive() {
        return keepalive;
    }

    public void setKeepalive(@Nullable Duration keepalive) {
        this.keepalive = keepalive;
    }
}
