/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.driver;

import dev.naiad.pool.CheckoutOrder;
import dev.naiad.pool.Echo;
import dev.naiad.pool.InvalidSettingException;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.Nested;
import dev.naiad.pool.PoolClass;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PrePing;
import dev.naiad.pool.ResetOnReturn;
import dev.naiad.pool.Trace;
import dev.naiad.pool.TransactionIsolation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be set on a pool by text. The constants' names are the settings' names. They are applied in this order. */
enum ManagedSetting {

    /** Before the name, whose default it is. */
    KEY(
            "Names the pool: whoever gives the same key gets the same pool, whatever the URL and the other properties. The"
                    + " first to come decides those.",
            (settings, text) -> settings.name(filled(text)),
            config -> null),
    NAME("Name of the pool in logs, metrics and messages.", (settings, text) -> settings.name(text), config -> null),
    POOL_CLASS(
            "Class of the pool: queue keeps connections, null opens one for each caller, static shares one, singleton_thread has"
                    + " one for each thread, assertion lends one at a time; or the full name of a class.",
            (settings, text) -> settings.poolClass(PoolClass.of(text)::make),
            config -> PoolClass.QUEUE.name(),
            PoolClass::names),
    POOL_SIZE(
            "Number of connections kept open; 0 means no limit.",
            (settings, text) -> settings.poolSize(number(text)),
            PoolConfig::poolSize),
    MAX_OVERFLOW(
            "Number of connections that may be open beyond the pool size while they are needed; -1 means no limit.",
            (settings, text) -> settings.maxOverflow(number(text)),
            PoolConfig::maxOverflow),
    TIMEOUT(
            "How long a caller waits for a connection, opening included: seconds, or a duration such as 500ms; 0 means not"
                    + " to wait, none without limit.",
            (settings, text) -> settings.timeout(isNone(text) ? null : DurationText.parse(text)),
            config -> DurationText.of(config.timeout())),
    RECYCLE(
            "Age beyond which a connection is replaced when it is next asked for: seconds, or a duration such as 30m; -1"
                    + " or none means never.",
            (settings, text) -> settings.recycle(isNone(text) || text.equals("-1") ? null : DurationText.parse(text)),
            config -> DurationText.of(config.recycle())),
    RECYCLE_JITTER(
            "By which part of recycle a connection's life may be shorter, at random; 0 to 1.",
            (settings, text) -> settings.recycleJitter(fraction(text)),
            PoolConfig::recycleJitter),
    RESET_ON_RETURN(
            "What ends the transaction that a connection comes back with.",
            (settings, text) -> settings.resetOnReturn(ResetOnReturn.of(text)),
            PoolConfig::resetOnReturn,
            () -> textsOf(ResetOnReturn.values())),
    RESET_TIMEOUT(
            "How long a connection that comes back may hold up its borrower before it is aborted, done on a thread of the pool:"
                    + " seconds, or a duration such as 2s; none means on the borrower's own thread.",
            (settings, text) -> settings.resetTimeout(isNone(text) ? null : DurationText.parse(text)),
            config -> DurationText.of(config.resetTimeout())),
    PRE_PING(
            "When a connection is asked whether it is alive before it is lent.",
            (settings, text) -> settings.prePing(prePing(text)),
            PoolConfig::prePing,
            () -> textsOf(PrePing.values())),
    CONNECT_CONCURRENCY(
            "How many connections may be opened at the same time.",
            (settings, text) -> settings.connectConcurrency(number(text)),
            PoolConfig::connectConcurrency),
    CONNECT_TIMEOUT(
            "How long one attempt to open a connection may take: seconds, or a duration such as 500ms; none without limit.",
            (settings, text) -> settings.connectTimeout(isNone(text) ? null : DurationText.parse(text)),
            config -> DurationText.of(config.connectTimeout())),
    FAIL_FAST_AFTER(
            "After how long without a successful attempt to open a connection callers get the last failure at once: seconds,"
                    + " or a duration such as 500ms; none means never.",
            (settings, text) -> settings.failFastAfter(isNone(text) ? null : DurationText.parse(text)),
            config -> DurationText.of(config.failFastAfter())),
    PATIENCE(
            "How long a waiting caller may be overtaken by one that comes later: seconds, or a duration such as 2ms; 0 means"
                    + " strict order of arrival.",
            (settings, text) -> settings.patience(DurationText.parse(text)),
            config -> DurationText.of(config.patience())),
    MAX_WAITERS(
            "How many callers may wait for a connection; one more fails at once.",
            (settings, text) -> settings.maxWaiters(number(text)),
            config -> null),
    SHED_AFTER(
            "How long the caller that waits longest must have waited for newcomers to fail at once: seconds, or a duration such"
                    + " as 500ms; none means never.",
            (settings, text) -> settings.shedAfter(isNone(text) ? null : DurationText.parse(text)),
            config -> DurationText.of(config.shedAfter())),
    MIN_IDLE(
            "How many idle connections are kept ready.",
            (settings, text) -> settings.minIdle(number(text)),
            PoolConfig::minIdle),
    WARM_UP(
            "How many connections are opened in the background when the pool is made.",
            (settings, text) -> settings.warmUp(number(text)),
            PoolConfig::warmUp),
    IDLE_TIMEOUT(
            "For how long idle connections are kept that nobody needed meanwhile: seconds, or a duration such as 10m; none means"
                    + " for ever.",
            (settings, text) -> settings.idleTimeout(isNone(text) ? null : DurationText.parse(text)),
            config -> DurationText.of(config.idleTimeout())),
    KEEPALIVE(
            "How often an idle connection is asked in the background whether it is alive: seconds, or a duration such as 2m; none"
                    + " means never.",
            (settings, text) -> settings.keepalive(isNone(text) ? null : DurationText.parse(text)),
            config -> DurationText.of(config.keepalive())),
    CHECKOUT_ORDER(
            "Which of several idle connections is lent.",
            (settings, text) -> settings.checkoutOrder(choice(CheckoutOrder.class, text)),
            PoolConfig::checkoutOrder,
            () -> textsOf(CheckoutOrder.values())),
    AUTO_COMMIT(
            "Whether a connection just lent commits each statement by itself.",
            (settings, text) -> settings.autoCommit(truth(text)),
            PoolConfig::autoCommit,
            () -> List.of("true", "false")),
    READ_ONLY(
            "Whether a connection just lent is read-only.",
            (settings, text) -> settings.readOnly(truth(text)),
            PoolConfig::readOnly,
            () -> List.of("true", "false")),
    TRANSACTION_ISOLATION(
            "Isolation of the transactions of a connection just lent.",
            (settings, text) -> settings.transactionIsolation(choice(TransactionIsolation.class, text)),
            PoolConfig::transactionIsolation,
            () -> textsOf(TransactionIsolation.values())),
    CATALOG(
            "Catalog of a connection just lent.",
            (settings, text) -> settings.catalog(filled(text)),
            PoolConfig::catalog),
    SCHEMA("Schema of a connection just lent.", (settings, text) -> settings.schema(filled(text)), PoolConfig::schema),
    INIT_SQL(
            "SQL statement that is run once on each new connection.",
            (settings, text) -> settings.initSql(filled(text)),
            PoolConfig::initSql),
    ECHO(
            "How much the pool logs at INFO instead of DEBUG.",
            (settings, text) -> settings.echo(choice(Echo.class, text)),
            PoolConfig::echo,
            () -> textsOf(Echo.values())),
    USE_THREAD_LOCAL(
            "Whether a thread that already holds a connection gets another handle on the same one.",
            (settings, text) -> settings.useThreadLocal(truth(text)),
            PoolConfig::useThreadLocal,
            () -> List.of("true", "false")),
    STORE_TRACEBACK(
            "Whether an assertion pool remembers where its connection was checked out.",
            (settings, text) -> settings.storeTraceback(truth(text)),
            PoolConfig::storeTraceback,
            () -> List.of("true", "false")),
    TRACE(
            "For which checkouts the stack is noted, to tell where a connection was borrowed that does not come back.",
            (settings, text) -> settings.trace(choice(Trace.class, text)),
            PoolConfig::trace,
            () -> textsOf(Trace.values())),
    NESTED(
            "What is done when all connections are held by threads that wait for another one.",
            (settings, text) -> settings.nested(choice(Nested.class, text)),
            PoolConfig::nested,
            () -> textsOf(Nested.values())),
    HOLD_LIMIT(
            "How long a connection may be held unused before the pool says so: seconds, or a duration such as 30s; none means"
                    + " never.",
            (settings, text) -> settings.holdLimit(isNone(text) ? null : DurationText.parse(text)),
            config -> DurationText.of(config.holdLimit())),
    HOLD_LIMIT_CANCEL(
            "After how long in a single call its statement is cancelled: seconds, or a duration such as 5m; none means never.",
            (settings, text) -> settings.holdLimitCancel(isNone(text) ? null : DurationText.parse(text)),
            config -> DurationText.of(config.holdLimitCancel())),
    HOLD_LIMIT_ABORT(
            "After how long unused a connection is taken back and closed: seconds, or a duration such as 10m; none means never.",
            (settings, text) -> settings.holdLimitAbort(isNone(text) ? null : DurationText.parse(text)),
            config -> DurationText.of(config.holdLimitAbort())),
    REGISTER_MBEANS(
            "Whether the pool can be looked at and operated through JMX.",
            (settings, text) -> settings.registerMbeans(truth(text)),
            PoolConfig::registerMbeans,
            () -> List.of("true", "false")),
    DRIVER_CLASS_NAME(
            "Class of the database's driver; by default it is found by the URL.",
            (settings, text) -> settings.driverClassName(text),
            config -> null);

    /** Before the name of a setting among a driver's properties. */
    static final String PREFIX = "naiad.";

    private static final Map<String, ManagedSetting> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(setting -> bare(setting.name()), setting -> setting));

    private final String description;
    private final BiConsumer<NaiadDataSource.Builder, String> applying;
    private final Function<PoolConfig, @Nullable Object> reading;
    private final Supplier<List<String>> choices;

    ManagedSetting(
            String description,
            BiConsumer<NaiadDataSource.Builder, String> applying,
            Function<PoolConfig, @Nullable Object> reading) {
        this(description, applying, reading, List::of);
    }

    ManagedSetting(
            String description,
            BiConsumer<NaiadDataSource.Builder, String> applying,
            Function<PoolConfig, @Nullable Object> reading,
            Supplier<List<String>> choices) {
        this.description = description;
        this.applying = applying;
        this.reading = reading;
        this.choices = choices;
    }

    /**
     * The setting of that name, in the spelling {@code pool_size}, {@code pool-size} or {@code poolSize}, in any case.
     *
     * @param name without prefix
     * @param prefix what the name had before it, for the message
     */
    static ManagedSetting of(String name, String prefix) {
        ManagedSetting setting = BY_NAME.get(bare(name));
        if (setting == null) {
            // The value is not shown: with a name like naiad.password it might be a secret.
            throw new InvalidSettingException(
                    "the name of a setting",
                    prefix + name,
                    Arrays.stream(values()).map(known -> prefix + known.text()).collect(Collectors.joining(", ")));
        }
        return setting;
    }

    static String bare(String name) {
        return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }

    /** The name, as it is written in a URL. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name as it is written among properties. */
    String property() {
        return PREFIX + text();
    }

    String description() {
        return description;
    }

    /** The values to choose from; empty if there are too many. */
    List<String> choices() {
        return choices.get();
    }

    @Nullable
    String textIn(PoolConfig config) {
        Object value = reading.apply(config);
        return value == null ? null : value.toString().toLowerCase(Locale.ROOT);
    }

    /** Sets it, or refuses it under the name of the property. */
    void apply(NaiadDataSource.Builder settings, String text) {
        try {
            applying.accept(settings, text);
        } catch (InvalidSettingException e) {
            throw new InvalidSettingException(property(), text, e.allowed(), e);
        }
    }

    /** Refuses settings that a pool class would not heed. */
    static void check(PoolClass poolClass, Set<ManagedSetting> given) {
        for (ManagedSetting setting : given) {
            if (!poolClass.supports(setting.text())) {
                throw new InvalidSettingException(
                        POOL_CLASS.property(),
                        poolClass.name(),
                        "with " + setting.property() + ": " + String.join(", ", PoolClass.supporting(setting.text()))
                                + "; without: " + String.join(", ", PoolClass.names()));
            }
        }
    }

    private static boolean isNone(String text) {
        return text.equalsIgnoreCase("none");
    }

    private static String filled(String text) {
        if (text.isBlank()) {
            throw new InvalidSettingException("key", text, "a text that is not blank");
        }
        return text;
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new InvalidSettingException("number", text, "a whole number", e);
        }
    }

    private static boolean truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new InvalidSettingException("truth", text, "true or false");
        };
    }

    private static <E extends Enum<E>> E choice(Class<E> type, String text) {
        String name = bare(text);
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> bare(value.name()).equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidSettingException(
                        "choice", text, String.join(", ", textsOf(type.getEnumConstants()))));
    }

    private static double fraction(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new InvalidSettingException("number", text, "a number from 0 to 1", e);
        }
    }

    private static PrePing prePing(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "on", "true" -> PrePing.ON;
            case "off", "false" -> PrePing.OFF;
            case "idle" -> PrePing.IDLE;
            default -> throw new InvalidSettingException("pre_ping", text, "off, idle or on");
        };
    }

    private static List<String> textsOf(Enum<?>[] values) {
        return Arrays.stream(values)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
