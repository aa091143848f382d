/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.sql.DatabaseMetaData;
import java.util.Locale;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;
import org.springframework.stereotype.Component;

/** Makes a user who may do what the shop may, and drops it again. */
@Component
class DatabaseUsers {

    static final String NAME = "shop_rotated";

    private final JdbcTemplate jdbc;

    DatabaseUsers(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** @param password without quotation marks */
    void create(String password) {
        drop(); // what a run left behind that was broken off
        String rights = product().equals("h2") ? " admin" : " in role current_user";
        jdbc.execute("create user " + NAME + " password '" + password + "'" + rights);
    }

    void drop() {
        jdbc.execute("drop user if exists " + NAME);
    }

    private String product() {
        try {
            return JdbcUtils.extractDatabaseMetaData(
                            Objects.requireNonNull(jdbc.getDataSource()), DatabaseMetaData::getDatabaseProductName)
                    .toLowerCase(Locale.ROOT);
        } catch (MetaDataAccessException e) {
            throw new IllegalStateException("The database does not tell what it is", e);
        }
    }
}
