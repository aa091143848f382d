/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.driver;

import dev.naiad.pool.AssertionPool;
import dev.naiad.pool.InvalidSettingException;
import dev.naiad.pool.NullPool;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.QueuePool;
import dev.naiad.pool.SingletonThreadPool;
import dev.naiad.pool.StaticPool;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The pools that can be asked for by name, each with the settings that mean nothing to it. */
enum PoolClass {
    QUEUE(QueuePool::new, ManagedSetting.STORE_TRACEBACK),
    NULL(
            NullPool::new,
            foreignToAllButQueues(ManagedSetting.POOL_SIZE, ManagedSetting.TIMEOUT, ManagedSetting.STORE_TRACEBACK)),
    STATIC(
            StaticPool::new,
            foreignToAllButQueues(
                    ManagedSetting.POOL_SIZE,
                    ManagedSetting.TIMEOUT,
                    ManagedSetting.USE_THREAD_LOCAL,
                    ManagedSetting.STORE_TRACEBACK)),
    SINGLETON_THREAD(
            SingletonThreadPool::new,
            foreignToAllButQueues(ManagedSetting.USE_THREAD_LOCAL, ManagedSetting.STORE_TRACEBACK)),
    ASSERTION(
            AssertionPool::new,
            foreignToAllButQueues(ManagedSetting.POOL_SIZE, ManagedSetting.TIMEOUT, ManagedSetting.USE_THREAD_LOCAL));

    private static final String SUFFIX = "pool";

    private final Function<PoolConfig, Pool> maker;
    private final Set<ManagedSetting> foreign;

    PoolClass(Function<PoolConfig, Pool> maker, ManagedSetting... foreign) {
        this.maker = maker;
        this.foreign = Set.of(foreign);
    }

    private static ManagedSetting[] foreignToAllButQueues(ManagedSetting... others) {
        return Stream.concat(
                        Stream.of(
                                ManagedSetting.CHECKOUT_ORDER,
                                ManagedSetting.CONNECT_CONCURRENCY,
                                ManagedSetting.CONNECT_TIMEOUT,
                                ManagedSetting.FAIL_FAST_AFTER,
                                ManagedSetting.MAX_OVERFLOW,
                                ManagedSetting.MAX_WAITERS,
                                ManagedSetting.PATIENCE),
                        Stream.of(others))
                .toArray(ManagedSetting[]::new);
    }

    /** Reads {@code queue} or {@code QueuePool}, in any case. */
    static PoolClass of(String text) {
        String name = ManagedSetting.bare(text);
        return Arrays.stream(values())
                .filter(candidate -> name.equals(candidate.bare()) || name.equals(candidate.bare() + SUFFIX))
                .findFirst()
                .orElseThrow(() -> new InvalidSettingException(
                        ManagedSetting.POOL_CLASS.property(), text, String.join(", ", names())));
    }

    static List<String> names() {
        return Arrays.stream(values()).map(PoolClass::text).toList();
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    private String bare() {
        return ManagedSetting.bare(name());
    }

    /** Refuses settings that the pool would not heed. */
    void check(Set<ManagedSetting> given) {
        for (ManagedSetting setting : given) {
            if (foreign.contains(setting)) {
                String suitable = Arrays.stream(values())
                        .filter(other -> !other.foreign.contains(setting))
                        .map(PoolClass::text)
                        .collect(Collectors.joining(", "));
                throw new InvalidSettingException(
                        ManagedSetting.POOL_CLASS.property(),
                        text(),
                        "with " + setting.property() + ": " + suitable + "; without: " + String.join(", ", names()));
            }
        }
    }

    Pool make(PoolConfig config) {
        return maker.apply(config);
    }
}
