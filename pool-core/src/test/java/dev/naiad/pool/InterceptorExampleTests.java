/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naiad.pool.intercept.Execution;
import dev.naiad.pool.intercept.ExecutionInterceptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The interceptor of the README, which is to be the one compiled here. */
class InterceptorExampleTests {

    private final List<String> warnings = new ArrayList<>();
    private final Log log = (format, sql, took) -> warnings.add(sql);
    private Duration slow = Duration.ofSeconds(-1);

    private interface Log {
        void warn(String format, String sql, Duration took);
    }

    // example
    /** Marks each statement with the application's name, warns of slow ones, and lets nobody drop a table. */
    final class Guard implements ExecutionInterceptor {

        @Override
        public String rewrite(Connection connection, String sql) throws SQLException {
            if (sql.toLowerCase(Locale.ROOT).startsWith("drop table")) {
                throw new SQLException("Tables are dropped by migrations only.", "42501");
            }
            return "/* shop */ " + sql;
        }

        @Override
        public <R> R execute(Execution<R> execution) throws SQLException {
            long start = System.nanoTime();
            try {
                return execution.proceed();
            } finally {
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                if (took.compareTo(slow) > 0) {
                    log.warn("{} took {}", execution.sql(), took);
                }
            }
        }
    }
    // end of example

    @Test
    void marksRefusesAndWarns() throws SQLException {
        try (Pool pool = new NullPool(PoolConfig.builder()
                        .url("jdbc:h2:mem:example")
                        .interceptor(new Guard())
                        .build());
                Connection connection = pool.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create table basket (id int)");
            assertThatThrownBy(() -> statement.execute("drop table basket")).hasMessageContaining("by migrations only");
            slow = Duration.ofDays(1);
            assertThat(statement.executeUpdate("insert into basket values (1)")).isOne();
        }

        assertThat(warnings).containsExactly("/* shop */ create table basket (id int)");
    }

    @Test
    void isTheOneInTheReadme() throws IOException {
        Path base = Path.of(System.getProperty("basedir", "."));
        String source = Files.readString(base.resolve("src/test/java/dev/naiad/pool/InterceptorExampleTests.java"));
        String example = source.substring(
                source.indexOf("// example\n") + "// example\n".length(), source.indexOf("    // end of example\n"));

        assertThat(Files.readString(base.resolve("README.md"))).contains("```java\n" + example.indent(-4) + "```\n");
    }
}
