/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.Applications;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** Spring Boot's DevTools empty in-memory databases at a restart, if they recognise the data source as Boot's. */
class DevToolsTests {

    private static final String URL = "jdbc:h2:mem:restarted";

    @Test
    void inMemoryDatabaseIsShutDownWithTheContext() throws Exception {
        try (var context = runOutsideOfATest("spring.datasource.url=" + URL + ";DB_CLOSE_DELAY=-1")) {
            assertThat(context.getBean(NaiadDataSource.class).getUrl()).startsWith(URL);
            assertThat(context.containsBean("inMemoryDatabaseShutdownExecutor")).isTrue();
            context.getBean(JdbcTemplate.class).execute("create table remains (id int)");
            DriverManager.getConnection(URL + ";IFEXISTS=TRUE", "sa", "").close();
        }
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> DriverManager.getConnection(URL + ";IFEXISTS=TRUE", "sa", ""))
                .withMessageContaining("not found");
    }

    /** DevTools do nothing if they see a test on the stack. */
    private static ConfigurableApplicationContext runOutsideOfATest(String property) throws Exception {
        FutureTask<ConfigurableApplicationContext> start = new FutureTask<>(() -> Applications.run(property));
        Thread thread = new Thread(start, "application");
        thread.start();
        thread.join();
        return start.get();
    }
}
