/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.contender;

import com.mchange.v2.async.AsynchronousRunner;
import com.mchange.v2.c3p0.ComboPooledDataSource;
import java.util.List;
import javax.sql.DataSource;

/** Looks at idle connections from threads of its own, every second. */
final class C3p0Peer implements Peer {

    @Override
    public DataSource open(PoolSpec spec) throws Exception {
        ComboPooledDataSource dataSource = new ComboPooledDataSource();
        dataSource.setJdbcUrl(spec.url());
        dataSource.setDriverClass(spec.driverClassName());
        dataSource.setUser(spec.user());
        dataSource.setPassword(spec.password());
        dataSource.setInitialPoolSize(spec.idle());
        dataSource.setMinPoolSize(spec.idle());
        dataSource.setMaxPoolSize(spec.size());
        dataSource.setCheckoutTimeout(PoolSpec.TIMEOUT_MILLIS);
        dataSource.setIdleConnectionTestPeriod(1);
        if (spec.extra() == PoolSpec.Extra.TRACKING) {
            dataSource.setUnreturnedConnectionTimeout(PoolSpec.TIMEOUT_MILLIS / 1000);
            dataSource.setDebugUnreturnedConnectionStackTraces(true);
        }
        return dataSource;
    }

    @Override
    public List<Class<?>> jars() {
        return List.of(ComboPooledDataSource.class, AsynchronousRunner.class);
    }
}
