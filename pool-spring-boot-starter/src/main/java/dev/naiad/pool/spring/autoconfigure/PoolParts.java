/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.ConnectionFactory;
import dev.naiad.pool.CredentialsProvider;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PoolListener;
import dev.naiad.pool.dialect.Dialect;
import dev.naiad.pool.dialect.DisconnectClassifier;
import dev.naiad.pool.intercept.ExecutionInterceptor;
import dev.naiad.pool.spring.observation.PoolObservations;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;

/**
 * The beans that take part in what pools do, in their order: listeners, interceptors, customizers of the connection factory, and the one
 * dialect, disconnect classifier and credentials provider, if there is one. What a pool was given in code stays.
 */
final class PoolParts {

    private static final PoolConfig DEFAULT = PoolConfig.builder().build();

    private final ObjectProvider<PoolListener> listeners;
    private final ObjectProvider<ExecutionInterceptor> interceptors;
    private final ObjectProvider<ConnectionFactoryCustomizer> customizers;
    private final ObjectProvider<Dialect> dialect;
    private final ObjectProvider<DisconnectClassifier> classifier;
    private final ObjectProvider<CredentialsProvider> credentials;
    private final PoolObservations observations;

    PoolParts(
            ObjectProvider<PoolListener> listeners,
            ObjectProvider<ExecutionInterceptor> interceptors,
            ObjectProvider<ConnectionFactoryCustomizer> customizers,
            ObjectProvider<Dialect> dialect,
            ObjectProvider<DisconnectClassifier> classifier,
            ObjectProvider<CredentialsProvider> credentials,
            PoolObservations observations) {
        this.listeners = listeners;
        this.interceptors = interceptors;
        this.customizers = customizers;
        this.dialect = dialect;
        this.classifier = classifier;
        this.credentials = credentials;
        this.observations = observations;
    }

    void addTo(PoolConfig.Builder pool, PoolConfig present) {
        listeners
                .orderedStream()
                .filter(listener -> !present.listeners().contains(listener))
                .forEach(pool::listener);
        interceptors
                .orderedStream()
                .filter(interceptor -> !present.interceptors().contains(interceptor))
                .forEach(pool::interceptor);
        if (observations.observesStatements()) {
            pool.interceptor(observations.statementsOf(pool.build().name())); // the last, next to the driver
        }
        if (present.dialect() == null) {
            dialect.ifUnique(pool::dialect);
        }
        if (present.disconnectClassifier().getClass()
                == DEFAULT.disconnectClassifier().getClass()) {
            classifier.ifUnique(pool::disconnectClassifier);
        }
        if (present.credentials() == null) {
            credentials.ifUnique(pool::credentials);
        }
        List<ConnectionFactoryCustomizer> ordered = customizers.orderedStream().toList();
        if (!ordered.isEmpty()) {
            PoolConfig config = pool.build();
            ConnectionFactory factory = ConnectionFactory.of(config);
            for (ConnectionFactoryCustomizer customizer : ordered) {
                factory = customizer.customize(factory, config);
            }
            pool.connectionFactory(factory);
        }
    }
}
