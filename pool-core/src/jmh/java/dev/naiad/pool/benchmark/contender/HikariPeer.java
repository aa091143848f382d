/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.contender;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;

/** Looks at connections idle for half a second, rolls back and resets by itself. */
final class HikariPeer implements Peer {

    @Override
    public DataSource open(PoolSpec spec) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(spec.url());
        config.setDriverClassName(spec.driverClassName());
        config.setUsername(spec.user());
        config.setPassword(spec.password());
        config.setMinimumIdle(spec.idle());
        config.setMaximumPoolSize(spec.size());
        config.setConnectionTimeout(PoolSpec.TIMEOUT_MILLIS);
        if (spec.idle() == 0) {
            config.setInitializationFailTimeout(-1); // else it opens one to see whether it can
        }
        switch (spec.extra()) {
            case METRICS, HOLD_TIMES -> config.setMetricRegistry(new SimpleMeterRegistry());
            case TRACKING -> config.setLeakDetectionThreshold(PoolSpec.TIMEOUT_MILLIS);
            default -> {}
        }
        return new HikariDataSource(config);
    }

    @Override
    public List<Class<?>> jars() {
        return List.of(HikariDataSource.class, Logger.class);
    }
}
