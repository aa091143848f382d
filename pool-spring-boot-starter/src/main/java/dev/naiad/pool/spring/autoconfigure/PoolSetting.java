/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PoolSettings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a setting gets from a property into the pool, and can be shown. A new setting of {@link PoolSettings} is one field in
 * {@link PoolProperties} and one line here.
 *
 * @param name the property's name, below {@code naiad}
 * @param given the property's value; null or an empty map if it is not set
 * @param present the setting's value, as it would be written in a property
 * @param change sets it; refuses a bad value with the core's exception
 */
public record PoolSetting<T>(
        String name,
        Function<PoolProperties, @Nullable T> given,
        Function<PoolConfig, @Nullable T> present,
        BiConsumer<PoolConfig.Builder, T> change) {

    private static final Duration OFF = Duration.ofSeconds(-1);
    private static final PoolConfig DEFAULT = PoolConfig.builder().build();
    private static final String MASK = "***";

    /** All of them, in the order of their names. */
    public static final List<PoolSetting<?>> ALL = List.of(
            of("auto-commit", PoolProperties::getAutoCommit, PoolConfig::autoCommit, PoolSettings::autoCommit),
            of("catalog", PoolProperties::getCatalog, PoolConfig::catalog, PoolSettings::catalog),
            of(
                    "checkout-order",
                    PoolProperties::getCheckoutOrder,
                    PoolConfig::checkoutOrder,
                    PoolSettings::checkoutOrder),
            of(
                    "connect-concurrency",
                    PoolProperties::getConnectConcurrency,
                    PoolConfig::connectConcurrency,
                    PoolSettings::connectConcurrency),
            of(
                    "connect-timeout",
                    PoolProperties::getConnectTimeout,
                    PoolConfig::connectTimeout,
                    PoolSettings::connectTimeout),
            new PoolSetting<Map<String, String>>(
                    "connection-properties",
                    PoolProperties::getConnectionProperties,
                    PoolConfig::connectionProperties,
                    (pool, value) -> value.forEach(pool::connectionProperty)),
            of("echo", PoolProperties::getEcho, PoolConfig::echo, PoolSettings::echo),
            of(
                    "fail-fast-after",
                    PoolProperties::getFailFastAfter,
                    pool -> offWhenNull(pool.failFastAfter()),
                    (pool, value) -> pool.failFastAfter(nullWhenOff(value))),
            of(
                    "hold-limit",
                    PoolProperties::getHoldLimit,
                    pool -> offWhenNull(pool.holdLimit()),
                    (pool, value) -> pool.holdLimit(nullWhenOff(value))),
            of(
                    "hold-limit-abort",
                    PoolProperties::getHoldLimitAbort,
                    pool -> offWhenNull(pool.holdLimitAbort()),
                    (pool, value) -> pool.holdLimitAbort(nullWhenOff(value))),
            of(
                    "hold-limit-cancel",
                    PoolProperties::getHoldLimitCancel,
                    pool -> offWhenNull(pool.holdLimitCancel()),
                    (pool, value) -> pool.holdLimitCancel(nullWhenOff(value))),
            of(
                    "idle-timeout",
                    PoolProperties::getIdleTimeout,
                    pool -> offWhenNull(pool.idleTimeout()),
                    (pool, value) -> pool.idleTimeout(nullWhenOff(value))),
            of("init-sql", PoolProperties::getInitSql, PoolConfig::initSql, PoolSettings::initSql),
            of(
                    "keepalive",
                    PoolProperties::getKeepalive,
                    pool -> offWhenNull(pool.keepalive()),
                    (pool, value) -> pool.keepalive(nullWhenOff(value))),
            of("max-overflow", PoolProperties::getMaxOverflow, PoolConfig::maxOverflow, PoolSettings::maxOverflow),
            of("max-waiters", PoolProperties::getMaxWaiters, PoolConfig::maxWaiters, PoolSettings::maxWaiters),
            of("min-idle", PoolProperties::getMinIdle, PoolConfig::minIdle, PoolSettings::minIdle),
            of("nested", PoolProperties::getNested, PoolConfig::nested, PoolSettings::nested),
            of("patience", PoolProperties::getPatience, PoolConfig::patience, PoolSettings::patience),
            of("pool-size", PoolProperties::getPoolSize, PoolConfig::poolSize, PoolSettings::poolSize),
            of("pre-ping", PoolProperties::getPrePing, PoolConfig::prePing, PoolSettings::prePing),
            of("read-only", PoolProperties::getReadOnly, PoolConfig::readOnly, PoolSettings::readOnly),
            of(
                    "recycle",
                    PoolProperties::getRecycle,
                    pool -> offWhenNull(pool.recycle()),
                    (pool, value) -> pool.recycle(nullWhenOff(value))),
            of(
                    "recycle-jitter",
                    PoolProperties::getRecycleJitter,
                    PoolConfig::recycleJitter,
                    PoolSettings::recycleJitter),
            of(
                    "register-mbeans",
                    PoolProperties::getRegisterMbeans,
                    PoolConfig::registerMbeans,
                    PoolSettings::registerMbeans),
            of(
                    "reset-on-return",
                    PoolProperties::getResetOnReturn,
                    PoolConfig::resetOnReturn,
                    PoolSettings::resetOnReturn),
            of(
                    "reset-timeout",
                    PoolProperties::getResetTimeout,
                    pool -> offWhenNull(pool.resetTimeout()),
                    (pool, value) -> pool.resetTimeout(nullWhenOff(value))),
            of("schema", PoolProperties::getSchema, PoolConfig::schema, PoolSettings::schema),
            of(
                    "store-traceback",
                    PoolProperties::getStoreTraceback,
                    PoolConfig::storeTraceback,
                    PoolSettings::storeTraceback),
            of(
                    "shed-after",
                    PoolProperties::getShedAfter,
                    pool -> offWhenNull(pool.shedAfter()),
                    (pool, value) -> pool.shedAfter(nullWhenOff(value))),
            of("timeout", PoolProperties::getTimeout, PoolConfig::timeout, PoolSettings::timeout),
            of("trace", PoolProperties::getTrace, PoolConfig::trace, PoolSettings::trace),
            of(
                    "transaction-isolation",
                    PoolProperties::getTransactionIsolation,
                    PoolConfig::transactionIsolation,
                    PoolSettings::transactionIsolation),
            of(
                    "use-thread-local",
                    PoolProperties::getUseThreadLocal,
                    PoolConfig::useThreadLocal,
                    PoolSettings::useThreadLocal),
            of("warm-up", PoolProperties::getWarmUp, PoolConfig::warmUp, PoolSettings::warmUp));

    private static <T> PoolSetting<T> of(
            String name,
            Function<PoolProperties, @Nullable T> given,
            Function<PoolConfig, @Nullable T> present,
            BiConsumer<PoolConfig.Builder, T> change) {
        return new PoolSetting<>(name, given, present, change);
    }

    private static Duration offWhenNull(@Nullable Duration value) {
        return value == null ? OFF : value;
    }

    /** Whether the properties have it. */
    boolean isGivenIn(PoolProperties properties) {
        T value = given.apply(properties);
        return value != null && !value.equals(Map.of());
    }

    private static @Nullable Duration nullWhenOff(Duration value) {
        return value.equals(OFF) ? null : value;
    }

    /** Sets it by the first properties that have it, unless the pool has been given something else than the default in code. */
    void apply(List<? extends PoolProperties> properties, PoolConfig.Builder pool, PoolConfig before) {
        if (!isDefaultIn(before)) {
            return;
        }
        for (PoolProperties candidate : properties) {
            T value = given.apply(candidate);
            if (value != null && isGivenIn(candidate)) {
                change.accept(pool, value);
                return;
            }
        }
    }

    /** Whether a pool has it as it is when nobody sets it. */
    boolean isDefaultIn(PoolConfig pool) {
        return Objects.equals(present.apply(pool), present.apply(DEFAULT));
    }

    /** The value, without what might be a secret. */
    public @Nullable Object shownFor(PoolConfig pool) {
        T value = present.apply(pool);
        if (value instanceof Map<?, ?> map) {
            Map<String, String> masked = new TreeMap<>();
            map.keySet().forEach(key -> masked.put(String.valueOf(key), MASK));
            return masked;
        }
        return value instanceof Duration || value instanceof Enum<?>
                ? value.toString().toLowerCase(Locale.ROOT)
                : value;
    }
}
