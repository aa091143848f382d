/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.sql.DatabaseMetaData;
import java.util.List;
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

    /** On PostgreSQL, where no more than to own the tables and to be allowed to create users is asked of the shop's own user. */
    private static final List<String> RIGHTS =
            List.of("all on all tables in schema public", "all on all sequences in schema public");

    private final JdbcTemplate jdbc;

    DatabaseUsers(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** @param password without quotation marks */
    void create(String password) {
        drop(); // what a run left behind that was broken off
        String create = "create user " + NAME + " password '" + password + "'";
        if (isH2()) {
            jdbc.execute(create + " admin");
        } else {
            jdbc.execute(create);
            RIGHTS.forEach(rights -> jdbc.execute("grant " + rights + " to " + NAME));
        }
    }

    void drop() {
        if (!isH2() && isThere()) {
            RIGHTS.forEach(rights -> jdbc.execute("revoke " + rights + " from " + NAME)); // who has any is not dropped
        }
        jdbc.execute("drop user if exists " + NAME);
    }

    private boolean isThere() {
        return Boolean.TRUE.equals(
                jdbc.queryForObject("select exists (select from pg_roles where rolname = ?)", Boolean.class, NAME));
    }

    private boolean isH2() {
        return product().equals("h2");
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
