package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.NaiadDataSource;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureTestDatabase;

@DataJpaTest
@AutoConfigureTestDatabase(replace = AutoConfigureTestDatabase.Replace.NONE)
class ProductsTests {

    @Test
    void sliceUsesThePoolWithItsSettings(@Autowired DataSource dataSource, @Autowired Products products) {
        assertThat(dataSource)
                .isInstanceOfSatisfying(
                        NaiadDataSource.class,
                        naiad -> assertThat(naiad.getConfig().poolSize()).isEqualTo(3));
        assertThat(products.findByName("amphora")).hasSize(1);
    }
}
