/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.contract;

import dev.naiad.pool.contract.Property.Support;
import java.util.List;
import java.util.Map;
import org.apache.derby.iapi.jdbc.EngineConnection;

class DerbyContractTests extends JdbcContractTests {

    @Override
    String url() {
        return "jdbc:derby:memory:contract;create=true";
    }

    @Override
    Class<?> driverType() {
        return EngineConnection.class;
    }

    @Override
    String selectOne() {
        return "values 1";
    }

    @Override
    String begin() {
        return null;
    }

    @Override
    String otherSchema() {
        return "OTHER";
    }

    @Override
    List<String> setup() {
        return List.of("create schema other");
    }

    @Override
    Support arrays() {
        return Support.REFUSED;
    }

    @Override
    Map<Property, Support> differences() {
        return Map.of(
                Property.CATALOG, Support.IGNORED,
                Property.NETWORK_TIMEOUT, Support.REFUSED,
                Property.TYPE_MAP, Support.REFUSED,
                Property.CLIENT_INFO, Support.REFUSED);
    }
}
