/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import dev.naiad.pool.ConnectionFactory;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.spring.autoconfigure.ConnectionFactoryCustomizer;
import dev.naiad.pool.testing.FaultyConnectionFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** Stands between the pools and a database that cannot be stopped, one in process or somebody else's. */
@Component
@Profile("!postgres-embedded")
class FaultyDatabase implements ConnectionFactoryCustomizer, DatabaseSwitch {

    private final List<FaultyConnectionFactory> factories = new CopyOnWriteArrayList<>();

    @Override
    public ConnectionFactory customize(ConnectionFactory factory, PoolConfig pool) {
        FaultyConnectionFactory faulty = new FaultyConnectionFactory(factory);
        factories.add(faulty);
        return faulty;
    }

    @Override
    public void down() {
        factories.forEach(factory -> factory.refuseConnections().cutConnections());
    }

    @Override
    public void up() {
        factories.forEach(FaultyConnectionFactory::recover);
    }

    @Override
    public String means() {
        return "The database only seems to be gone: what stands between it and the pool cuts and refuses connections.";
    }
}
