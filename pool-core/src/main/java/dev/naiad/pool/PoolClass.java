/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A class of pool that can be asked for by name, with the settings that mean nothing to it. Immutable.
 *
 * <p>SQLAlchemy counterpart: the argument {@code poolclass}.
 */
public final class PoolClass {

    /** {@link QueuePool}: keeps connections. The default. */
    public static final PoolClass QUEUE = new PoolClass(QueuePool.class, "queue", QueuePool::new, "store_traceback");

    /** {@link NullPool}: opens one for each caller. */
    public static final PoolClass NULL =
            new PoolClass(NullPool.class, "null", NullPool::new, foreignToAllButQueues("pool_size", "store_traceback"));

    /** {@link StaticPool}: shares one. */
    public static final PoolClass STATIC = new PoolClass(
            StaticPool.class,
            "static",
            StaticPool::new,
            foreignToAllButQueues("pool_size", "use_thread_local", "store_traceback"));

    /** {@link SingletonThreadPool}: has one for each thread. */
    public static final PoolClass SINGLETON_THREAD = new PoolClass(
            SingletonThreadPool.class,
            "singleton_thread",
            SingletonThreadPool::new,
            foreignToAllButQueues("use_thread_local", "store_traceback"));

    /** {@link AssertionPool}: lends one at a time. */
    public static final PoolClass ASSERTION = new PoolClass(
            AssertionPool.class,
            "assertion",
            AssertionPool::new,
            foreignToAllButQueues("pool_size", "use_thread_local"));

    private static final String SETTING = "pool_class";
    private static final String SUFFIX = "pool";
    private static final List<PoolClass> KNOWN = List.of(QUEUE, NULL, STATIC, SINGLETON_THREAD, ASSERTION);

    private final Class<? extends Pool> type;
    private final String name;
    private final Function<PoolConfig, Pool> maker;
    private final Set<String> foreign;

    private PoolClass(Class<? extends Pool> type, String name, Function<PoolConfig, Pool> maker, String... foreign) {
        this.type = type;
        this.name = name;
        this.maker = maker;
        this.foreign = Set.of(foreign);
    }

    private static String[] foreignToAllButQueues(String... others) {
        return Stream.concat(
                        Stream.of(
                                "checkout_order",
                                "connect_concurrency",
                                "fail_fast_after",
                                "idle_timeout",
                                "keepalive",
                                "max_overflow",
                                "max_waiters",
                                "min_idle",
                                "nested",
                                "patience",
                                "shed_after",
                                "warm_up"),
                        Stream.of(others))
                .toArray(String[]::new);
    }

    /**
     * Reads {@code queue}, {@code QueuePool}, {@code singleton-thread} and so on, in any case; or the full name of a subclass of
     * {@link Pool} that can be made of a {@link PoolConfig}. It is looked for by the thread's context class loader.
     *
     * @throws InvalidSettingException if it is neither
     */
    public static PoolClass of(String text) {
        String bare = bare(text);
        return KNOWN.stream()
                .filter(candidate -> bare.equals(bare(candidate.name)) || bare.equals(bare(candidate.name) + SUFFIX))
                .findFirst()
                .orElseGet(() -> ofClassName(text.strip()));
    }

    private static PoolClass ofClassName(String className) {
        try {
            ClassLoader loader = Thread.currentThread().getContextClassLoader();
            PoolClass named =
                    of(Class.forName(className, false, loader != null ? loader : PoolClass.class.getClassLoader())
                            .asSubclass(Pool.class));
            if (!KNOWN.contains(named)) {
                constructor(named.type);
            }
            return named;
        } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
            throw refused(className, e);
        }
    }

    /** The one that has this class. */
    public static PoolClass of(Class<? extends Pool> type) {
        return KNOWN.stream()
                .filter(known -> known.type.equals(type))
                .findFirst()
                .orElseGet(() -> new PoolClass(type, type.getName(), config -> reflectively(type, config)));
    }

    private static Pool reflectively(Class<? extends Pool> type, PoolConfig config) {
        try {
            return constructor(type).newInstance(config);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked; // such as an InvalidSettingException
            }
            throw refused(type.getName(), Objects.requireNonNullElse(e.getCause(), e));
        } catch (ReflectiveOperationException e) {
            throw refused(type.getName(), e);
        }
    }

    private static Constructor<? extends Pool> constructor(Class<? extends Pool> type)
            throws ReflectiveOperationException {
        return type.getConstructor(PoolConfig.class);
    }

    private static InvalidSettingException refused(String text, @Nullable Throwable cause) {
        return new InvalidSettingException(
                SETTING,
                text,
                String.join(", ", names())
                        + ", or the full name of a public class that extends Pool and has a public constructor with a PoolConfig",
                cause);
    }

    /** The names there are for the pool classes of this library. */
    public static List<String> names() {
        return KNOWN.stream().map(PoolClass::name).toList();
    }

    /** The names of those to which a setting, such as {@code max_overflow}, means something. */
    public static List<String> supporting(String setting) {
        return KNOWN.stream()
                .filter(candidate -> candidate.supports(setting))
                .map(PoolClass::name)
                .toList();
    }

    /** {@code queue}, {@code null}, {@code static}, {@code singleton_thread} or {@code assertion}; else the name of the class. */
    public String name() {
        return name;
    }

    /**
     * Whether a setting, such as {@code max_overflow}, means anything to it. Of a class that is not of this library it is
     * assumed.
     */
    public boolean supports(String setting) {
        return !foreign.contains(setting);
    }

    /** The settings that mean nothing to it. */
    Set<String> foreign() {
        return foreign;
    }

    /**
     * Makes a pool. Opens no connection.
     *
     * @throws InvalidSettingException if settings are missing or do not fit together
     */
    public Pool make(PoolConfig config) {
        return maker.apply(config);
    }

    private static String bare(String name) {
        return name.strip().replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PoolClass poolClass && type.equals(poolClass.type);
    }

    @Override
    public int hashCode() {
        return type.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
