/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.dialect.Dialect;
import dev.naiad.pool.dialect.Disconnect;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What a pool knows of the kind of database it has connections to. */
final class Database {

    private final Pool pool;
    private volatile Dialect dialect;
    private volatile boolean recognized;

    Database(Pool pool, PoolConfig config) {
        this.pool = pool;
        dialect = dialectOf(config);
    }

    Dialect dialect() {
        return dialect;
    }

    private static Dialect dialectOf(PoolConfig config) {
        if (config.dialect() != null) {
            return config.dialect();
        }
        return config.url() == null ? Dialect.standard() : Dialect.ofUrl(config.url());
    }

    /** Asks the first connection which database it is, unless the settings say. */
    void recognize(Connection connection) {
        if (recognized) {
            return;
        }
        recognized = true;
        if (pool.config().dialect() != null || !dialect.equals(Dialect.standard())) {
            return;
        }
        try {
            DatabaseMetaData metaData = connection.getMetaData();
            String product = metaData == null ? null : metaData.getDatabaseProductName();
            if (product != null) {
                dialect = Dialect.ofProduct(product);
            }
        } catch (SQLException | RuntimeException e) {
            pool.logSafely(log -> log.debug("Pool '{}': the database would not tell its name", pool.name(), e));
        }
    }

    /** What the driver's exception means for the connection and the others. */
    Disconnect classify(SQLException e, @Nullable Connection connection) {
        Disconnect proposal = Disconnect.NONE;
        try {
            proposal = dialect.classify(e, connection);
            return pool.config().disconnectClassifier().classify(e, proposal);
        } catch (Throwable failure) {
            pool.logSafely(log -> log.error("Pool '{}': classifying an exception failed", pool.name(), failure));
            return proposal;
        }
    }
}
