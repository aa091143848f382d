/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.observation;

import dev.naiad.pool.NaiadDataSource;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Makes an observation of each checkout, from the call to the connection or the exception. */
final class ObservedDataSource extends DelegatingDataSource {

    static final String NAME = "naiad.checkout";

    private final Supplier<ObservationRegistry> registry;
    private final String pool;

    ObservedDataSource(NaiadDataSource dataSource, Supplier<ObservationRegistry> registry) {
        super(dataSource);
        this.registry = registry;
        this.pool = dataSource.pool().name();
    }

    @Override
    public Connection getConnection() throws SQLException {
        ObservationRegistry present = registry.get();
        if (present.isNoop()) {
            return super.getConnection();
        }
        return Observation.createNotStarted(NAME, present)
                .contextualName("checkout")
                .lowCardinalityKeyValue("db.client.connection.pool.name", pool)
                .<Connection, SQLException>observeChecked(super::getConnection);
    }
}
