/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.contender;

import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.vibur.dbcp.ViburDBCPDataSource;
import org.vibur.objectpool.ConcurrentPool;

/** Can look at connections idle for a second at the earliest. */
final class ViburPeer implements Peer {

    @Override
    public DataSource open(PoolSpec spec) {
        ViburDBCPDataSource dataSource = new ViburDBCPDataSource();
        dataSource.setJdbcUrl(spec.url());
        dataSource.setDriverClassName(spec.driverClassName());
        dataSource.setUsername(spec.user());
        dataSource.setPassword(spec.password());
        dataSource.setPoolInitialSize(spec.idle());
        dataSource.setPoolMaxSize(spec.size());
        dataSource.setConnectionTimeoutInMs(PoolSpec.TIMEOUT_MILLIS);
        dataSource.setConnectionIdleLimitInSeconds(1);
        dataSource.setResetDefaultsAfterUse(true);
        dataSource.setClearSQLWarnings(true);
        dataSource.setPoolEnableConnectionTracking(spec.extra() == PoolSpec.Extra.TRACKING);
        dataSource.start();
        return dataSource;
    }

    @Override
    public List<Class<?>> jars() {
        return List.of(ViburDBCPDataSource.class, ConcurrentPool.class, Logger.class);
    }
}
