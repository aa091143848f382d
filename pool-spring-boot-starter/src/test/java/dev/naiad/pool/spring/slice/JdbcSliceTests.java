/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.naiad.pool.NaiadDataSource;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureTestDatabase;
import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

class JdbcSliceTests {

    @Nested
    @JdbcTest(properties = "naiad.pool_size=3")
    class WithUrlOfTheTest {

        @DynamicPropertySource
        static void database(DynamicPropertyRegistry registry) {
            registry.add("spring.datasource.url", () -> "jdbc:h2:mem:dynamic");
        }

        @Test
        void usesThePoolOnThatUrlWithItsSettings(@Autowired DataSource dataSource, @Autowired JdbcTemplate jdbc) {
            assertThat(dataSource).isInstanceOfSatisfying(NaiadDataSource.class, naiad -> {
                assertThat(naiad.getUrl()).isEqualTo("jdbc:h2:mem:dynamic");
                assertThat(naiad.getConfig().poolSize()).isEqualTo(3);
            });
            assertThat(jdbc.queryForObject("select 1", Integer.class)).isOne();
        }
    }

    @Nested
    @JdbcTest
    class WithoutUrl {

        @Test
        void replacesThePoolByAnEmbeddedDatabase(@Autowired DataSource dataSource, @Autowired JdbcTemplate jdbc) {
            assertThat(dataSource).isInstanceOf(EmbeddedDatabase.class);
            assertThat(jdbc.queryForObject("select 1", Integer.class)).isOne();
        }
    }

    @Nested
    @JdbcTest(properties = {"naiad.pool_size=3", "spring.datasource.url=jdbc:h2:mem:kept"})
    @AutoConfigureTestDatabase(replace = AutoConfigureTestDatabase.Replace.NONE)
    class WithoutReplacement {

        @Test
        void usesThePool(@Autowired DataSource dataSource) {
            assertThat(dataSource)
                    .isInstanceOfSatisfying(
                            NaiadDataSource.class,
                            naiad -> assertThat(naiad.getConfig().poolSize()).isEqualTo(3));
        }
    }

    @Nested
    @JdbcTest(properties = {"naiad.pool-class=assertion", "spring.datasource.url=jdbc:h2:mem:asserted"})
    @AutoConfigureTestDatabase(replace = AutoConfigureTestDatabase.Replace.NONE)
    class WithAnotherPoolClass {

        @Test
        void findsCodeThatTakesASecondConnection(@Autowired DataSource dataSource, @Autowired JdbcTemplate jdbc) {
            assertThat(jdbc.queryForObject("select 1", Integer.class)).isOne();
            assertThatExceptionOfType(AssertionError.class).isThrownBy(dataSource::getConnection);
        }
    }
}
