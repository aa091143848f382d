package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.NaiadDataSource;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jooq.test.autoconfigure.JooqTest;

@JooqTest
class ProductNamesTests {

    @Test
    void sliceUsesThePoolWithItsSettings(@Autowired DataSource dataSource, @Autowired DSLContext jooq) {
        assertThat(dataSource)
                .isInstanceOfSatisfying(
                        NaiadDataSource.class,
                        naiad -> assertThat(naiad.getConfig().poolSize()).isEqualTo(3));
        assertThat(jooq.fetchValue("select name from product where id = 1").toString())
                .isEqualTo("amphora");
        assertThat(jooq.fetchCount(DSL.table("product"))).isEqualTo(1);
    }
}
