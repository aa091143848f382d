/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.slice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.TestApplication;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
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
    @SpringBootTest(
            classes = TestApplication.class,
            properties = {"spring.datasource.url=jdbc:h2:mem:real", "naiad.pools.archive.url=jdbc:h2:mem:archive"})
    @AutoConfigureTestDatabase
    class WithANamedPool {

        @Test
        void replacesTheFirstPoolAndNotTheOther(
                @Autowired DataSource dataSource, @Autowired @Qualifier("archive") DataSource archive) {
            assertThat(dataSource).isInstanceOf(EmbeddedDatabase.class);
            assertThat(archive).isInstanceOf(NaiadDataSource.class);
        }
    }

    @Nested
    @SpringBootTest(
            classes = TestApplication.class,
            properties = {
                "spring.datasource.url=jdbc:h2:mem:real",
                "naiad.pools.copy.url=jdbc:h2:mem:copy",
                "naiad.pools.copy.read-only-of=dataSource"
            })
    @AutoConfigureTestDatabase
    class WithAReader {

        @Test
        void doesNotReadFromAnotherDatabaseThanItWrites(@Autowired DataSource dataSource) throws SQLException {
            try (Connection connection = dataSource.getConnection()) {
                connection.setReadOnly(true);
                assertThat(connection.getMetaData().getURL()).doesNotContain("copy", "real");
            }
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
