/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.dialect.Dialect;
import dev.naiad.pool.dialect.DisconnectClassifier;
import dev.naiad.pool.intercept.ExecutionInterceptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What can be set on a pool, for the builders of {@link PoolConfig} and {@link NaiadDataSource}. Each method refuses a value
 * it cannot accept with an {@link InvalidSettingException}.
 *
 * @param <B> the builder
 */
public abstract sealed class PoolSettings<B extends PoolSettings<B>>
        permits PoolConfig.Builder, NaiadDataSource.Builder {

    CheckoutOrder checkoutOrder = CheckoutOrder.AFFINE;

    /** Where a {@link QueuePool} closes connections, for tests; null for its own threads. */
    @Nullable
    Executor closers;

    @Nullable
    Boolean autoCommit;

    @Nullable
    String catalog;

    int connectConcurrency = 8;

    @Nullable
    Duration connectTimeout = Duration.ofSeconds(30);

    @Nullable
    ConnectionFactory connectionFactory;

    final Map<String, String> connectionProperties;

    @Nullable
    CredentialsProvider credentials;

    @Nullable
    Dialect dialect;

    DisconnectClassifier disconnectClassifier = (exception, proposal) -> proposal;

    @Nullable
    String driverClassName;

    @Nullable
    Duration failFastAfter = Duration.ofSeconds(10);

    @Nullable
    Duration holdLimit;

    @Nullable
    Duration holdLimitAbort;

    @Nullable
    Duration holdLimitCancel;

    final List<ExecutionInterceptor> interceptors;
    Echo echo = Echo.OFF;

    @Nullable
    Duration idleTimeout;

    @Nullable
    String initSql;

    @Nullable
    Duration keepalive;

    final List<PoolListener> listeners;
    int maxOverflow = 10;
    int maxWaiters = Integer.MAX_VALUE;
    int minIdle;
    String name = "default";
    Nested nested = Nested.FAIL;

    final List<Consumer<? super Pool>> observers;

    @Nullable
    String password;

    Duration patience = Duration.ofMillis(2);
    int poolSize = 5;
    PrePing prePing = PrePing.IDLE;

    @Nullable
    Boolean readOnly;

    @Nullable
    Duration recycle;

    double recycleJitter = 0.1;
    boolean registerMbeans;
    ResetOnReturn resetOnReturn = ResetOnReturn.ROLLBACK;

    @Nullable
    Duration resetTimeout;

    boolean storeTraceback = true;

    @Nullable
    String schema;

    @Nullable
    Duration shedAfter;

    Ticker ticker = Ticker.system();

    @Nullable
    Duration timeout = Duration.ofSeconds(30);

    Trace trace = Trace.ADAPTIVE;

    @Nullable
    TransactionIsolation transactionIsolation;

    @Nullable
    String url;

    boolean useThreadLocal;

    @Nullable
    String username;

    int warmUp;

    PoolSettings() {
        this.connectionProperties = new TreeMap<>();
        this.interceptors = new ArrayList<>();
        this.listeners = new ArrayList<>();
        this.observers = new ArrayList<>();
    }

    PoolSettings(PoolConfig origin) {
        this();
        copy(origin);
    }

    final void copy(PoolConfig origin) {
        checkoutOrder = origin.checkoutOrder();
        closers = origin.closers();
        autoCommit = origin.autoCommit();
        catalog = origin.catalog();
        connectConcurrency = origin.connectConcurrency();
        connectTimeout = origin.connectTimeout();
        connectionFactory = origin.connectionFactory();
        connectionProperties.clear();
        connectionProperties.putAll(origin.connectionProperties());
        credentials = origin.credentials();
        dialect = origin.dialect();
        disconnectClassifier = origin.disconnectClassifier();
        driverClassName = origin.driverClassName();
        failFastAfter = origin.failFastAfter();
        holdLimit = origin.holdLimit();
        holdLimitAbort = origin.holdLimitAbort();
        holdLimitCancel = origin.holdLimitCancel();
        interceptors.clear();
        interceptors.addAll(origin.interceptors());
        echo = origin.echo();
        idleTimeout = origin.idleTimeout();
        initSql = origin.initSql();
        keepalive = origin.keepalive();
        listeners.clear();
        listeners.addAll(origin.listeners());
        maxOverflow = origin.maxOverflow();
        maxWaiters = origin.maxWaiters();
        minIdle = origin.minIdle();
        name = origin.name();
        nested = origin.nested();
        observers.clear();
        observers.addAll(origin.observers());
        password = origin.password();
        patience = origin.patience();
        poolSize = origin.poolSize();
        prePing = origin.prePing();
        readOnly = origin.readOnly();
        recycle = origin.recycle();
        recycleJitter = origin.recycleJitter();
        registerMbeans = origin.registerMbeans();
        resetOnReturn = origin.resetOnReturn();
        resetTimeout = origin.resetTimeout();
        storeTraceback = origin.storeTraceback();
        schema = origin.schema();
        shedAfter = origin.shedAfter();
        ticker = origin.ticker();
        timeout = origin.timeout();
        trace = origin.trace();
        transactionIsolation = origin.transactionIsolation();
        url = origin.url();
        useThreadLocal = origin.useThreadLocal();
        username = origin.username();
        warmUp = origin.warmUp();
    }

    abstract B self();

    /** The JDBC URL. Required unless there is a {@link #connectionFactory}. */
    public final B url(@Nullable String url) {
        this.url = url;
        return self();
    }

    /** The database user; null to leave it to the URL or the driver. */
    public final B username(@Nullable String username) {
        this.username = username;
        return self();
    }

    /** The database user's password. Never shown in messages. */
    public final B password(@Nullable String password) {
        this.password = password;
        return self();
    }

    /**
     * Asked for user and password before each connection is opened, in place of {@link #username} and {@link #password}; null,
     * the default, for those. Without effect on a {@link #connectionFactory}. See also {@link QueuePool#rotate()}.
     */
    public final B credentials(@Nullable CredentialsProvider credentials) {
        this.credentials = credentials;
        return self();
    }

    /** The JDBC driver's class; null, the default, to find the driver by the URL. */
    public final B driverClassName(@Nullable String driverClassName) {
        this.driverClassName = driverClassName;
        return self();
    }

    /** A property for the driver, beside user and password; see the driver's documentation. */
    public final B connectionProperty(String property, String value) {
        connectionProperties.put(property, value);
        return self();
    }

    /**
     * Opens the physical connections, in place of the driver found by {@link #url}; null for the driver. SQLAlchemy:
     * {@code creator}.
     */
    public final B connectionFactory(@Nullable ConnectionFactory connectionFactory) {
        this.connectionFactory = connectionFactory;
        return self();
    }

    /** Which of several idle connections is lent. Default {@link CheckoutOrder#AFFINE}. SQLAlchemy: {@code use_lifo}. */
    public final B checkoutOrder(CheckoutOrder checkoutOrder) {
        this.checkoutOrder = checkoutOrder;
        return self();
    }

    /**
     * How many connections may be opened at the same time; 1 or more. Default 8. An opening begins as soon as somebody waits. Only
     * where openings take 16 ms or longer are those in use given a sixteenth of that time to come back first, and nothing is opened
     * for a crowd that is being served so fast that it will be gone before a connection could be opened.
     */
    public final B connectConcurrency(int connectConcurrency) {
        if (connectConcurrency < 1) {
            throw new InvalidSettingException("connect_concurrency", connectConcurrency, "1 or more");
        }
        this.connectConcurrency = connectConcurrency;
        return self();
    }

    /**
     * How long one attempt to open a connection may take. After that it is abandoned, and a connection that comes of it after all is
     * closed at once. In a {@link QueuePool} a waiter gets another attempt if its time allows; in the other pools the caller gets an
     * {@link java.sql.SQLTransientConnectionException}. Null: without limit. Default 30 seconds. Where neither this nor {@link #timeout}
     * limits it, those pools open on their callers' threads.
     */
    public final B connectTimeout(@Nullable Duration connectTimeout) {
        this.connectTimeout = positiveOrNull("connect_timeout", connectTimeout);
        return self();
    }

    /**
     * After how long without a successful attempt to open a connection callers get the last failure at once, in a
     * {@link DatabaseUnavailableException}, instead of an attempt of their own. There is one attempt at a time then, with pauses
     * of up to a second, and the first success ends this. Zero: after the first failure; null: never. Default 10 seconds.
     */
    public final B failFastAfter(@Nullable Duration failFastAfter) {
        if (failFastAfter != null && failFastAfter.isNegative()) {
            throw new InvalidSettingException("fail_fast_after", failFastAfter, "a duration of 0 or more");
        }
        this.failFastAfter = failFastAfter;
        return self();
    }

    /**
     * How the database ends transactions and connections, and reports dead ones. Null, the default: found by {@link #url}, or
     * else by the name the database gives itself when the first connection is opened. SQLAlchemy: {@code dialect}.
     */
    public final B dialect(@Nullable Dialect dialect) {
        this.dialect = dialect;
        return self();
    }

    /**
     * Whether the pool logs at INFO what it otherwise logs at DEBUG. Default {@link Echo#OFF}. SQLAlchemy: {@code echo}, or
     * {@code echo_pool} of an engine.
     */
    public final B echo(Echo echo) {
        this.echo = echo;
        return self();
    }

    /**
     * Whether connections are lent with autocommit on. Null, the default: as the driver has it, which mostly is on. What a user
     * changes is put back on return in any case, here and for the following properties.
     */
    public final B autoCommit(@Nullable Boolean autoCommit) {
        this.autoCommit = autoCommit;
        return self();
    }

    /** Whether connections are lent read-only. Null, the default: as the driver has it. */
    public final B readOnly(@Nullable Boolean readOnly) {
        this.readOnly = readOnly;
        return self();
    }

    /**
     * The isolation of the transactions of a connection just lent. Null, the default: as the database has it. SQLAlchemy:
     * {@code isolation_level}.
     */
    public final B transactionIsolation(@Nullable TransactionIsolation transactionIsolation) {
        this.transactionIsolation = transactionIsolation;
        return self();
    }

    /** The catalog of a connection just lent. Null, the default: that of the URL. */
    public final B catalog(@Nullable String catalog) {
        this.catalog = catalog;
        return self();
    }

    /** The schema of a connection just lent. Null, the default: the user's. */
    public final B schema(@Nullable String schema) {
        this.schema = schema;
        return self();
    }

    /**
     * An SQL statement that is executed on each new connection, once, before any listener gets it. If it fails, so does the
     * opening. Null, the default: none. SQLAlchemy: a {@code connect} listener.
     */
    public final B initSql(@Nullable String initSql) {
        if (initSql != null && initSql.isBlank()) {
            throw new InvalidSettingException("init_sql", initSql, "an SQL statement, or null for none");
        }
        this.initSql = initSql;
        return self();
    }

    /** Has the last word on which exceptions mean that a connection is dead. SQLAlchemy: {@code handle_error}. */
    public final B disconnectClassifier(DisconnectClassifier disconnectClassifier) {
        this.disconnectClassifier = disconnectClassifier;
        return self();
    }

    /** When a connection is asked whether it is alive before it is lent. SQLAlchemy: {@code pre_ping}. */
    public final B prePing(PrePing prePing) {
        this.prePing = prePing;
        return self();
    }

    /** Adds a listener; those added here come before all added to the pool later. SQLAlchemy: {@code events}. */
    public final B listener(PoolListener listener) {
        listeners.add(listener);
        return self();
    }

    /**
     * Adds something that is told of the pool when it has been made, before it opens its first connection: the place to {@link
     * Pool#subscribe} if not even the connections of {@link #warmUp} are to be missed. Called in the thread that makes the pool,
     * which fails if it throws. A {@linkplain Pool#recreate recreated} pool has the listeners of the one before, so of it nobody is
     * told again.
     */
    public final B observer(Consumer<? super Pool> observer) {
        observers.add(Objects.requireNonNull(observer, "observer"));
        return self();
    }

    /**
     * Adds an interceptor of statements and transactions; it stands inside of those added before. Default none, which costs
     * nothing. SQLAlchemy: {@code proxy}, of which there is only one.
     */
    public final B interceptor(ExecutionInterceptor interceptor) {
        interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
        return self();
    }

    /** The pool's name in logs, metrics and messages. Default {@code "default"}. */
    public final B name(String name) {
        if (name.isBlank()) {
            throw new InvalidSettingException("name", name, "a name that is not blank");
        }
        this.name = name;
        return self();
    }

    /** How many connections are kept; 0 means no limit. Default 5. SQLAlchemy: {@code pool_size}. */
    public final B poolSize(int poolSize) {
        if (poolSize < 0) {
            throw new InvalidSettingException("pool_size", poolSize, "0 or more (0 means no limit)");
        }
        this.poolSize = poolSize;
        return self();
    }

    /**
     * How many connections may be open beyond {@code pool_size}; they are closed when they come back. -1 means no limit.
     * Default 10. Without effect if {@code pool_size} is 0. SQLAlchemy: {@code max_overflow}.
     */
    public final B maxOverflow(int maxOverflow) {
        if (maxOverflow < -1) {
            throw new InvalidSettingException("max_overflow", maxOverflow, "-1 or more (-1 means no limit)");
        }
        this.maxOverflow = maxOverflow;
        return self();
    }

    /**
     * How many threads may wait at the same time; one more gets a {@link TooManyWaitersException} at once. 1 or more; by default
     * there is no limit.
     */
    public final B maxWaiters(int maxWaiters) {
        if (maxWaiters < 1) {
            throw new InvalidSettingException("max_waiters", maxWaiters, "1 or more");
        }
        this.maxWaiters = maxWaiters;
        return self();
    }

    /**
     * Refuses newcomers while the pool is overloaded: when the caller that has waited longest has waited for longer than this,
     * whoever finds nothing idle gets a {@link PoolOverloadedException} at once, until the queue has moved on. So after an
     * overload callers no longer wait almost as long as they can, only to be served in vain or not at all. More than zero, and
     * less than {@link #timeout} to have an effect. Null, the default: nobody is refused for this reason.
     */
    public final B shedAfter(@Nullable Duration shedAfter) {
        this.shedAfter = positiveOrNull("shed_after", shedAfter);
        return self();
    }

    /**
     * How many idle connections are kept ready, as far as {@link #poolSize} allows. They are opened in the background when
     * the pool is made, and whenever there are fewer; after {@link Pool#dispose()}, from the next time on that somebody needs
     * one. Zero, the default: connections are opened when they are asked for.
     */
    public final B minIdle(int minIdle) {
        if (minIdle < 0) {
            throw new InvalidSettingException("min_idle", minIdle, "0 or more");
        }
        this.minIdle = minIdle;
        return self();
    }

    /**
     * How many connections are opened when the pool is made, as far as {@link #poolSize} allows. They are opened in the
     * background: making the pool does not wait for them, and does not fail if the database cannot be reached. What failed is
     * tried again, after pauses that grow to 30 s; see {@link QueuePool#awaitWarm} and {@link QueuePool#isWarm}. Zero, the
     * default: none, or {@link #minIdle}.
     */
    public final B warmUp(int warmUp) {
        if (warmUp < 0) {
            throw new InvalidSettingException("warm_up", warmUp, "0 or more");
        }
        this.warmUp = warmUp;
        return self();
    }

    /**
     * The period whose demand decides how many idle connections are kept: those that the greatest number in use at the same
     * time during it did not need are closed, a few at a time, down to {@link #minIdle}. Null, the default: idle connections
     * are kept.
     */
    public final B idleTimeout(@Nullable Duration idleTimeout) {
        this.idleTimeout = positiveOrNull("idle_timeout", idleTimeout);
        return self();
    }

    /**
     * After how long at rest a connection is asked in the background whether it is alive, again and again, so that neither the
     * database nor anything in between cuts it off for being silent. Up to a fifth earlier at random, so that not all are asked
     * at once. Null, the default: never.
     */
    public final B keepalive(@Nullable Duration keepalive) {
        this.keepalive = positiveOrNull("keepalive", keepalive);
        return self();
    }

    private static @Nullable Duration positiveOrNull(String setting, @Nullable Duration value) {
        if (value != null && (value.isNegative() || value.isZero())) {
            throw new InvalidSettingException(setting, value, "a duration of more than 0");
        }
        return value;
    }

    /**
     * How long a caller waits for a connection before it gets a {@link PoolTimeoutException}, the time to open one included.
     * Zero: take what is idle or open a connection, for which {@link #connectTimeout} allows, but do not wait for others. Null: wait
     * without limit. Default 30 seconds. SQLAlchemy: {@code timeout}.
     */
    public final B timeout(@Nullable Duration timeout) {
        if (timeout != null && timeout.isNegative()) {
            throw new InvalidSettingException("timeout", timeout, "a duration of 0 or more (0 means do not wait)");
        }
        this.timeout = timeout;
        return self();
    }

    /**
     * For how long somebody who waits for a connection may be overtaken by callers that come later. A connection that comes back goes
     * straight to the caller who has waited longest, once that one has waited for longer than this; before, that caller is woken and
     * whoever is first gets it. Zero: the order of arrival, at the price of a change of threads for each connection handed
     * over. Default 2 ms. SQLAlchemy has no counterpart: there a newcomer may always overtake.
     */
    public final B patience(Duration patience) {
        if (patience.isNegative()) {
            throw new InvalidSettingException(
                    "patience", patience, "a duration of 0 or more (0 means order of arrival)");
        }
        this.patience = patience;
        return self();
    }

    /**
     * The age beyond which a connection is replaced, counted from the start of its opening: in the background while it is idle, by
     * {@link QueuePool} and a little earlier if there is {@linkplain #recycleJitter jitter}; else when it is next asked for. In a
     * {@link QueuePool} that is in steady use it is looked at twice a second rather than at each checkout. Null, the default:
     * connections do not age. SQLAlchemy: {@code recycle}, where off is -1.
     */
    public final B recycle(@Nullable Duration recycle) {
        if (recycle != null && recycle.isNegative()) {
            throw new InvalidSettingException("recycle", recycle, "a duration of 0 or more, or -1 (off)");
        }
        this.recycle = recycle;
        return self();
    }

    /**
     * By which part of {@code recycle} the life of a connection may be cut short at random, so that connections opened
     * together are not replaced together; 0 to 1. Default 0.1.
     */
    public final B recycleJitter(double recycleJitter) {
        if (!(recycleJitter >= 0 && recycleJitter <= 1)) {
            throw new InvalidSettingException("recycle_jitter", recycleJitter, "a number from 0 to 1");
        }
        this.recycleJitter = recycleJitter;
        return self();
    }

    /**
     * Whether the pool can be looked at and operated through JMX, as a {@link PoolMXBean} called {@code dev.naiad:type=Pool,name=…}.
     * Whoever may use the JVM's MBean server may then suspend and resize it. A pool whose name is taken gets a number behind its name
     * there. Default false. Needs the module {@code java.management}.
     */
    public final B registerMbeans(boolean registerMbeans) {
        this.registerMbeans = registerMbeans;
        return self();
    }

    /** What ends the transaction a connection comes back with. SQLAlchemy: {@code reset_on_return}. */
    public final B resetOnReturn(ResetOnReturn resetOnReturn) {
        this.resetOnReturn = resetOnReturn;
        return self();
    }

    /**
     * How long {@code close()} may wait for a connection that was used to be made fit for its next user: statements closed, the transaction
     * ended, the session restored. Then it returns, whatever the driver does; the connection is aborted and closed, its place serves
     * others, and a warning names the driver's method that does not end. Where {@link ResetOnReturn#COMMIT} was to commit something, {@code
     * close()} throws an {@link java.sql.SQLTimeoutException} with SQLState 08007, as nobody knows what became of it.
     *
     * <p>This takes another thread than the caller's, one of the pool's, on which listeners hear of reset and return, too; it costs
     * each such return some ten microseconds. Null, the default: the caller's own thread does it, at no cost. Then a reset that takes longer
     * than {@code timeout}, but at least 5 seconds, is aborted, which ends it unless the driver ignores that, too.
     */
    public final B resetTimeout(@Nullable Duration resetTimeout) {
        this.resetTimeout = positiveOrNull("reset_timeout", resetTimeout);
        return self();
    }

    /**
     * How long a borrower may hold a connection without using it. After that the pool says so, once: at WARN, by the event {@link
     * PoolEvent.HeldTooLong}, and in {@link PoolSnapshot#heldTooLong}; and if the connection comes back after all, it says that as
     * well. The time counts from the checkout or from the end of the last call on the connection, whichever is later, so a
     * connection whose statement is running, and one that is in steady use, is not taken for forgotten. What is read through a
     * stream, or through the driver's own objects, is not seen. The pool looks every half second. Null, the default: never.
     */
    public final B holdLimit(@Nullable Duration holdLimit) {
        this.holdLimit = checkedLimit("hold_limit", holdLimit);
        return self();
    }

    /**
     * After how long in a single call the pool has the driver cancel the statement that is running. Needs {@link #holdLimit}, and
     * must not be shorter. Null, the default: never.
     */
    public final B holdLimitCancel(@Nullable Duration holdLimitCancel) {
        this.holdLimitCancel = checkedLimit("hold_limit_cancel", holdLimitCancel);
        return self();
    }

    /**
     * After how long without use the pool takes a connection back: it is aborted, and its place given to others; calls of its
     * borrower fail from then on. A running statement is only ended like this if it was cancelled before and does not end by that;
     * and never a connection from which the driver's own object was unwrapped. Needs {@link #holdLimit}, and must not be
     * shorter. Null, the default: never.
     */
    public final B holdLimitAbort(@Nullable Duration holdLimitAbort) {
        this.holdLimitAbort = checkedLimit("hold_limit_abort", holdLimitAbort);
        return self();
    }

    private static @Nullable Duration checkedLimit(String setting, @Nullable Duration limit) {
        if (limit != null && (limit.isNegative() || limit.isZero())) {
            throw new InvalidSettingException(setting, limit, "a duration of more than 0");
        }
        return limit;
    }

    /**
     * What a {@link QueuePool} does when all its connections are held by threads that wait for another one: it fails the one that
     * began to wait last, only warns, or does nothing. Default {@link Nested#FAIL}. A connection that has come back meanwhile,
     * is in use, was used by another thread than its borrower, or whose driver's object was unwrapped, is no part of a deadlock;
     * programs that hand a connection to another thread which leaves it alone for most of a second, while the borrower waits for
     * another one, should choose {@link Nested#WARN}.
     */
    public final B nested(Nested nested) {
        this.nested = nested;
        return self();
    }

    /**
     * For which checkouts the stack is noted, so that reports and warnings tell where a connection was borrowed. Default {@link
     * Trace#ADAPTIVE}.
     */
    public final B trace(Trace trace) {
        this.trace = trace;
        return self();
    }

    final B closers(@Nullable Executor closers) {
        this.closers = closers;
        return self();
    }

    /**
     * Whether an {@link AssertionPool} remembers where its connection was checked out, to tell it to whoever asks for a second
     * one. Default true. SQLAlchemy: {@code store_traceback}.
     */
    public final B storeTraceback(boolean storeTraceback) {
        this.storeTraceback = storeTraceback;
        return self();
    }

    /** The source of time, for tests. */
    public final B ticker(Ticker ticker) {
        this.ticker = ticker;
        return self();
    }

    /**
     * Whether a thread that already holds a connection gets another handle on the same one instead of a second one. The connection
     * is reset and goes back when the last handle is closed. Not for code that relies on a second connection being independent, such
     * as a transaction that is to outlive another's rollback; {@link Pool#uniqueConnection()} is. Default false. SQLAlchemy:
     * {@code use_threadlocal}.
     */
    public final B useThreadLocal(boolean useThreadLocal) {
        this.useThreadLocal = useThreadLocal;
        return self();
    }
}
