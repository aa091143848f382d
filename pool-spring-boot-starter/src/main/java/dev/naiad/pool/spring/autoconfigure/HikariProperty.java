/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What HikariCP's properties are called here. */
enum HikariProperty {
    AUTO_COMMIT("naiad.auto-commit"),
    CATALOG("naiad.catalog"),
    CONNECTION_INIT_SQL("naiad.init-sql"),
    CONNECTION_TIMEOUT("naiad.timeout", HikariProperty::millis),
    DATA_SOURCE_PROPERTIES("naiad.connection-properties"),
    DRIVER_CLASS_NAME("spring.datasource.driver-class-name"),
    IDLE_TIMEOUT("naiad.idle-timeout", HikariProperty::millisOrOff),
    INITIALIZATION_FAIL_TIMEOUT("naiad." + FirstConnection.NAME, HikariProperty::millisOrWithout),
    JDBC_URL("spring.datasource.url"),
    KEEPALIVE_TIME("naiad.keepalive", HikariProperty::millisOrOff),
    LEAK_DETECTION_THRESHOLD("naiad.hold-limit", HikariProperty::millisOrOff),
    MAX_LIFETIME("naiad.recycle", HikariProperty::millisOrOff),
    MAXIMUM_POOL_SIZE("naiad.pool-size"),
    MINIMUM_IDLE("naiad.min-idle"),
    PASSWORD("spring.datasource.password"),
    POOL_NAME("naiad.name"),
    READ_ONLY("naiad.read-only"),
    REGISTER_MBEANS("naiad.register-mbeans"),
    SCHEMA("naiad.schema"),
    TRANSACTION_ISOLATION("naiad.transaction-isolation", HikariProperty::isolation),
    USERNAME("spring.datasource.username"),

    ALLOW_POOL_SUSPENSION("every pool can be suspended, by the endpoint or QueuePool.suspend(); nothing to set"),
    CONNECTION_TEST_QUERY("naiad.pre-ping asks the driver; no query is needed"),
    CREDENTIALS_PROVIDER_CLASS_NAME("a CredentialsProvider bean"),
    DATA_SOURCE_CLASS_NAME("spring.datasource.url is enough: the driver is found by it"),
    DATA_SOURCE_JNDI("spring.datasource.jndi-name has the container's data source used as it is"),
    EXCEPTION_OVERRIDE_CLASS_NAME("a DisconnectClassifier bean"),
    HEALTH_CHECK_PROPERTIES("the health component 'pools' borrows nothing; nothing to set"),
    ISOLATE_INTERNAL_QUERIES("the pool runs no queries of its own; nothing to set"),
    VALIDATION_TIMEOUT("a ping takes 5 s at most, and half of the time the caller has; nothing to set");

    static final String PREFIX = "spring.datasource.hikari";
    static final String DATA_SOURCE = "com.zaxxer.hikari.HikariDataSource"; // may not be on the class path
    private static final String OURS = "naiad.";
    private static final String BOOTS = "spring.";

    private final String counterpart;
    private final UnaryOperator<String> conversion;

    HikariProperty(String counterpart) {
        this(counterpart, UnaryOperator.identity());
    }

    HikariProperty(String counterpart, UnaryOperator<String> conversion) {
        this.counterpart = counterpart;
        this.conversion = conversion;
    }

    /** The one of this name, however it is written. */
    static Optional<HikariProperty> of(String name) {
        String bare = bare(name);
        return Arrays.stream(values())
                .filter(property -> bare(property.name()).equals(bare))
                .findFirst();
    }

    private static String bare(String name) {
        return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }

    /** The property to set instead, or what to know in its place. */
    String counterpart() {
        return counterpart;
    }

    /** Whether the value can be taken over. */
    boolean isMapped() {
        return (counterpart.startsWith(OURS) || counterpart.startsWith(BOOTS)) && !counterpart.contains(" ");
    }

    /** The properties to set for a value, a pool of fixed size among them; none if there is no counterpart. */
    Map<String, String> mapped(@Nullable String entry, String value) {
        if (!isMapped()) {
            return Map.of();
        }
        if (this == MAXIMUM_POOL_SIZE) {
            return Map.of(counterpart, value, "naiad.max-overflow", "0");
        }
        return Map.of(entry == null ? counterpart : counterpart + "." + entry, conversion.apply(value));
    }

    private static String isolation(String value) {
        return value.replaceFirst("^TRANSACTION_", "");
    }

    private static String millis(String value) {
        return value.chars().allMatch(Character::isDigit) ? value + "ms" : value;
    }

    /** With HikariCP any negative number means to start without a connection. */
    private static String millisOrWithout(String value) {
        return value.startsWith("-") ? "-1" : millis(value);
    }

    /** HikariCP's zero is "for ever", here that is -1. */
    private static String millisOrOff(String value) {
        return value.equals("0") ? "-1" : millis(value);
    }
}
