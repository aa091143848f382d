/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolSnapshot;
import dev.naiad.pool.spring.TestApplication;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestContextManager;

/** What becomes of a pool when the test framework keeps its context for later and goes on with another. */
class CachedTestContextTests {

    @Test
    void contextThatWaitsInTheCacheHoldsNoConnectionAndServesAgainLater() throws Exception {
        NaiadDataSource first = use(First.class);
        assertThat(first.pool().snapshot().checkedIn()).isEqualTo(1);

        NaiadDataSource second = use(Second.class);
        assertThat(second).isNotSameAs(first);
        await().until(() -> isEmpty(first.pool().snapshot()));

        assertThat(use(First.class)).isSameAs(first);
        assertThat(first.pool().snapshot().opened()).isEqualTo(2);
        await().until(() -> isEmpty(second.pool().snapshot()));
    }

    private static boolean isEmpty(PoolSnapshot now) {
        return now.checkedIn() == 0
                && now.closed().values().stream().mapToLong(Long::longValue).sum() == now.opened();
    }

    /** As a test class does, from its beginning to its end. */
    private static NaiadDataSource use(Class<?> testClass) throws Exception {
        TestContextManager manager = new TestContextManager(testClass);
        manager.beforeTestClass();
        ApplicationContext context = manager.getTestContext().getApplicationContext();
        NaiadDataSource dataSource = borrowed(context);
        manager.afterTestClass();
        return dataSource;
    }

    private static NaiadDataSource borrowed(ApplicationContext context) throws SQLException {
        NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
        dataSource.getConnection().close();
        return dataSource;
    }

    @SpringBootTest(classes = TestApplication.class, properties = "spring.datasource.url=jdbc:h2:mem:cached1")
    static class First {}

    @SpringBootTest(classes = TestApplication.class, properties = "spring.datasource.url=jdbc:h2:mem:cached2")
    static class Second {}
}
