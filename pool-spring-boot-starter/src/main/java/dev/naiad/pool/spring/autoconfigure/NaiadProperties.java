/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.spring.metrics.PoolTimer;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The properties below {@code naiad}. Where the database of the auto-configured data source is, and who its user, is said in
 * {@code spring.datasource}.
 */
@ConfigurationProperties(prefix = NaiadProperties.PREFIX, ignoreUnknownFields = false)
public final class NaiadProperties extends PoolProperties {

    static final String PREFIX = "naiad";

    /** Whether Naiad is the pool of the auto-configured data source. */
    private boolean enabled = true;

    /**
     * Name of the pool in logs, metrics and events. Defaults to 'spring.datasource.name', else to the name of the data source
     * bean.
     */
    private @Nullable String name;

    /**
     * Further pools, by name. Each is a data source bean, to be injected with its name as the qualifier. What one does not set,
     * it has from the properties directly below 'naiad'.
     */
    private Map<String, NamedPool> pools = new LinkedHashMap<>();

    private final Metrics metrics = new Metrics();

    private final Observations observations = new Observations();

    private final Migrate migrate = new Migrate();

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    public @Nullable String getName() {
        return name;
    }

    public void setName(@Nullable String name) {
        this.name = name;
    }

    public Map<String, NamedPool> getPools() {
        return pools;
    }

    public void setPools(Map<String, NamedPool> pools) {
        this.pools = pools;
    }

    /** What is measured, and by which names it is published. */
    public Metrics getMetrics() {
        return metrics;
    }

    /** What is observed. */
    public Observations getObservations() {
        return observations;
    }

    /** Whose settings are taken over. */
    public Migrate getMigrate() {
        return migrate;
    }

    /** A pool besides that of the auto-configured data source. */
    public static final class NamedPool extends PoolProperties {

        /** JDBC URL of the database. */
        private @Nullable String url;

        /** Login username of the database. */
        private @Nullable String username;

        /** Login password of the database. */
        private @Nullable String password;

        /** Fully qualified name of the JDBC driver. Found by the URL if not set. */
        private @Nullable String driverClassName;

        /** Whether the data source is injected where no qualifier is given. The auto-configured data source then steps back. */
        private boolean defaultCandidate;

        /** Whether the data source is preferred where several could be injected. Makes it a default candidate. */
        private boolean primary;

        /**
         * Pool whose read-only transactions go to this one: the name of another, or 'dataSource' for the auto-configured data
         * source.
         */
        private @Nullable String readOnlyOf;

        public @Nullable String getUrl() {
            return url;
        }

        public void setUrl(@Nullable String url) {
            this.url = url;
        }

        public @Nullable String getUsername() {
            return username;
        }

        public void setUsername(@Nullable String username) {
            this.username = username;
        }

        public @Nullable String getPassword() {
            return password;
        }

        public void setPassword(@Nullable String password) {
            this.password = password;
        }

        public @Nullable String getDriverClassName() {
            return driverClassName;
        }

        public void setDriverClassName(@Nullable String driverClassName) {
            this.driverClassName = driverClassName;
        }

        public boolean isDefaultCandidate() {
            return defaultCandidate;
        }

        public void setDefaultCandidate(boolean defaultCandidate) {
            this.defaultCandidate = defaultCandidate;
        }

        public boolean isPrimary() {
            return primary;
        }

        public void setPrimary(boolean primary) {
            this.primary = primary;
        }

        public @Nullable String getReadOnlyOf() {
            return readOnlyOf;
        }

        public void setReadOnlyOf(@Nullable String readOnlyOf) {
            this.readOnlyOf = readOnlyOf;
        }
    }

    /** Which meters of the pools are published, and under which names. */
    public static final class Metrics {

        /** Whether to publish the meters by the names HikariCP gives them, too, for dashboards that know those. */
        private boolean hikariNames;

        /** Whether to publish the meters by the names of OpenTelemetry's semantic conventions, too. */
        private boolean openTelemetryNames;

        /** What to time. Hold and reset cost two readings of the clock for each connection that is lent. */
        private Set<PoolTimer> timers = EnumSet.of(PoolTimer.WAIT, PoolTimer.OPEN);

        /** Whether timers publish the distribution, too. */
        private boolean histograms;

        public boolean isHikariNames() {
            return hikariNames;
        }

        public void setHikariNames(boolean hikariNames) {
            this.hikariNames = hikariNames;
        }

        public boolean isOpenTelemetryNames() {
            return openTelemetryNames;
        }

        public void setOpenTelemetryNames(boolean openTelemetryNames) {
            this.openTelemetryNames = openTelemetryNames;
        }

        public Set<PoolTimer> getTimers() {
            return timers;
        }

        public void setTimers(Set<PoolTimer> timers) {
            this.timers = timers;
        }

        public boolean isHistograms() {
            return histograms;
        }

        public void setHistograms(boolean histograms) {
            this.histograms = histograms;
        }
    }

    /** What is observed by Micrometer, and so traced. */
    public static final class Observations {

        /** Whether to observe checkouts. The data source bean is then a proxy around the pool. */
        private boolean checkouts;

        /** Whether to observe statements, with their SQL text. */
        private boolean statements;

        public boolean isCheckouts() {
            return checkouts;
        }

        public void setCheckouts(boolean checkouts) {
            this.checkouts = checkouts;
        }

        public boolean isStatements() {
            return statements;
        }

        public void setStatements(boolean statements) {
            this.statements = statements;
        }
    }

    /** Which other pools' properties are understood. */
    public static final class Migrate {

        /** Whether to take over what is set below 'spring.datasource.hikari' and has a counterpart. */
        private boolean hikari;

        public boolean isHikari() {
            return hikari;
        }

        public void setHikari(boolean hikari) {
            this.hikari = hikari;
        }
    }
}
