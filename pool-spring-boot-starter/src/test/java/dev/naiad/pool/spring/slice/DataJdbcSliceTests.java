/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.slice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.NaiadDataSource;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jdbc.test.autoconfigure.DataJdbcTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@DataJdbcTest(properties = {"naiad.pool_size=2", "spring.sql.init.schema-locations=classpath:slice-schema.sql"})
class DataJdbcSliceTests {

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry registry) {
        registry.add("spring.datasource.url", () -> "jdbc:h2:mem:items;DB_CLOSE_DELAY=-1");
    }

    @Test
    void repositoriesWorkOnThePool(@Autowired DataSource dataSource, @Autowired ItemRepository items) {
        assertThat(dataSource).isInstanceOfSatisfying(NaiadDataSource.class, naiad -> {
            assertThat(naiad.getConfig().poolSize()).isEqualTo(2);
            assertThat(naiad.pool().snapshot().opened()).isPositive();
        });
        Item saved = items.save(new Item(null, "amphora"));
        assertThat(items.findById(saved.id())).contains(new Item(saved.id(), "amphora"));
    }
}
