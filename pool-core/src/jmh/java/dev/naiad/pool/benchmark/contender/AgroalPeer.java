/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.contender;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalConnectionFactoryConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalConnectionPoolConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.agroal.pool.DataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Does not roll back unless a transaction manager asks it to; turning autocommit on again ends the transaction. */
final class AgroalPeer implements Peer {

    @Override
    public javax.sql.DataSource open(PoolSpec spec) throws SQLException {
        return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                .metricsEnabled(spec.extra() == PoolSpec.Extra.METRICS)
                .connectionPoolConfiguration(pool -> pool(pool, spec)));
    }

    private static AgroalConnectionPoolConfigurationSupplier pool(
            AgroalConnectionPoolConfigurationSupplier pool, PoolSpec spec) {
        if (spec.extra() == PoolSpec.Extra.TRACKING) {
            pool.leakTimeout(Duration.ofMillis(PoolSpec.TIMEOUT_MILLIS));
        }
        return pool.initialSize(spec.idle())
                .minSize(spec.idle())
                .maxSize(spec.size())
                .acquisitionTimeout(Duration.ofMillis(PoolSpec.TIMEOUT_MILLIS))
                .connectionValidator(ConnectionValidator.defaultValidator())
                .idleValidationTimeout(Duration.ofMillis(500))
                .connectionFactoryConfiguration(factory -> factory(factory, spec));
    }

    private static AgroalConnectionFactoryConfigurationSupplier factory(
            AgroalConnectionFactoryConfigurationSupplier factory, PoolSpec spec) {
        return factory.jdbcUrl(spec.url())
                .connectionProviderClassName(spec.driverClassName())
                .principal(new NamePrincipal(spec.user()))
                .credential(new SimplePassword(spec.password()));
    }

    @Override
    public boolean opensAhead() {
        return true;
    }

    @Override
    public List<Class<?>> jars() {
        return List.of(DataSource.class, AgroalDataSource.class);
    }
}
