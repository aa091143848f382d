/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.contender;

import java.util.List;
import org.apache.juli.logging.Log;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;

/** Looks at a connection if that was last done half a second ago; resets and closes statements by its interceptors. */
final class TomcatPeer implements Peer {

    @Override
    public javax.sql.DataSource open(PoolSpec spec) throws Exception {
        PoolProperties settings = new PoolProperties();
        settings.setUrl(spec.url());
        settings.setDriverClassName(spec.driverClassName());
        settings.setUsername(spec.user());
        settings.setPassword(spec.password());
        settings.setInitialSize(spec.idle());
        settings.setMinIdle(spec.idle());
        settings.setMaxIdle(spec.size());
        settings.setMaxActive(spec.size());
        settings.setMaxWait(PoolSpec.TIMEOUT_MILLIS);
        settings.setDefaultAutoCommit(true);
        settings.setRollbackOnReturn(true);
        settings.setTestOnBorrow(true);
        settings.setValidationInterval(500);
        settings.setJdbcInterceptors("ConnectionState;StatementFinalizer");
        if (spec.extra() == PoolSpec.Extra.TRACKING) {
            settings.setLogAbandoned(true);
            settings.setSuspectTimeout(PoolSpec.TIMEOUT_MILLIS / 1000);
        }
        DataSource dataSource = new DataSource(settings);
        dataSource.createPool();
        return dataSource;
    }

    @Override
    public void close(javax.sql.DataSource pool) {
        ((DataSource) pool).close(true);
    }

    @Override
    public List<Class<?>> jars() {
        return List.of(DataSource.class, Log.class);
    }
}
