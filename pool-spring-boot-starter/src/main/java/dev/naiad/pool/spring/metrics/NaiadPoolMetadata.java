/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.metrics;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolDataSource;
import dev.naiad.pool.PoolSnapshot;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.metadata.AbstractDataSourcePoolMetadata;

/**
 * Shows a Naiad pool to Spring Boot, which makes the {@code jdbc.connections.*} meters of it.
 *
 * <p>No value is ever null: a gauge whose first value is null is dropped for good.
 */
public final class NaiadPoolMetadata extends AbstractDataSourcePoolMetadata<PoolDataSource> {

    private NaiadPoolMetadata(PoolDataSource dataSource) {
        super(dataSource);
    }

    /** The metadata of a data source that is, or wraps, a Naiad one; null for any other. */
    public static @Nullable NaiadPoolMetadata of(DataSource dataSource) {
        PoolDataSource naiad = DataSourceUnwrapper.unwrap(dataSource, PoolDataSource.class, NaiadDataSource.class);
        return naiad == null ? null : new NaiadPoolMetadata(naiad);
    }

    private PoolSnapshot snapshot() {
        return getDataSource().pool().snapshot();
    }

    @Override
    public Integer getActive() {
        return snapshot().inUse();
    }

    @Override
    public Integer getIdle() {
        return snapshot().idle();
    }

    /** -1 if there is no limit. */
    @Override
    public Integer getMax() {
        return snapshot().limit().orElse(-1);
    }

    /** What {@code min_idle} is set to. */
    @Override
    public Integer getMin() {
        return snapshot().minIdle();
    }

    /** Null: health checks then use {@link java.sql.Connection#isValid}. */
    @Override
    public @Nullable String getValidationQuery() {
        return null;
    }

    /** Null: it is left to the driver. */
    @Override
    public @Nullable Boolean getDefaultAutoCommit() {
        return null;
    }
}
