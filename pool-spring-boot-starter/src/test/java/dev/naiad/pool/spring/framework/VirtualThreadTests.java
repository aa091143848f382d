/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.framework;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.Applications;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.jdbc.core.JdbcTemplate;

/** With Spring Boot's property for virtual threads. */
@Timeout(60)
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadTests {

    @Test
    void manyVirtualThreadsShareAFewConnections() throws Exception {
        try (var context = Applications.run(Applications.withDatabase(
                "spring.threads.virtual.enabled=true", "naiad.pool-size=2", "naiad.max-overflow=0"))) {
            Executor threads = context.getBean("applicationTaskExecutor", Executor.class);
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            List<CompletableFuture<String>> tasks = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                tasks.add(CompletableFuture.supplyAsync(
                        () -> {
                            jdbc.queryForObject("select 1", Integer.class);
                            return Thread.currentThread().toString();
                        },
                        threads));
            }
            for (CompletableFuture<String> task : tasks) {
                assertThat(task.get(30, TimeUnit.SECONDS)).startsWith("VirtualThread");
            }
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            assertThat(dataSource.pool().snapshot().opened()).isEqualTo(2);
            assertThat(dataSource.pool().snapshot().checkedIn()).isEqualTo(2);
        }
    }
}
