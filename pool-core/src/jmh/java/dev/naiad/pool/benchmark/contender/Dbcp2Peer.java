/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.contender;

import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.pool2.ObjectPool;

/** Looks at idle connections from a thread of its own, every half second. */
final class Dbcp2Peer implements Peer {

    @Override
    public DataSource open(PoolSpec spec) {
        BasicDataSource dataSource = new BasicDataSource();
        dataSource.setUrl(spec.url());
        dataSource.setDriverClassName(spec.driverClassName());
        dataSource.setUsername(spec.user());
        dataSource.setPassword(spec.password());
        dataSource.setInitialSize(spec.idle());
        dataSource.setMinIdle(spec.idle());
        dataSource.setMaxIdle(spec.size());
        dataSource.setMaxTotal(spec.size());
        dataSource.setMaxWait(Duration.ofMillis(PoolSpec.TIMEOUT_MILLIS));
        dataSource.setTestOnBorrow(false);
        dataSource.setTestWhileIdle(true);
        dataSource.setDurationBetweenEvictionRuns(Duration.ofMillis(500));
        dataSource.setRollbackOnReturn(true);
        if (spec.extra() == PoolSpec.Extra.TRACKING) {
            dataSource.setLogAbandoned(true);
            dataSource.setRemoveAbandonedOnMaintenance(true);
            dataSource.setRemoveAbandonedTimeout(Duration.ofMillis(PoolSpec.TIMEOUT_MILLIS));
        }
        return dataSource;
    }

    @Override
    public List<Class<?>> jars() {
        return List.of(BasicDataSource.class, ObjectPool.class, Log.class);
    }
}
