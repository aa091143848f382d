/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import dev.naiad.pool.Credentials;
import dev.naiad.pool.CredentialsProvider;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.stereotype.Component;

/** User and password with which connections are opened at present: those that are configured, or others for a while. */
@Component
class ShopCredentials implements CredentialsProvider {

    private final Credentials configured;
    private volatile Credentials present;

    ShopCredentials(ObjectProvider<JdbcConnectionDetails> details, DataSourceProperties properties) {
        JdbcConnectionDetails known = details.getIfAvailable();
        configured = known != null
                ? new Credentials(known.getUsername(), known.getPassword())
                : new Credentials(properties.determineUsername(), properties.determinePassword());
        present = configured;
    }

    @Override
    public Credentials get() {
        return present;
    }

    void change(Credentials next) {
        present = next;
    }

    void restore() {
        present = configured;
    }
}
