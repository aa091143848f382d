/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.contender;

import java.util.List;
import javax.sql.DataSource;
import oracle.ucp.UniversalConnectionPoolException;
import oracle.ucp.admin.UniversalConnectionPoolManagerImpl;
import oracle.ucp.jdbc.PoolDataSource;
import oracle.ucp.jdbc.PoolDataSourceFactory;

/** Trusts a connection for a second before it looks again. */
final class UcpPeer implements Peer {

    @Override
    public DataSource open(PoolSpec spec) throws Exception {
        PoolDataSource dataSource = PoolDataSourceFactory.getPoolDataSource();
        dataSource.setURL(spec.url());
        dataSource.setConnectionFactoryClassName(spec.driverClassName());
        dataSource.setUser(spec.user());
        dataSource.setPassword(spec.password());
        dataSource.setInitialPoolSize(spec.idle());
        dataSource.setMinPoolSize(spec.idle());
        dataSource.setMaxPoolSize(spec.size());
        dataSource.setConnectionWaitDuration(java.time.Duration.ofMillis(PoolSpec.TIMEOUT_MILLIS));
        dataSource.setValidateConnectionOnBorrow(true);
        dataSource.setSecondsToTrustIdleConnection(1);
        return dataSource;
    }

    @Override
    public void close(DataSource pool) throws UniversalConnectionPoolException {
        UniversalConnectionPoolManagerImpl.getUniversalConnectionPoolManager()
                .destroyConnectionPool(((PoolDataSource) pool).getConnectionPoolName());
    }

    @Override
    public List<Class<?>> jars() {
        return List.of(PoolDataSource.class);
    }
}
