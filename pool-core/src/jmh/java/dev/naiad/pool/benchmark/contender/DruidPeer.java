/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.contender;

import com.alibaba.druid.pool.DruidDataSource;
import com.alibaba.druid.pool.ValidConnectionChecker;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;

/** Looks at a connection that was idle for half a second. */
final class DruidPeer implements Peer {

    @Override
    public DataSource open(PoolSpec spec) throws Exception {
        DruidDataSource dataSource = new DruidDataSource();
        dataSource.setUrl(spec.url());
        dataSource.setDriverClassName(spec.driverClassName());
        dataSource.setUsername(spec.user());
        dataSource.setPassword(spec.password());
        dataSource.setInitialSize(spec.idle());
        dataSource.setMinIdle(spec.idle());
        dataSource.setMaxActive(spec.size());
        dataSource.setMaxWait(PoolSpec.TIMEOUT_MILLIS);
        dataSource.setTestWhileIdle(true);
        dataSource.setTimeBetweenEvictionRunsMillis(500);
        dataSource.setValidConnectionChecker(new Ping());
        if (spec.extra() == PoolSpec.Extra.TRACKING) {
            dataSource.setRemoveAbandoned(true);
            dataSource.setRemoveAbandonedTimeoutMillis(PoolSpec.TIMEOUT_MILLIS);
        }
        dataSource.init();
        return dataSource;
    }

    private static final class Ping implements ValidConnectionChecker {

        @Override
        public boolean isValidConnection(Connection connection, String query, int seconds) throws SQLException {
            return connection.isValid(Math.max(1, seconds));
        }

        @Override
        public void configFromProperties(Properties properties) {
            // there is nothing to set
        }
    }

    @Override
    public List<Class<?>> jars() {
        return List.of(DruidDataSource.class);
    }
}
