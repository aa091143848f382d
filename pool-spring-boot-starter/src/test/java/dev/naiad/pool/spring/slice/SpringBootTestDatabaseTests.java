/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.slice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.TestApplication;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureTestDatabase;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

class SpringBootTestDatabaseTests {

    @Nested
    @SpringBootTest(classes = TestApplication.class, properties = "naiad.pool_size=3")
    @AutoConfigureTestDatabase
    class WithUrlOfTheTest {

        @DynamicPropertySource
        static void database(DynamicPropertyRegistry registry) {
            registry.add("spring.datasource.url", () -> "jdbc:h2:mem:dynamic");
        }

        @Test
        void usesThePoolOnThatUrlWithItsSettings(@Autowired DataSource dataSource) {
            assertThat(dataSource).isInstanceOfSatisfying(NaiadDataSource.class, naiad -> {
                assertThat(naiad.getUrl()).isEqualTo("jdbc:h2:mem:dynamic");
                assertThat(naiad.getConfig().poolSize()).isEqualTo(3);
            });
        }
    }

    @Nested
    @SpringBootTest(classes = TestApplication.class)
    @AutoConfigureTestDatabase
    class WithoutUrl {

        @Test
        void replacesThePoolByAnEmbeddedDatabase(@Autowired DataSource dataSource) {
            assertThat(dataSource).isInstanceOf(EmbeddedDatabase.class);
        }
    }
}
