/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.contract;

import dev.naiad.pool.contract.Property.Support;
import java.util.List;
import java.util.Map;
import org.hsqldb.jdbc.JDBCConnection;

class HsqldbContractTests extends JdbcContractTests {

    @Override
    String url() {
        return "jdbc:hsqldb:mem:contract";
    }

    @Override
    Class<?> driverType() {
        return JDBCConnection.class;
    }

    @Override
    String username() {
        return "SA";
    }

    @Override
    String selectOne() {
        return "values 1";
    }

    /** {@code START TRANSACTION} has no effect while autocommit is on. */
    @Override
    String begin() {
        return null;
    }

    @Override
    List<String> setup() {
        return List.of("create schema \"other\"");
    }

    @Override
    Map<Property, Support> differences() {
        return Map.of(
                Property.CATALOG, Support.REFUSED,
                Property.NETWORK_TIMEOUT, Support.REFUSED,
                Property.TYPE_MAP, Support.REFUSED,
                Property.CLIENT_INFO, Support.REFUSED);
    }

    @Override
    Support closeOnCompletion() {
        return Support.IGNORED;
    }

    /** {@code getResultSet} makes a new object at each call. */
    @Override
    boolean repeatsResultSet() {
        return false;
    }
}
