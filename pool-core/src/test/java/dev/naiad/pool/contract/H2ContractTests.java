/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.contract;

import dev.naiad.pool.contract.Property.Support;
import java.util.List;
import java.util.Map;
import org.h2.jdbc.JdbcConnection;

class H2ContractTests extends JdbcContractTests {

    @Override
    String url() {
        return "jdbc:h2:mem:contract;DB_CLOSE_DELAY=-1";
    }

    @Override
    Class<?> driverType() {
        return JdbcConnection.class;
    }

    @Override
    List<String> setup() {
        return List.of("create schema \"other\"");
    }

    @Override
    boolean takesSeveralStatements() {
        return true;
    }

    @Override
    Map<Property, Support> differences() {
        return Map.of(
                Property.READ_ONLY, Support.IGNORED,
                Property.CATALOG, Support.IGNORED,
                Property.NETWORK_TIMEOUT, Support.IGNORED,
                Property.TYPE_MAP, Support.REFUSED,
                Property.CLIENT_INFO, Support.REFUSED);
    }
}
