/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Which settings of a running pool may change: those that no part of it has copied, and that say nothing of what it is. */
final class Changes {

    private record Fixed(String name, Function<PoolConfig, Object> value) {}

    private static final List<Fixed> FIXED = List.of(
            new Fixed("name", PoolConfig::name),
            new Fixed("url", config -> String.valueOf(config.url())),
            new Fixed("driver_class_name", config -> String.valueOf(config.driverClassName())),
            new Fixed("connection_properties", PoolConfig::connectionProperties),
            new Fixed("connection_factory", config -> Objects.requireNonNullElse(config.connectionFactory(), "none")),
            new Fixed("dialect", config -> Objects.requireNonNullElse(config.dialect(), "by URL")),
            new Fixed("disconnect_classifier", PoolConfig::disconnectClassifier),
            new Fixed("interceptors", PoolConfig::interceptors),
            new Fixed("listeners", PoolConfig::listeners),
            new Fixed("observers", PoolConfig::observers),
            new Fixed("checkout_order", PoolConfig::checkoutOrder),
            new Fixed("patience", PoolConfig::patience),
            new Fixed("use_thread_local", PoolConfig::useThreadLocal),
            new Fixed("register_mbeans", PoolConfig::registerMbeans),
            new Fixed("echo", PoolConfig::echo),
            new Fixed("ticker", PoolConfig::ticker));

    private Changes() {}

    /** Refuses what cannot change. */
    static void check(PoolConfig present, PoolConfig next) {
        for (Fixed setting : FIXED) {
            Object before = setting.value().apply(present);
            Object after = setting.value().apply(next);
            if (!before.equals(after)) {
                boolean secret = setting.name().equals("url") || setting.name().equals("connection_properties");
                throw new InvalidSettingException(
                        setting.name(),
                        secret ? Secrets.MASK : after,
                        "what it was when the pool was made; make another pool to change it");
            }
        }
        if (next.connectionFactory() != null && ofCredentials(present, next)) {
            boolean byName = !Objects.equals(present.username(), next.username());
            throw new InvalidSettingException(
                    byName ? "username" : "credentials",
                    byName ? next.username() : Secrets.MASK,
                    "what it was, since connections come from a connection_factory, which would not hear of it; let that one ask for"
                            + " the credentials");
        }
    }

    @SuppressWarnings("ReferenceEquality") // providers have no other
    static boolean ofCredentials(PoolConfig present, PoolConfig next) {
        return !Objects.equals(present.username(), next.username())
                || !Objects.equals(present.password(), next.password())
                || present.credentials() != next.credentials();
    }
}
